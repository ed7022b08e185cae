/** From one call into another: who did not want to be heard in the first is not heard in the second. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallContext } from "../../src/call/call-entry.ts";
import type { CallSession } from "../../src/call/call-session.ts";
import { CurrentCall } from "../../src/call/current-call.ts";

type Begun = Parameters<CallSession["start"]>[0] | { readonly muted: boolean };

/** What a call says of itself, and how its sound began. */
function call(isMuted: boolean, status: "muted" | "on" | "unavailable", begun: Begun[] = []) {
  return {
    ended: false,
    sound: { isMuted },
    view: { microphone: { status } },
    leave: () => Promise.resolve(),
    start: (sound: Begun) => begun.push(sound),
    beginSound: (sound: Begun) => begun.push(sound),
  } as unknown as CallSession;
}

const current = (): CurrentCall =>
  new CurrentCall({ session: { setInCall: () => undefined } } as unknown as CallContext, {
    changed: () => undefined,
    ended: () => undefined,
  });

for (const [isMuted, status, how] of [
  [true, "muted", "muted"],
  // It began so, by the person's choice.
  [false, "muted", "muted"],
  // There was no microphone, so that it does not say whether it is muted.
  [true, "unavailable", "muted"],
  [false, "unavailable", "now"],
  [false, "on", "now"],
] as const)
  test(`left for another, ${isMuted ? "muted" : "not muted"} and microphone ${status}: that begins ${how}`, async () => {
    const calls = current();
    await calls.start(() => Promise.resolve(call(isMuted, status)));
    const begun: Begun[] = [];
    await calls.switchTo(() => Promise.resolve(call(false, "on", begun)));
    assert.deepEqual(begun, [how]);
  });
