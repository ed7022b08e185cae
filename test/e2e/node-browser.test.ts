/** A browser and a terminal without one in the same call: each hears the other, and sees how the other was verified. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { answer, call, hearsOnly, leave, registerGuest, sees } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { Ear } from "./support/ear.ts";
import { FalseKey } from "./support/false-key.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { answer as answerHeadless, participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

const voices = [440, 660];
let server: RunningServer;
let alice: Guest;
let bobby: Headless;
const ear = new Ear();
const falseKey = new FalseKey();

before(async () => {
  server = await startTestServer();
  alice = await registerGuest(server.origin, "alice", { hertz: 440, whole: true });
  const media = nodeMedia({ source: () => toneSource(660), sink: () => ear, localAddress: "127.0.0.1" });
  bobby = await registerHeadless(server.origin, "bobby", { environment: { media: falseKey.around(media) } });
});
after(async () => {
  bobby.terminal.close();
  await alice.close();
  await server.close();
});

test("the browser calls: both hear each other", async () => {
  await call(alice, ["bobby"]);
  await answerHeadless(bobby);
  await sees(alice, "bobby", /in the call/i);
  await ear.hearsOnly(voices, [440]);
  await hearsOnly(alice, voices, [660]);
  const { verification, speaking } = participant(bobby.terminal.state, "alice" as never);
  assert.equal(verification?.kind, "webauthn");
  assert.ok(
    speaking || (await bobby.until((state) => participant(state, "alice" as never).speaking, "alice speaks")),
  );
  assert.deepEqual(alice.consoleErrors, []);
});

test("both leave, the terminal calls, and both hear each other again", async () => {
  await leave(alice);
  await bobby.terminal.leave();
  await bobby.terminal.call(["alice" as never]);
  await answer(alice);
  await sees(alice, "bobby", /in the call/i);
  ear.forget();
  await ear.hearsOnly(voices, [440]);
  await hearsOnly(alice, voices, [660]);
});

test("what comes and opens with nobody's key is no sound to a page: it says that nothing comes, and connects anew", async () => {
  await falseKey.seal();
  await alice.page
    .getByText(/no sound comes from the server to this terminal any more/i)
    .first()
    .waitFor();
  await hearsOnly(alice, voices, []);
});
