/** Keys of logs and witnesses that really sign. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";

import type { Bytes } from "@signet/protocol";

import { verifierKey } from "../../src/index.ts";
import type { NoteKeyKind, NoteSigner } from "../../src/index.ts";
import { fromHex } from "./bytes.ts";

/** PKCS #8 up to the seed of an Ed25519 key (RFC 8410 section 7). */
const privatePrefix = fromHex("302e020100300506032b657004220420");

export function signerOf(name: string, kind: NoteKeyKind, seed: Bytes): NoteSigner {
  const der = Buffer.from([...privatePrefix, ...seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    key: verifierKey(name, kind, Uint8Array.from(spki.subarray(-32))),
    sign: (message) => Promise.resolve(Uint8Array.from(sign(null, message, privateKey))),
  };
}

const seedOf = (byte: number): Bytes => new Uint8Array(32).fill(byte);
export const log = signerOf("signet.example/log", "log", seedOf(1));
export const otherLog = signerOf("signet.example/other", "log", seedOf(2));
export const witness = signerOf("witness.example/one", "cosignature", seedOf(3));
export const secondWitness = signerOf("witness.example/two", "cosignature", seedOf(4));
