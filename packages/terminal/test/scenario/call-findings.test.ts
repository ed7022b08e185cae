/** What a terminal finds out in a call, of two people whom it knows, in time that only the test moves. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";
import { startInitiator, stepCallMember } from "@signet/protocol";
import type { CallId, TerminalId } from "@signet/protocol";

import type { CallContext } from "../../src/call/call-entry.ts";
import { CallFindings } from "../../src/call/call-findings.ts";
import { CallMemories } from "../../src/call/call-memory.ts";
import { GroupList } from "../../src/call/group-list.ts";
import { ownSystem } from "../../src/system.ts";
import { callBy, leafBy, openedList } from "../support/call-lists.ts";
import { offlineDirectory } from "../support/directory.ts";
import { known, person, randomId, serverOrigin } from "../support/people.ts";

async function inCall() {
  const time = new VirtualTime(Date.now());
  const [ann, ben] = await Promise.all([person("ann"), person("ben")]);
  const directory = offlineDirectory();
  for (const { entry } of [ann, ben]) await directory.accept(entry);
  const initiator = await known(ann.entry);
  const callProof = await callBy(ann, ["ben"]);
  const callId = callProof.transcript.callId as CallId;
  const held = await openedList(callProof);
  const memories = new CallMemories();
  const nowMs = (): number => time.nowMs;
  const context = {
    session: {
      requirePerson: () => ({ userId: ann.userId, known: initiator }),
      server: { limits: { slots: 8 } },
    } as unknown as CallContext["session"],
    environment: { ...ownSystem, after: time.after, nowMs, monotonicMs: nowMs } as CallContext["environment"],
    directory,
    memories,
    onChange: () => undefined,
  };
  const options = { serverOrigin, callProof, directory, memory: memories.of(callId), nowMs };
  const findings = new CallFindings(
    context,
    { serverOrigin, callProof, initiator, list: held },
    new GroupList(held, options),
  );
  const self = { userId: ann.userId, terminalId: randomId() as TerminalId };
  const members = [ann, ben].map(({ userId }) => ({ userId, state: "joined" as const }));
  const machine = stepCallMember(startInitiator(callId, self).state, { type: "requested", members }).state;
  const leaves = [await leafBy(ann, callProof, 0), await leafBy(ben, callProof, 1)];
  return {
    findings,
    pass: (ms: number) => time.pass(ms),
    /** The group has these leaves from then on. */
    enter: (epoch: number, count: number) => {
      findings.openedEpoch(epoch, leaves.slice(0, count));
      findings.inGroup(leaves.slice(0, count), "");
    },
    isReconnecting: () =>
      findings.view(machine).participants.find(({ userId }) => userId === ben.userId)?.reconnecting === true,
  };
}

test("who was missed, was put out of the group and is in it again is not reconnecting any more", async () => {
  const { enter, findings, isReconnecting, pass } = await inCall();
  enter(1, 2);
  findings.media({ status: "connected" });
  findings.hears([{ leaf: 1, epoch: 1n }]);
  findings.hears([]);
  assert.equal(isReconnecting(), false);
  pass(500);
  assert.equal(isReconnecting(), true, "nothing of ben comes any more");
  enter(2, 1);
  enter(3, 2);
  assert.equal(isReconnecting(), false, "ben came back");
  findings.ended({ type: "left" });
});
