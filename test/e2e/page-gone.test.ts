/** A page that goes in a call, and the one that comes after it: what the others see, and how it is in the call again. In virtual time. */
// First: it counts what the others do.
import { answer, assertTogether, shown, virtualCalls } from "./support/virtual-call.ts";

import assert from "node:assert/strict";
import { test } from "node:test";

import type { VirtualTerminal } from "./support/virtual-terminal.ts";

const withCall = virtualCalls();

/** How these see cyd. */
function assertSeen(people: readonly VirtualTerminal[], expected: readonly unknown[]): void {
  for (const one of people) {
    const person = shown(one).participants.find(({ userId }) => userId === "cyd");
    const { state, leaveReason, reconnecting, stateSigned } = person ?? {};
    assert.deepEqual([state, leaveReason, reconnecting, stateSigned], expected, one.name);
  }
}

test("whose page is loaded anew is reconnecting for the others by their own word, and is back as the same terminal", () =>
  withCall(async ({ world, ada, bob, cyd, cydAgain }) => {
    await answer(world, bob, cyd);
    const code = shown(bob).safetyCode;
    cyd.terminal.leaveAtOnce();
    await world.runFor(200);
    const again = await cydAgain();
    cyd.terminal.close();
    await world.runFor(3_000);
    assertSeen([ada, bob], ["left", "pageGone", true, true]);
    const { session, joinable } = again.terminal.state;
    assert.equal(session.status, "signedIn");
    assert.deepEqual(
      joinable.map(({ callId }) => callId),
      [shown(ada).callId],
    );
    void again.terminal.answer(shown(ada).callId);
    await world.runFor(5_000);
    assertTogether(ada, bob, again);
    assert.notEqual(shown(bob).safetyCode, code);
    await world.runFor(31_000);
    assertSeen([ada, bob], ["joined", undefined, undefined, false]);
  }));

test("whose page does not come back has left after half a minute, and not before", () =>
  withCall(async ({ world, ada, bob, cyd }) => {
    await answer(world, bob, cyd);
    cyd.terminal.leaveAtOnce();
    await world.runFor(29_000);
    assertSeen([ada, bob], ["left", "pageGone", true, true]);
    await world.runFor(2_000);
    assertSeen([ada, bob], ["left", "pageGone", undefined, true]);
    assertTogether(ada, bob);
  }));

test("a page that goes while its connection is lost: the one after it says so, and comes back", () =>
  withCall(async ({ world, ada, bob, cyd, cydAgain }) => {
    await answer(world, bob, cyd);
    cyd.way.cutOff(60_000);
    await world.runFor(1_000);
    cyd.terminal.leaveAtOnce();
    cyd.terminal.close();
    await world.runFor(1_000);
    assertSeen([ada], ["joined", undefined, undefined, false]);
    const again = await cydAgain();
    await world.runFor(5_000);
    assertSeen([ada, bob], ["left", "pageGone", true, true]);
    void again.terminal.answer(shown(ada).callId);
    await world.runFor(5_000);
    assertTogether(ada, bob, again);
  }));
