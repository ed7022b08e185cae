/** A page whose browser has not what sound takes: nobody is called, and nobody answered, for a call in which nothing is heard. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { UserId } from "@signet/protocol";

import { answer, call, registerGuest } from "./support/browser.ts";
import { participant, sceneWithServer } from "./support/scene.ts";

const scene = sceneWithServer();

/** Run in the page before Signet. */
const lacks = {
  RTCPeerConnection: () => void Reflect.deleteProperty(globalThis, "RTCPeerConnection"),
  RTCRtpScriptTransform: () => void Reflect.deleteProperty(globalThis, "RTCRtpScriptTransform"),
};

for (const [name, initScript] of Object.entries(lacks))
  test(`without ${name} neither a call nor an answer comes about, and the page says why`, async () => {
    const alice = await registerGuest(scene.origin, `alice-${name.length}`, { initScript });
    const [bob] = await scene.people(`bob-${name.length}`);
    const why = { hasText: "cannot encrypt sound end to end" };
    await call(alice, [bob.userId]);
    await alice.page.getByRole("alert").filter(why).first().waitFor();
    assert.deepEqual(bob.terminal.state.ringing, []);
    await bob.terminal.call([alice.userId as UserId]);
    await answer(alice);
    await alice.page.getByRole("dialog", { name: "Incoming call" }).getByRole("alert").filter(why).waitFor();
    assert.equal(participant(bob.terminal.state, alice.userId as UserId).state, "ringing");
    await alice.close();
  });
