/** A token is pulled: its terminal is out of the call and signed out, and everybody else hears why. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { SessionState, TerminalState } from "@signet/terminal";

import { Authority } from "./support/authority.ts";
import { answer as answerInBrowser, details, registerGuest, sees } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { openHeadless, registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { Scene, agreeOn, answer, callAll, participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { holdToken } from "./support/token-holder.ts";
import type { HeldToken } from "./support/token-holder.ts";
import { eventually } from "./support/wait.ts";

const folder = mkdtempSync(join(tmpdir(), "signet-pulled-"));
const close: (() => unknown)[] = [];
let server: RunningServer;
let authority: Authority;
let scene: Scene;

before(async () => {
  authority = await Authority.create("Republic Root");
  const trustAnchors = join(folder, "anchors.pem");
  writeFileSync(trustAnchors, authority.pem);
  server = await startTestServer({ trustAnchors });
  scene = new Scene(() => server.origin);
});
after(async () => {
  await scene.close();
  for (const run of close.toReversed()) await run();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function tokenOf(name: string): Promise<HeldToken> {
  const held = await holdToken(name, authority);
  close.push(() => held.remove());
  return held;
}

async function registered(
  userId: string,
  options: Parameters<typeof openHeadless>[2] = {},
): Promise<Headless> {
  const headless = await registerHeadless(server.origin, userId, options);
  close.push(() => headless.terminal.close());
  return headless;
}

const removed = ({ session }: TerminalState): boolean => isRemoved(session);
const isRemoved = (session: SessionState): boolean =>
  session.status === "signedOut" && session.reason === "deviceRemoved";

async function reachable(asker: Headless, { userId }: Headless): Promise<boolean> {
  const [person] = await asker.terminal.lookup([userId]);
  return person!.reachable;
}

/** All of them have the same safety code. @returns it */
function together(guest: Guest, ...people: readonly Headless[]): Promise<string> {
  return eventually("the same safety code for all", async () => {
    const { safetyCode } = await details(guest).catch(() => ({ safetyCode: undefined }));
    const isSame = people.every(({ terminal }) => terminal.state.call?.safetyCode === safetyCode);
    return isSame ? safetyCode : undefined;
  });
}

test("the token of somebody in a call is pulled: the others rekey, and the browser says why", async () => {
  const anna: Guest = await registerGuest(server.origin, "anna");
  close.push(() => anna.close());
  const held = await tokenOf("ben");
  const ben = await registered("ben", { device: await held.open() });
  const cleo = await registered("cleo");

  await cleo.terminal.call([ben.userId, "anna" as never]);
  await Promise.all([answer(ben), answerInBrowser(anna)]);
  for (const userId of ["ben", "cleo"]) await sees(anna, userId, "in the call");
  const before = await together(anna, cleo, ben);
  const badge = anna.page.getByText("Verified, certified by Republic Root");
  await badge.first().waitFor();
  const seen = participant(cleo.terminal.state, ben.userId).verification;
  assert.deepEqual(
    [seen?.kind, seen?.certificate?.subject, seen?.certificate?.issuer, seen?.certificate?.anchoredBy],
    ["pkcs11", "ben", "Republic Root", "server"],
  );

  // What is said is taken away again after a while.
  const said = anna.page.locator("[aria-live=polite]").filter({ hasText: "BEN left: device removed." });
  const heard = said.waitFor({ state: "attached" });
  const pulledAtMs = performance.now();
  held.token.pull();
  const state = await ben.until(removed, "signed out");
  assert.deepEqual(state.call?.end, { type: "unbound", reason: "deviceRemoved" });
  assert.equal(state.call.media.status, "off");
  const told = await cleo.until(
    (now) => participant(now, ben.userId).stateSigned && now.call?.safetyCode !== before,
    "ben left, signed, and a new epoch",
  );
  console.log(`pulled; out of the group after ${Math.round(performance.now() - pulledAtMs)} ms`);
  assert.equal(participant(told, ben.userId).state, "left");
  assert.equal(participant(told, ben.userId).leaveReason, "deviceRemoved");
  await sees(anna, "ben", "device removed (signed by them)");
  await heard;
  assert.notEqual(await together(anna, cleo), before);
  assert.equal(await reachable(cleo, ben), false);

  // Plugged in again, it is the same person.
  held.token.putBack();
  const again = await openHeadless(server.origin, "ben", { device: await held.open() });
  close.push(() => again.terminal.close());
  await again.terminal.signIn({ userId: again.userId });
  assert.equal(await reachable(cleo, again), true);
  // What goes on without them is a touch away.
  const offered = await again.until(({ joinable }) => joinable.length > 0, "offered to come back");
  await again.terminal.answer(offered.joinable[0]!.callId);
  await sees(anna, "ben", "in the call");
  await together(anna, cleo, again);
  assert.deepEqual(anna.consoleErrors, []);
});

test("a token that is pulled while it signs approves nothing: the call ends here, and the others see that nothing was said", async () => {
  const held = await tokenOf("nora");
  const inner = await held.open();
  // Pulled at the very touch.
  const device = new Proxy(inner, {
    get: (target, name) => {
      if (name !== "sign") {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      }
      return (...input: Parameters<typeof inner.sign>) => {
        if (input[0].purpose === "approve") held.token.pull();
        return target.sign(...input);
      };
    },
  });
  const nora = await registered("nora", { device });
  const otto = await registered("otto");
  await callAll(otto, nora);
  await otto.terminal.resolutions.propose({ type: "text", text: "Pay" }, { type: "all" });
  const shown = ({ call }: TerminalState) => call?.resolutions?.shown[0];
  const { id, whole } = shown(await nora.until((state) => shown(state) !== undefined, "the resolution"))!;
  await assert.rejects(nora.terminal.resolutions.decide(id, "approve", whole));
  await nora.until(removed, "signed out");
  await otto.until((state) => participant(state, nora.userId).state === "left", "nora left");
  assert.deepEqual([shown(otto.terminal.state)?.state, shown(otto.terminal.state)?.approvedBy], ["open", []]);
  await otto.terminal.leave();
});

test("without the server the terminal is out at once, and tells it when it is back", async () => {
  const held = await tokenOf("dora");
  const dora = await scene.deceived("dora", { device: await held.open() });
  const [emil, fred] = await scene.people("emil", "fred");
  await callAll(emil, dora, fred);
  dora.server.isDown = true;
  dora.server.cut();
  held.token.pull();
  const state = await dora.until(removed, "signed out");
  assert.deepEqual(state.call?.end, { type: "unbound", reason: "deviceRemoved" });
  assert.equal(participant(emil.terminal.state, dora.userId).state, "joined");

  const released = dora.server.next("binding.release");
  dora.server.isDown = false;
  dora.terminal.retryNow();
  const told = await emil.until(
    (now) => participant(now, dora.userId).stateSigned,
    "dora left, and signed it",
  );
  assert.equal(participant(told, dora.userId).leaveReason, "deviceRemoved");
  await agreeOn([emil, fred], [emil, fred]);
  await released;
  assert.ok(removed(dora.terminal.state));
});

test("a signature that fails because the token is gone signs out as well", async () => {
  const held = await tokenOf("gina");
  const gina = await registered("gina", { device: await held.open() });
  const hans = await registered("hans");
  // The signature finds it out (CKR_DEVICE_REMOVED), while the slot still looks full.
  held.token.behave({ fail: { C_Sign: 0x32 } });
  await assert.rejects(gina.terminal.call([hans.userId]), { code: "device.tokenRemoved" });
  await gina.until(removed, "signed out");
  assert.equal(gina.terminal.state.call, undefined);
  assert.deepEqual(hans.terminal.state.ringing, []);
});

test("who signs in on the same terminal before the server was told is not released by the former removal", async () => {
  const held = await tokenOf("iris");
  let device = await held.open();
  const iris = await registered("iris", {
    environment: {
      devices: { create: () => Promise.resolve({ device }), open: () => Promise.resolve(device) },
    },
  });
  const jan = await registered("jan");
  held.token.pull();
  await iris.until(removed, "signed out");
  held.token.putBack();
  device = await held.open();
  await iris.terminal.signIn({ userId: iris.userId });
  assert.equal(iris.terminal.state.session.status, "signedIn");
  assert.equal(await reachable(jan, iris), true);
  // The device that was taken away is not this one's.
  held.token.pull();
  await iris.until(removed, "signed out again");
});
