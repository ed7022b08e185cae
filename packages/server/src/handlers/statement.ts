import { verifyTerminalProof } from "@signet/device";
import type { TerminalPurpose, VerifiedProof } from "@signet/device";
import { CallId } from "@signet/protocol";
import type { ErrorCode, ProofIn, Transcript } from "@signet/protocol";

import type { Services } from "../services.ts";
import { refuse } from "../ws/answer.ts";
import type { SignedInAsker } from "./handler.ts";

type CallPurpose = Extract<
  TerminalPurpose,
  "decline" | "leave" | "end" | "present" | "microphone" | "remove" | "host" | "message" | "let-in"
>;

/** A statement about a call by the terminal key of the signed-in terminal. */
export async function verifyStatement<P extends CallPurpose>(
  { clock, originOf, sessions }: Pick<Services, "clock" | "originOf" | "sessions">,
  { session }: Pick<SignedInAsker, "session">,
  proof: ProofIn,
  purpose: P,
): Promise<
  | {
      readonly ok: true;
      readonly callId: CallId;
      readonly transcript: Transcript<P>;
      readonly proof: VerifiedProof<P>;
    }
  | { readonly ok: false; readonly code: ErrorCode }
> {
  const binding = await sessions.bindingOf(session);
  if (binding === undefined) return refuse("auth.bindingGone");
  const time = { nowMs: clock() };
  const result = await verifyTerminalProof(proof, { purpose, serverOrigin: originOf(), binding, time });
  if (!result.ok) return result;
  const { proof: verified } = result;
  const { transcript } = verified;
  // Each of these purposes names a call, which the compiler does not see through `P`.
  const callId = CallId.safeParse((transcript as unknown as Transcript<CallPurpose>).callId);
  return callId.success
    ? { ok: true, callId: callId.data, transcript, proof: verified }
    : refuse("proof.call");
}
