/** The word of somebody in a call that they are in it: what it is worth to a terminal that asked. */
import { verifyTerminalProof } from "@signet/device";
import { codeOf } from "@signet/protocol";
import type { Bytes, ErrorCode, EventBody } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { checkedByNewest, verifyBindingOf } from "../people/proofs.ts";
import type { Session } from "../session/session.ts";
import type { Invitation } from "./invitation.ts";

export type PresentWord = EventBody<"call.memberPresent">;

/**
 * A word counts that
 *
 * 1. is by somebody else whom the verified call lists, as this terminal knows them,
 * 2. is signed by a terminal, and not this one, which their device vouches for,
 * 3. names this call and the nonce that this terminal made for this question,
 * 4. is fresh.
 *
 * @returns why it does not count; undefined when it does
 */
export async function presentWordRefusal(
  { entry: entryIn, proof, binding: bindingIn }: PresentWord,
  question: { readonly invitation: Pick<Invitation, "invite" | "people">; readonly nonce: Bytes },
  context: {
    readonly session: Pick<Session, "requirePerson" | "server" | "terminalId">;
    readonly directory: Directory;
    readonly nowMs: number;
  },
): Promise<ErrorCode | undefined> {
  const { session, directory, nowMs } = context;
  const { invitation, nonce } = question;
  try {
    const { userId: ownUserId } = session.requirePerson();
    const { serverOrigin } = session.server;
    if (!invitation.people.has(entryIn.userId)) return "call.notInvited";
    if (entryIn.userId === ownUserId) return "proof.user";
    const { known: person, result: bound } = await checkedByNewest(
      directory,
      await directory.verify(entryIn),
      (known) => verifyBindingOf(known, bindingIn, { serverOrigin, nowMs }),
    );
    if (!bound.ok) return bound.code;
    const { binding } = bound;
    if (binding.terminalId === session.terminalId) return "proof.terminal";
    const fields = { callId: invitation.invite.callId, nonce };
    const expected = { purpose: "present", serverOrigin, binding, time: { nowMs }, fields } as const;
    const result = await verifyTerminalProof(proof, expected);
    if (!result.ok) return result.code;
    directory.hold(person, binding.deviceId);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}
