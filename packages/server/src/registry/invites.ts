import { createHash, randomInt } from "node:crypto";

import { utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Store } from "../store/store.ts";

/** Without 0, 1, i, l, o and u: a code is read out or typed from paper. */
const alphabet = "23456789abcdefghjkmnpqrstvwxyz";
const groups = 4;
const groupLength = 5;

/** Codes are kept as hashes only: whoever reads the database cannot use an open one. */
export function inviteHash(code: string): Bytes {
  const plain = code.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return new Uint8Array(
    createHash("sha256")
      .update(utf8(`signet/invite/v1 ${plain}`))
      .digest(),
  );
}

/** Makes one-time codes of 98 random bits, as `k7d2m-x9q4r-...`. */
export async function createInvites(store: Store, count: number, nowMs: number): Promise<readonly string[]> {
  const group = (): string =>
    Array.from({ length: groupLength }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
  const codes = Array.from({ length: count }, () => Array.from({ length: groups }, group).join("-"));
  await store.addInvites(codes.map(inviteHash), nowMs);
  return codes;
}
