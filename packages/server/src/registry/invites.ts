import { createHash, randomBytes } from "node:crypto";

import { inviteCodeText, makeInviteCode } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Store } from "../store/store.ts";

/** Codes are kept as hashes only: whoever reads the database cannot use an open one. */
export function inviteHash(code: string): Bytes {
  return new Uint8Array(createHash("sha256").update(inviteCodeText(code)).digest());
}

/** Makes one-time codes. */
export async function createInvites(store: Store, count: number, nowMs: number): Promise<readonly string[]> {
  const codes = Array.from({ length: count }, () => makeInviteCode(randomBytes));
  await store.addInvites(codes.map(inviteHash), nowMs);
  return codes;
}
