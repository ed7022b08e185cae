/** What becomes of those who are called: the initiator sees each state in words. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { UserId } from "@signet/terminal";
import type { Browser } from "playwright-core";

import {
  answer,
  call,
  decline,
  launchBrowser,
  participant,
  registerGuest,
  sees,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
let browser: Browser;
const headless: Headless[] = [];

before(async () => {
  server = await startTestServer({ limits: { ringMs: 20_000 } });
  browser = await launchBrowser();
});
after(async () => {
  for (const { terminal } of headless) terminal.close();
  await browser.close();
  await server.close();
});

async function registered(userId: string): Promise<Headless> {
  const one = await registerHeadless(server.origin, userId);
  headless.push(one);
  return one;
}

test("unknown, joined, declined, offline, in another call and no answer", async () => {
  const alice: Guest = await registerGuest(server.origin, "alice", { browser });
  const bobby = await registerGuest(server.origin, "bobby", { browser, hertz: 660 });
  const carol = await registerGuest(server.origin, "carol", { browser });
  // Offline: has a user ID, and no terminal that is signed in.
  const david = await registered("david");
  await david.terminal.release();
  // In a call of their own.
  const emily = await registered("emily");
  const frank = await registered("frank");
  await emily.terminal.call([frank.userId]);
  const { ringing } = await frank.until((state) => state.ringing.length > 0, "ringing");
  await frank.terminal.answer(ringing[0]!.callId);
  await emily.until((state) => state.call?.phase === "active", "in a call");
  // Does not answer.
  await registered("grace");

  // Told before a touch is spent on it.
  await call(alice, ["bobby", "nobody"]);
  await alice.page.getByText("Nobody has the user ID nobody here.").waitFor();
  assert.equal(await participant(alice, "bobby").count(), 0);
  await call(alice, ["bobby", "carol", "david", "emily", "grace"]);
  await sees(alice, "grace", "ringing");
  await Promise.all([answer(bobby), decline(carol)]);
  await sees(alice, "bobby", "in the call");
  await sees(alice, "carol", "declined");
  await sees(alice, "carol", "signed by them");
  await sees(alice, "david", "offline");
  await sees(alice, "emily", "in another call, yours waits");
  await sees(alice, "grace", "no answer");
  await together([alice, bobby]);
  // Bobby, who was only invited, sees the same.
  for (const [userId, state] of [
    ["carol", "declined"],
    ["grace", "no answer"],
  ] as const)
    await sees(bobby, userId, state);
  assert.equal(await participant(alice, "bobby").getByText("Verified").count(), 1);
  assert.equal(await participant(alice, "carol").getByText("Verified").count(), 0);
  for (const guest of [alice, bobby, carol]) {
    assert.deepEqual(guest.consoleErrors, []);
    await guest.close();
  }
});

test("who is in a call is told of another one, leaves theirs and answers by one touch; it rings for others when theirs is over", async () => {
  const [gwen, hugh, iris] = [
    await registerGuest(server.origin, "gwen", { browser }),
    await registered("hugh"),
    await registered("iris"),
  ];
  await call(gwen, ["hugh"]);
  const { ringing } = await hugh.until((state) => state.ringing.length > 0, "ringing");
  await hugh.terminal.answer(ringing[0]!.callId);
  await sees(gwen, "hugh", "in the call");
  await iris.terminal.call([gwen.userId, hugh.userId] as UserId[]);
  const waits = (userId: string) =>
    iris.terminal.state.call?.participants.find((person) => person.userId === userId)?.waiting;
  await iris.until(() => waits("gwen") === true && waits("hugh") === true, "both are in a call");
  const rings = await hugh.until((state) => state.ringing.length > 0, "told");
  assert.equal(rings.ringing[0]?.waiting, true);
  const notice = gwen.page.getByRole("alert").filter({ hasText: "IRIS is calling you" });
  await notice.getByRole("button", { name: "Leave and answer" }).click();
  await sees(gwen, "iris", "in the call");
  await iris.until(({ call: own }) => own?.phase === "active", "answered");
  // He is alone in his call now, and not asked to leave it.
  await hugh.until(
    ({ call: own }) => own?.participants.some(({ state }) => state === "left") === true,
    "alone",
  );
  assert.equal(waits("hugh"), true);
  await hugh.terminal.leave();
  await iris.until(() => waits("hugh") === undefined, "it rings");
  const free = await hugh.until((state) => state.ringing[0]?.waiting === undefined, "rings aloud");
  await hugh.terminal.answer(free.ringing[0]!.callId);
  await sees(gwen, "hugh", "in the call");
  assert.deepEqual(gwen.consoleErrors, []);
  await gwen.close();
});

test("nobody can be reached: the call is over, and says so", async () => {
  const henry = await registerGuest(server.origin, "henry", { browser });
  const jack = await registered("jack");
  await jack.terminal.release();
  await call(henry, ["david", "jack"]);
  await henry.page
    .getByRole("region", { name: "Summary" })
    .getByText("None of them could be reached.")
    .waitFor();
  await henry.close();
});

test("who is called by somebody whom they call, with others, sees it in the call, without a dialog; one touch brings both into one call", async () => {
  const helen = await registerGuest(server.origin, "helen", { browser });
  const [igor] = [await registered("igor"), await registered("jane")];
  await call(helen, ["igor", "jane"]);
  await sees(helen, "igor", "ringing");
  await igor.terminal.call([helen.userId as UserId]);
  const view = helen.page.getByRole("region", { name: "Call", exact: true });
  const notice = view.getByRole("alert").filter({ hasText: "IGOR is calling you" });
  await notice.waitFor();
  assert.equal(await helen.page.getByRole("dialog").count(), 0);
  await notice.getByRole("button", { name: "Join IGOR" }).click();
  await sees(helen, "igor", "in the call");
  await igor.until(
    ({ call: own, ringing }) =>
      ringing.length === 0 &&
      own?.isInitiator === true &&
      own.participants.every(({ state }) => state === "joined"),
    "helen in his call",
  );
  assert.equal(await view.getByText("is calling you").count(), 0);
  await helen.close();
});

test("two who call each other alone are in one call, and nobody touches anything", async () => {
  const kim = await registerGuest(server.origin, "kim", { browser });
  const leo = await registered("leo");
  await call(kim, ["leo"]);
  await sees(kim, "leo", "ringing");
  await leo.terminal.call([kim.userId as UserId]);
  await sees(kim, "leo", "in the call");
  await leo.until(({ call: own }) => own?.phase === "active", "kim in one call");
  await kim.close();
});
