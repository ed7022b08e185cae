/** Numbers from a server: each side of each bound, and what a terminal does with those beyond. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { TestContext } from "node:test";

import type { ServerInfo } from "@signet/protocol";

import { silentMedia } from "../../src/index.ts";
import type { SignetTerminal, TerminalState } from "../../src/index.ts";
import { areTermsUsable, boundedExpiryMs } from "../../src/session/server-terms.ts";
import { ownSystem } from "../../src/system.ts";
import { ringBy } from "../support/rings.ts";
import { connectedTerminal, serverInfo, signedIn, signedInTerminal } from "../support/scripted-server.ts";

const hourMs = 3_600_000;

const until = (terminal: SignetTerminal, wanted: (state: TerminalState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = terminal.subscribe(check);
    function check(): void {
      if (!wanted(terminal.state)) return;
      stop();
      resolve();
    }
    check();
  });

const info = (limits: Partial<ServerInfo["limits"]>, more: Partial<ServerInfo> = {}): ServerInfo => ({
  ...serverInfo(),
  ...more,
  limits: { ...serverInfo().limits, ...limits },
});

for (const [name, least, most] of [
  ["callMembers", 1, 255],
  ["messageBytes", 1, 64 * 1024 * 1024],
  ["slots", 1, 32],
  ["ringMs", 1, hourMs],
  ["bindingMs", 1, 12 * hourMs],
] as const)
  test(`${name} from ${least} to ${most} can be worked with`, () => {
    const usable = [least - 1, least, most, most + 1].map((value) => areTermsUsable(info({ [name]: value })));
    assert.deepEqual(usable, [false, true, true, false]);
    assert.equal(areTermsUsable(info({ [name]: Number.MAX_SAFE_INTEGER })), false);
    assert.equal(areTermsUsable(info({ [name]: -Number.MAX_SAFE_INTEGER })), false);
  });

test("a server's time is one that a calendar shows, and its name is an origin", () => {
  const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  assert.ok(areTermsUsable(info({}, { serverTimeMs: latestMs })));
  assert.ok(!areTermsUsable(info({}, { serverTimeMs: latestMs + 1 })));
  for (const good of ["https://signet.example", "http://localhost:8080", "http://[::1]:8080"])
    assert.ok(areTermsUsable(info({}, { serverOrigin: good })), good);
  for (const bad of [
    "",
    "signet.example",
    "https://signet.example/",
    "https://Signet.example",
    "https://u@signet.example",
    "ftp://signet.example",
    "null",
    "file://",
  ])
    assert.ok(!areTermsUsable(info({}, { serverOrigin: bad })), bad);
});

test("a binding ends at the latest when any sign-in would", () => {
  const latestMs = 1_000 + 12 * hourMs + 120_000;
  assert.equal(boundedExpiryMs(latestMs, 1_000), latestMs);
  assert.equal(boundedExpiryMs(latestMs + 1, 1_000), latestMs);
  assert.equal(boundedExpiryMs(5, 1_000), 5);
});

const closedAfter = <T extends { terminal: SignetTerminal }>(t: TestContext, opened: T): T => {
  t.after(() => opened.terminal.close());
  return opened;
};

for (const [what, bad] of [
  ["three million slots", info({ slots: 3_000_000 })],
  ["a sign-in of a thousand years", info({ bindingMs: 1_000 * 366 * 24 * hourMs })],
  ["a time after all calendars", info({}, { serverTimeMs: Number.MAX_SAFE_INTEGER })],
] as const)
  test(`${what}: the server is not talked to, and is again when it is in its right mind`, async (t) => {
    const { server, terminal } = closedAfter(t, await connectedTerminal());
    server.script["session.hello"] = () => bad;
    server.hangUp();
    await until(
      terminal,
      ({ connection }) => connection.status === "offline" && connection.code === "server.badTerms",
    );
    server.script["session.hello"] = () => serverInfo();
    terminal.retryNow();
    await until(terminal, ({ connection }) => connection.status === "online");
  });

test("a sign-in that the server says lasts for ever lasts for half a day", async (t) => {
  const { server, terminal, ada } = closedAfter(t, await connectedTerminal());
  const expiryOf = (): number => {
    assert.equal(terminal.state.session.status, "signedIn");
    return terminal.state.session.expiresAtMs;
  };
  const isBounded = (): void => {
    const leftMs = expiryOf() - Date.now();
    assert.ok(leftMs > 11 * hourMs && leftMs < 13 * hourMs, String(leftMs));
  };
  const done = terminal.signIn({ userId: ada.userId });
  await server.asked("sign-in.finish");
  server.say({ "sign-in.finish": { ...signedIn(ada), expiresAtMs: Number.MAX_SAFE_INTEGER } });
  await done;
  isBounded();
  server.hangUp();
  await until(terminal, ({ connection }) => connection.status === "offline");
  terminal.retryNow();
  await server.asked("session.resume");
  server.say({ "session.resume": { ...signedIn(ada), expiresAtMs: Number.MAX_SAFE_INTEGER } });
  await until(terminal, ({ connection }) => connection.status === "online");
  isBounded();
});

test("a ring that the server says lasts for ever, or is over, is shown to end in between", async (t) => {
  const { server, terminal, ada, others } = closedAfter(t, await signedInTerminal(["bob"]));
  const [bob] = others;
  assert.ok(bob);
  for (const [expiresAtMs, leastMs, mostMs] of [
    [Number.MAX_SAFE_INTEGER, 2 * 60_000, 3 * 60_000],
    [0, -1_000, 0],
  ] as const) {
    const ring = { ...(await ringBy(bob, [ada.userId])), expiresAtMs };
    const beganMs = Date.now();
    server.say({ type: "call.ring", body: ring });
    await until(terminal, ({ ringing }) => ringing.length > 0);
    const leftMs = (terminal.state.ringing[0]?.expiresAtMs ?? 0) - Date.now();
    assert.ok(leftMs > leastMs - (Date.now() - beganMs) && leftMs <= mostMs, String(leftMs));
    server.say({ type: "call.ringEnded", body: { callId: ring.callId, reason: "cancelled" } });
  }
});

test("an answer with more parts than the offer is none", async (t) => {
  const offers: Promise<string>[] = [];
  const part = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
  const { server, terminal } = closedAfter(
    t,
    await signedInTerminal(["bob"], {
      media: {
        start: (input) => {
          offers.push(input.exchange(`v=0\r\n${part}${part}`), input.exchange(`v=0\r\n${part}${part}`));
          return silentMedia.start(input);
        },
      },
    }),
  );
  const parts = [2, 3];
  server.script["media.offer"] = () => ({ sdp: `v=0\r\n${part.repeat(parts.shift() ?? 0)}` });
  await terminal.call(["bob" as never]);
  await server.asked("call.request");
  const callId = terminal.state.call!.callId;
  server.say({ "call.request": { callId, members: [{ userId: "bob" as never, state: "ringing" }] } });
  const [good, bad] = offers;
  assert.match(await good!, /^v=0/);
  await assert.rejects(bad!, { code: "protocol.badMessage" });
});

test("what is to happen in a month waits a month: no timer is longer than timers can be", (t) => {
  const waits: { readonly run: () => void; readonly ms: number }[] = [];
  const cleared: unknown[] = [];
  t.mock.method(globalThis, "setTimeout", (run: () => void, ms: number) => waits.push({ run, ms }));
  t.mock.method(globalThis, "clearTimeout", (timer: unknown) => void cleared.push(timer));
  const ran = mock.fn();
  const monthMs = 31 * 24 * hourMs;
  const cancel = ownSystem.after(monthMs, ran);
  waits[0]?.run();
  assert.equal(ran.mock.callCount(), 0);
  assert.deepEqual(
    waits.map(({ ms }) => ms),
    [2 ** 31 - 1, monthMs - (2 ** 31 - 1)],
  );
  cancel();
  assert.deepEqual(cleared, [2], "the timer that runs now");
  waits[1]?.run();
  assert.equal(ran.mock.callCount(), 1);
  ownSystem.after(2 ** 31 - 1, ran);
  assert.equal(waits[2]?.ms, 2 ** 31 - 1);
  waits[2].run();
  assert.equal(ran.mock.callCount(), 2);
});
