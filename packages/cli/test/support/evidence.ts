/** Files that speak for or against a log, whose key really signs. */
import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import {
  emptyTreeRoot,
  formatCheckpoint,
  formatEvidence,
  formatNote,
  formatVerifierKey,
  signNote,
  verifierKey,
} from "@signet/directory";
import type { NoteSigner } from "@signet/directory";

function signer(): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const signed = (message: Uint8Array, key: KeyObject) =>
    Promise.resolve(Uint8Array.from(sign(null, message, key)));
  return {
    key: verifierKey("calls.example.org/log", "log", Uint8Array.from(raw)),
    sign: (message) => signed(message, privateKey),
  };
}

const log = signer();
export const logKey = formatVerifierKey(log.key);
export const otherLogKey = formatVerifierKey(signer().key);

async function note(size: number, fill: number): Promise<string> {
  const root = size === 0 ? emptyTreeRoot : new Uint8Array(32).fill(fill);
  const text = formatCheckpoint({ origin: log.key.name, size, root, mapRoot: new Uint8Array(32) });
  return formatNote({ text, signatures: [await signNote(text, log)] });
}

const found = {
  finding: "forked" as const,
  serverOrigin: "https://calls.example.org",
  logKey,
  foundAtMs: Date.UTC(2026, 10, 3, 14, 5, 9),
  consistencyProof: [],
};

/** Two trees of one size. */
export const lie = formatEvidence({ ...found, known: await note(7, 1), shown: await note(7, 2) });
/** Of two sizes, without what would show that the one is not the beginning of the other. */
export const noLie = formatEvidence({ ...found, known: await note(7, 1), shown: await note(9, 2) });
