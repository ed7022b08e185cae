/** A member speaks in another's name in a call with a page: the page finds it, and what the page itself signs is what finds it for the others. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { answer, hearsOnly, registerGuest, sees } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { Ear } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { Impostor } from "./support/impostor.ts";
import { answer as answerHeadless, participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

const hertz = { alice: 440, ben: 660, mallory: 880 };
const tones = Object.values(hertz);
let server: RunningServer;
let alice: Guest;
let ben: Headless;
let mallory: Headless;
const impostor = new Impostor(hertz.mallory);
const ear = new Ear();
/** Of alice's voice at ben's. */
const seen: (string | undefined)[] = [];

before(async () => {
  server = await startTestServer();
  alice = await registerGuest(server.origin, "alice", { hertz: hertz.alice, whole: true });
  const media = nodeMedia({
    source: () => toneSource(hertz.ben),
    sink: () => ear,
    localAddress: "127.0.0.1",
  });
  ben = await registerHeadless(server.origin, "ben", { environment: { media } });
  mallory = await registerHeadless(server.origin, "mallory", { environment: { media: impostor } });
  await ben.terminal.call(["alice" as never, mallory.userId]);
  await Promise.all([answer(alice), answerHeadless(mallory)]);
  await sees(alice, "ben", /in the call/i);
  await impostor.ready();
  ben.terminal.subscribe(({ call }) => {
    const voice = call?.participants.find(({ userId }) => userId === "alice")?.voice;
    if (voice !== seen.at(-1)) seen.push(voice);
  });
  await Promise.all([ear.hearsOnly(tones, [hertz.alice]), hearsOnly(alice, tones, [hertz.ben])]);
});
after(async () => {
  for (const { terminal } of [ben, mallory]) terminal.close();
  await alice.close();
  await server.close();
});

const notice = (text: RegExp) => alice.page.locator(".notice", { hasText: text });

test("what a page says and hears is proven, also while it is muted", async () => {
  await alice.page.getByRole("button", { name: "Mute microphone" }).click();
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await alice.page.getByRole("button", { name: "Unmute microphone" }).click();
  ear.forget();
  await ear.hearsOnly(tones, [hertz.alice]);
  assert.deepEqual(seen, []);
  assert.equal(await alice.page.locator(".notice").count(), 0);
});

/** Where its frames come behind those of the person they count for nothing, and prove nothing: it tries again until it is found. */
async function speaksUntil(userId: string, isFound: Promise<unknown>): Promise<void> {
  let done = false;
  const found = isFound.finally(() => (done = true));
  while (!done) await impostor.speakAs(userId, 4_000);
  await found;
}

test("in somebody's name to a page: it says so, and plays nothing of it until they have proven themselves", async () => {
  const found = notice(/speaks in the name of BEN/).waitFor();
  const speaking = speaksUntil(ben.userId, found);
  await found;
  await hearsOnly(alice, tones, []);
  await speaking;
  await notice(/speaks in the name of BEN/).waitFor({ state: "detached" });
  await hearsOnly(alice, tones, [hertz.ben]);
  assert.deepEqual(alice.consoleErrors, []);
});

test("in the name of whoever is at a page: found by what the page signs", async () => {
  const found = ben.until(
    ({ call }) => call !== undefined && participant({ call } as never, "alice" as never).voice === "forged",
    "that alice is impersonated",
  );
  await speaksUntil("alice", found);
  await ben.until(
    () => participant(ben.terminal.state, "alice" as never).voice === undefined,
    "proven again",
  );
  ear.forget();
  await ear.hearsOnly(tones, [hertz.alice]);
});
