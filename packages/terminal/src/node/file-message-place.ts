import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { DocumentKeyPair, DocumentOwner, SealedMessage } from "@signet/e2ee";
import { fromBase64Url } from "@signet/protocol";

import type { KeptMessage } from "../messages/kept-messages.ts";
import type { MessagePlace } from "../messages/message-place.ts";
import { bytesAsText, keyPairIn, ownerFile } from "./file-document-place.ts";
import { inTurn, replaceFile } from "./file-turn.ts";

/** Keeps voice messages, and the key that opens them, in a folder, as documents are kept: whoever reads the folder hears them. */
export class FileMessagePlace implements MessagePlace {
  readonly #folder: string;
  #keyPair: Promise<DocumentKeyPair> | undefined;

  /** @param folder made with the key */
  constructor(folder: string) {
    this.#folder = folder;
  }

  keyPair(): Promise<DocumentKeyPair> {
    this.#keyPair ??= keyPairIn(this.#folder, "mailbox-key.json");
    return this.#keyPair;
  }

  async read(owner: DocumentOwner): Promise<unknown> {
    return readJson(this.#list(owner));
  }

  async change(owner: DocumentOwner, next: (held: unknown) => readonly KeptMessage[]): Promise<void> {
    const path = this.#list(owner);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    inTurn(path, () => {
      const held = readJson(path);
      const changed = next(held);
      if (changed !== held) replaceFile(path, `${JSON.stringify(changed)}\n`);
    });
  }

  async readSound(owner: DocumentOwner, id: string): Promise<unknown> {
    const { sealed, keys } = Object(readJson(this.#sound(owner, id))) as {
      readonly sealed?: unknown;
      readonly keys?: unknown;
    };
    if (typeof sealed !== "string" || !Array.isArray(keys)) return undefined;
    return { sealed: fromBase64Url(sealed), keys: keys.map((key) => fromBase64Url(String(key))) };
  }

  async writeSound(owner: DocumentOwner, id: string, sound: SealedMessage): Promise<void> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    replaceFile(this.#sound(owner, id), `${JSON.stringify(sound, bytesAsText)}\n`);
  }

  async deleteSound(owner: DocumentOwner, id: string): Promise<void> {
    rmSync(this.#sound(owner, id), { force: true });
  }

  #list(owner: DocumentOwner): string {
    return join(this.#folder, ownerFile("messages", owner));
  }

  #sound(owner: DocumentOwner, id: string): string {
    return join(this.#folder, ownerFile(`message-${id}`, owner));
  }
}

/** @returns undefined for none */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
