/** The proof with which somebody comes into a call: they answer it, or called the very person who calls them. */
import { crosses, verifyDeviceProof } from "@signet/device";
import type { DeviceProof, Person, ProofTime } from "@signet/device";
import { CallId, crossedCall, decodeTranscript } from "@signet/protocol";
import type { CallServerState, ErrorCode, ProofIn, TerminalId, Transcript, UserId } from "@signet/protocol";

import type { Services } from "../services.ts";
import { refuse } from "../ws/answer.ts";

type Answer =
  | {
      readonly ok: true;
      readonly callId: CallId;
      readonly transcript: Transcript<"join" | "call">;
      readonly proof: DeviceProof;
    }
  | { readonly ok: false; readonly code: ErrorCode };

/**
 * A `join` proof for a call that goes on names the call and, by its digest, the very `call` proof. Or it is the person's own `call` proof, where
 * theirs and the other one's crossed, and still rings: then it is the answer to the call that the other one started.
 */
export async function verifyAnswer(
  services: Services,
  person: Person,
  { proof, terminalId }: { readonly proof: ProofIn; readonly terminalId: TerminalId },
  nowMs: number,
): Promise<Answer> {
  const transcript = decodeTranscript(proof.transcript);
  if (transcript?.purpose !== "call") return verifyJoin(services, person, proof, { nowMs });
  const { running } = services.calls;
  const callId = CallId.safeParse(transcript.callId);
  // Whoever only signed it, and does not call, answers nobody.
  if (!callId.success || running.stateOf(callId.data)?.initiatorId !== person.userId)
    return refuse("proof.call");
  const [otherId] = transcript.memberUserIds;
  const crossing = running.statesOf(otherId as UserId).filter((call) => isCrossedBy(call, transcript));
  const target = crossedCall(crossing, { userId: person.userId, terminalId });
  if (target === undefined) return refuse("proof.call");
  const expected = { purpose: "call", serverOrigin: services.originOf(), person, time: { nowMs } } as const;
  const result = await verifyDeviceProof(proof, expected);
  return result.ok ? { ok: true, callId: target.callId, transcript, proof: result.proof } : result;
}

/** A new answer to the very call, by a touch at the new terminal; what was signed for another purpose moves nobody. */
export function verifyMove(
  services: Services,
  person: Person,
  proof: ProofIn,
  nowMs: number,
): Promise<Answer> {
  return verifyJoin(services, person, proof, { nowMs });
}

/** The new leaf may carry the proof with which this person came in: for the initiator that is the `call` proof itself. */
export async function verifyRejoin(
  services: Services,
  person: Person,
  callId: CallId,
  proof: ProofIn,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly code: ErrorCode }> {
  const transcript = decodeTranscript(proof.transcript);
  if (transcript?.purpose === "call") {
    const call = services.calls.running.stateOf(callId);
    const isOf = transcript.callId === callId || (call !== undefined && isCrossedBy(call, transcript));
    if (!isOf) return refuse("proof.call");
    const serverOrigin = services.originOf();
    return verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time: "any" });
  }
  const result = await verifyJoin(services, person, proof, "any");
  if (!result.ok) return result;
  return result.callId === callId ? result : refuse("proof.call");
}

function isCrossedBy({ invite }: CallServerState, transcript: Transcript<"call">): boolean {
  const called = decodeTranscript(invite.proof.transcript);
  return called?.purpose === "call" && crosses(called, transcript);
}

async function verifyJoin(
  { calls, originOf }: Services,
  person: Person,
  proof: ProofIn,
  time: ProofTime,
): Promise<Answer> {
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return refuse("proof.malformed");
  if (transcript.purpose !== "join") return refuse("proof.purpose");
  const callId = CallId.safeParse(transcript.callId);
  const call = callId.success ? calls.running.stateOf(callId.data) : undefined;
  if (!callId.success || call === undefined) return refuse("call.notFound");
  if (!call.members.has(person.userId)) return refuse("call.notInvited");
  const callProofDigest = call.list.call.digest;
  const expected = {
    purpose: "join",
    serverOrigin: originOf(),
    person,
    time,
    fields: { callProofDigest },
  } as const;
  const result = await verifyDeviceProof(proof, expected);
  return result.ok ? { ok: true, callId: callId.data, transcript, proof: result.proof } : result;
}
