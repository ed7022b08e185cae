import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { DocumentKeyPair, DocumentOwner } from "@signet/e2ee";
import { fromBase64Url, toBase64Url } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { DocumentPlace, KeptDocument } from "../document/document-place.ts";
import { inTurn, replaceFile } from "./file-turn.ts";

/**
 * Keeps documents and the key to them in a folder, in files that only their owner can read (mode 0600). Whoever reads the folder reads the documents: the
 * key lies beside them, as software keys without a passphrase do. Other processes may use the same folder.
 */
export class FileDocumentPlace implements DocumentPlace {
  readonly #folder: string;
  #keyPair: Promise<DocumentKeyPair> | undefined;

  /** @param folder made with the first document */
  constructor(folder: string) {
    this.#folder = folder;
  }

  keyPair(): Promise<DocumentKeyPair> {
    this.#keyPair ??= keyPairIn(this.#folder, "document-key.json");
    return this.#keyPair;
  }

  async read(owner: DocumentOwner): Promise<unknown> {
    return readAs(this.#pathOf(owner), asDocument);
  }

  async write(owner: DocumentOwner, kept: KeptDocument, replaces: number): Promise<boolean> {
    const path = this.#pathOf(owner);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return inTurn(path, () => {
      const held = readAs(path, asDocument);
      if ((held?.revision ?? 0) !== replaces) return false;
      replaceFile(path, `${JSON.stringify(kept, bytesAsText)}\n`);
      return true;
    });
  }

  #pathOf(owner: DocumentOwner): string {
    return join(this.#folder, ownerFile("personal", owner));
  }
}

/** The one that lies there, or is made now. */
export async function keyPairIn(folder: string, name: string): Promise<DocumentKeyPair> {
  const path = join(folder, name);
  const made = readAs(path, asKeyPair) ?? (await newKeyPair());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = inTurn(path, () => {
    // Another process may have made one meanwhile.
    const held = readAs(path, asKeyPair);
    if (held === undefined) replaceFile(path, `${JSON.stringify(made, bytesAsText)}\n`);
    return held ?? made;
  });
  const { subtle } = crypto;
  const pair = {
    privateKey: await subtle.importKey("pkcs8", privateKey, "X25519", false, ["deriveBits"]),
    publicKey: await subtle.importKey("raw", publicKey, "X25519", true, []),
  };
  privateKey.fill(0);
  return { publicKey, pair };
}

/** One for each person and server. */
export function ownerFile(what: string, { serverOrigin, userId }: DocumentOwner): string {
  const { host, protocol } = new URL(serverOrigin);
  return `${what}-${protocol.slice(0, -1)}-${host.replaceAll(":", "-")}-${userId}.json`;
}

function readAs<T>(path: string, parse: (stored: Readonly<Record<string, unknown>>) => T): T | undefined {
  try {
    return parse(Object(JSON.parse(readFileSync(path, "utf8"))) as Readonly<Record<string, unknown>>);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}

interface StoredKeyPair {
  /** PKCS #8, DER. */
  readonly privateKey: Bytes;
  readonly publicKey: Bytes;
}

async function newKeyPair(): Promise<StoredKeyPair> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
  return {
    privateKey: new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)),
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)),
  };
}

/** @throws TypeError for what is none: it is not written over */
function asKeyPair({ privateKey, publicKey }: Readonly<Record<string, unknown>>): StoredKeyPair {
  const pair = { privateKey: bytesOf(privateKey), publicKey: bytesOf(publicKey) };
  const { privateKey: secret, publicKey: shown } = pair;
  if (secret === undefined || shown === undefined) throw new TypeError("no key pair");
  return { privateKey: secret, publicKey: shown };
}

/** @throws TypeError for what is none, or of a newer version */
function asDocument(stored: Readonly<Record<string, unknown>>): KeptDocument {
  const { version, revision } = stored;
  const [localKey, sealed, profileKey] = ["localKey", "sealed", "profileKey"].map((name) =>
    bytesOf(stored[name]),
  );
  const seen = Object(stored["seen"]) as Readonly<Record<string, unknown>>;
  const digest = bytesOf(seen["digest"]);
  if (version !== 1 || typeof revision !== "number" || localKey === undefined || sealed === undefined)
    throw new TypeError("no document");
  return {
    version,
    revision,
    localKey,
    sealed,
    profileKey,
    seen:
      typeof seen["version"] === "number" && digest !== undefined
        ? { version: seen["version"], digest }
        : undefined,
  };
}

export const bytesAsText = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? toBase64Url(Uint8Array.from(value)) : value;

const bytesOf = (text: unknown): Bytes | undefined =>
  typeof text === "string" ? fromBase64Url(text) : undefined;
