/** Voice messages as terminals of tests leave them: of bytes that mean nothing to a server. */
import { randomBytes } from "node:crypto";

import { messageDigests } from "@signet/device";
import { sealedSoundBytes } from "@signet/protocol";
import type { Bytes, ProofIn, RequestBody, Transcript } from "@signet/protocol";

import { newCallId, user } from "./test-terminal.ts";
import type { TestTerminal } from "./test-terminal.ts";

export const someBytes = (length: number): Bytes => new Uint8Array(randomBytes(length));

/** @param change of what is signed */
export async function messageFor(
  caller: TestTerminal,
  userId: string,
  { callId = newCallId(), steps = 1 }: { readonly callId?: string; readonly steps?: number } = {},
  change: Partial<Transcript<"message">> = {},
): Promise<RequestBody<"message.leave">> {
  const keys = [someBytes(300)];
  const sealed = someBytes(sealedSoundBytes(steps));
  const transcript = {
    purpose: "message" as const,
    ...caller.common(),
    callId,
    callProofDigest: someBytes(32),
    toUserId: userId,
    ...(await messageDigests({ keys, sealed })),
  };
  const proof = await caller.key.sign({ ...transcript, ...change });
  return {
    callId: callId as RequestBody<"message.leave">["callId"],
    userId: user(userId),
    proof,
    keys,
    sealed,
  };
}

export const mailboxProof = (
  terminal: TestTerminal,
  key: Bytes = someBytes(32),
  use = "mailbox",
): Promise<ProofIn> =>
  terminal.key.sign({ purpose: "document-key", ...terminal.common(), use, key, sequence: 0 });

/** A call that nobody answers, after which a message is left. @returns that it was taken */
export async function callAndLeave(caller: TestTerminal, userId: string, steps = 1) {
  const { callId } = await caller.call([userId]);
  const message = await messageFor(caller, userId, { callId, steps });
  await caller.request("message.leave", message);
  return message;
}

export const listOf = async (terminal: TestTerminal) =>
  (await terminal.request("message.list", {})).messages.map(({ callId }) => callId);
