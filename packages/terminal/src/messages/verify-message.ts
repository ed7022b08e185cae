/** Whether a voice message is the caller's, for this person, after this call. */
import {
  clockToleranceMs,
  countsNow,
  messageDigests,
  sha256,
  verifyBinding,
  verifyTerminalProof,
} from "@signet/device";
import type { MessageScope } from "@signet/e2ee";
import { decodeTranscript, toBase64Url } from "@signet/protocol";
import type { ErrorCode, MessageIn, UserId } from "@signet/protocol";

import type { Invitation } from "../incoming/invitation.ts";
import type { Directory } from "../people/directory.ts";

export interface MessageContext {
  readonly serverOrigin: string;
  readonly directory: Pick<Directory, "person">;
  /** The person at this terminal. */
  readonly ownUserId: UserId;
  readonly nowMs: number;
}

/** @returns who may have left it by this call, or why it is not theirs. @throws SignetError of the directory */
export async function verifyMessage(
  message: MessageIn,
  { callProofDigest, view }: Invitation,
  { directory, nowMs, ownUserId, serverOrigin }: MessageContext,
): Promise<
  | { readonly id: string; readonly leftAtMs: number; readonly scope: MessageScope }
  | { readonly code: ErrorCode }
> {
  const { binding, proof } = message;
  const { callId, from } = view;
  const { person } = await directory.person(from.userId);
  const signed = decodeTranscript(proof.transcript);
  if (signed?.purpose !== "message") return { code: "proof.purpose" };
  const digests = await messageDigests(message);
  // What a terminal signed while it was the person's stays said, as long as their device counts: the binding need not last as long.
  const bound = await verifyBinding(binding, {
    serverOrigin,
    person,
    nowMs: signed.issuedAtMs,
    takesRevoked: () => true,
  });
  if (!bound.ok) return { code: bound.code };
  const verified = await verifyTerminalProof(proof, {
    purpose: "message",
    serverOrigin,
    binding: bound.binding,
    time: "any",
    fields: { callId, callProofDigest, toUserId: ownUserId, ...digests },
  });
  if (!verified.ok) return { code: verified.code };
  // Only of what is theirs but for that: else a server could say so of anybody who ever revoked a device.
  if (!countsNow(bound.binding.device)) return { code: "history.deviceRevoked" };
  const leftAtMs = verified.proof.transcript.issuedAtMs;
  // Nor before the call that it is about: who has a terminal key whose sign-in is long over could say any time at which it still held.
  const isAfterCall = leftAtMs >= from.verification.signedAtMs - clockToleranceMs;
  if (leftAtMs > nowMs + clockToleranceMs || !isAfterCall) return { code: "proof.time" };
  const scope = { serverOrigin, callerId: from.userId, toUserId: ownUserId, callId, callProofDigest };
  return { id: toBase64Url(await sha256(proof.transcript)), leftAtMs, scope };
}
