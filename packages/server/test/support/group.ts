/** Calls among test terminals. What the server relays is opaque to it, so the group's messages are marked bytes here. */
import { LeafIndex, utf8 } from "@signet/protocol";
import type { CallId, EventBody, ProofIn, RequestBody, Transcript } from "@signet/protocol";

import { softwareDevice } from "./test-server.ts";
import type { ServerPlace } from "./test-server.ts";
import { TestTerminal } from "./test-terminal.ts";

export async function people<Names extends readonly string[]>(
  server: ServerPlace,
  ...names: Names
): Promise<{ [K in keyof Names]: TestTerminal }> {
  const terminals = names.map(async (name) => {
    const terminal = await TestTerminal.connect(server);
    await terminal.register(name, await softwareDevice());
    return terminal;
  });
  return (await Promise.all(terminals)) as { [K in keyof Names]: TestTerminal };
}

/** The Commit that does what was asked for; joiners get the leaves from `firstLeaf` on. */
export function commitFor(
  needed: EventBody<"call.commitNeeded">,
  firstLeaf: number,
  more: Partial<RequestBody<"call.commit">> = {},
): RequestBody<"call.commit"> {
  const { callId, epoch, task, admit, remove } = needed;
  const admitted = admit.map(({ userId }, i) => ({ userId, leaf: LeafIndex.parse(firstLeaf + i) }));
  return {
    callId,
    epoch,
    task,
    commit: utf8(`commit ${epoch}`),
    ...(admit.length === 0 ? {} : { welcome: utf8(`welcome ${epoch + 1}`) }),
    admitted,
    removed: remove.map(({ userId }) => userId),
    ...more,
  };
}

/** `initiator` calls `member`, who joins and is admitted. */
export async function callOfTwo(
  initiator: TestTerminal,
  member: TestTerminal,
  others: readonly string[] = [],
): Promise<CallId> {
  const { callId } = await initiator.call([member.userId ?? "", ...others]);
  const ring = await member.event("call.ring");
  await member.join(ring);
  const needed = await initiator.event("call.commitNeeded");
  await initiator.request("call.commit", commitFor(needed, 1));
  await member.event("call.welcome");
  return callId;
}

/** @param call its `call` proof */
export async function inviting(
  by: TestTerminal,
  callId: string,
  call: ProofIn,
  userIds: readonly string[],
  own: Partial<Transcript<"invite">> = {},
): Promise<ProofIn> {
  const callProofDigest = new Uint8Array(await crypto.subtle.digest("SHA-256", call.transcript));
  const fields = { callId, callProofDigest, head: by.head, userIds };
  return by.device!.sign({ purpose: "invite", ...by.common(), ...fields, ...own });
}
