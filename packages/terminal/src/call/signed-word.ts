/** What people said of themselves in a call, as far as it is signed by a terminal that their device vouches for. */
import { verifyTerminalProof } from "@signet/device";
import type { Binding, ExpectedFields, TerminalPurpose } from "@signet/device";
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
    if (!bound.ok) return undefined;
    const expected = { purpose, serverOrigin, binding: bound.binding, time: "any", fields } as const;
    const result = await verifyTerminalProof(proof, expected);
    return result.ok ? result.proof.transcript : undefined;
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

/** Whether the initiator's terminal signed the end of the call. */
export async function isEndSigned(
  { callId, proof }: EventBody<"call.ended">,
  {
    call: { serverOrigin },
    initiatorBinding: binding,
  }: {
    readonly call: { readonly serverOrigin: string };
    /** Of the terminal that calls; undefined on that terminal itself. */
    readonly initiatorBinding: Binding | undefined;
  },
): Promise<boolean> {
  if (proof === undefined || binding === undefined) return false;
  const expected = { purpose: "end", serverOrigin, binding, time: "any", fields: { callId } } as const;
  // What cannot be checked is not signed; that the call is over it is all the same.
  return verifyTerminalProof(proof, expected).then(
    ({ ok }) => ok,
    () => false,
  );
}
