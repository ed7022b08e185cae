/** What people said of themselves in a call, as far as it is signed by a terminal that their device vouches for. */
import { verifyTerminalProof } from "@signet/device";
import type { Binding, ExpectedFields, TerminalPurpose } from "@signet/device";
import { LeaveReason } from "@signet/protocol";
import type { CallEvent, EventBody, ProofIn, Transcript, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { checkedByNewest, verifyBindingOf } from "../people/proofs.ts";

/** What the server says of members' states in this event. */
export function saidIn(event: CallEvent): readonly EventBody<"call.member">[] {
  if (event.type === "call.member") return [event.body];
  if (event.type !== "call.members") return [];
  const { callId, members } = event.body;
  return members.map((member) => ({ callId, member }));
}

interface WordContext {
  readonly serverOrigin: string;
  readonly directory: Directory;
  readonly nowMs: number;
}

/** @returns what the person's terminal signed, of any age; undefined when it did not, or that cannot be checked */
export async function signedWord<P extends TerminalPurpose>(
  purpose: P,
  { userId, proof, binding }: { readonly userId: UserId; readonly proof: ProofIn; readonly binding: ProofIn },
  fields: ExpectedFields<P>,
  { serverOrigin, directory, nowMs }: WordContext,
): Promise<Transcript<P> | undefined> {
  try {
    const { result: bound } = await checkedByNewest(directory, await directory.person(userId), (known) =>
      verifyBindingOf(known, binding, { serverOrigin, nowMs }),
    );
    return await wordUnder(bound.ok ? bound.binding : undefined, purpose, proof, fields, { serverOrigin });
  } catch {
    // Then it stays the server's word.
    return undefined;
  }
}

/**
 * A decline or leave that the person signed says more than the server's word.
 * @returns when it was signed (ms); undefined when it was not, or does not verify
 */
export async function signedAtMs(
  { callId, member, reason, proof, binding }: EventBody<"call.member">,
  context: WordContext,
): Promise<number | undefined> {
  const { userId, state } = member;
  const purpose = state === "declined" ? "decline" : state === "left" ? "leave" : undefined;
  if (purpose === undefined || reason === undefined || proof === undefined || binding === undefined)
    return undefined;
  const word = await signedWord(purpose, { userId, proof, binding }, { callId, reason }, context);
  return word?.issuedAtMs;
}

/**
 * Whether the initiator's terminal signed the end of the call. They may be in it at another terminal than the one that called, and by another device: then
 * the end brings what vouches for it.
 */
export async function isEndSigned(
  { callId, proof, binding }: EventBody<"call.ended">,
  {
    initiatorId,
    initiatorBinding,
    answeredAtMs,
    ...context
  }: WordContext & {
    readonly initiatorId: UserId;
    /** Of the terminal that called; undefined on that terminal itself. */
    readonly initiatorBinding: Binding | undefined;
    /** When they signed by what they are in the call: a word of before may have been kept back, and they went on since. */
    readonly answeredAtMs: number;
  },
): Promise<boolean> {
  if (proof === undefined) return false;
  const fields = { callId };
  const word =
    binding === undefined
      ? await wordUnder(initiatorBinding, "end", proof, fields, context)
      : await signedWord("end", { userId: initiatorId, proof, binding }, fields, context);
  return word !== undefined && word.issuedAtMs >= answeredAtMs;
}

/** What cannot be checked is not signed. */
async function wordUnder<P extends TerminalPurpose>(
  binding: Binding | undefined,
  purpose: P,
  proof: ProofIn,
  fields: ExpectedFields<P>,
  { serverOrigin }: Pick<WordContext, "serverOrigin">,
): Promise<Transcript<P> | undefined> {
  if (binding === undefined) return undefined;
  try {
    const result = await verifyTerminalProof(proof, { purpose, serverOrigin, binding, time: "any", fields });
    return result.ok ? result.proof.transcript : undefined;
  } catch {
    // Then it stays the server's word.
    return undefined;
  }
}

/** Of who left, where the server gave it. */
export function leaveReasonIn({
  member,
  reason,
}: Pick<EventBody<"call.member">, "member" | "reason">): LeaveReason | undefined {
  const parsed = member.state === "left" ? LeaveReason.safeParse(reason) : undefined;
  return parsed?.success === true ? parsed.data : undefined;
}
