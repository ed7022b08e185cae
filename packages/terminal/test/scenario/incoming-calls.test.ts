import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { createTerminalKey } from "@signet/device";
import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";
import type { CallId, EventBody, UserId } from "@signet/protocol";

import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { signedInTerminal } from "../support/scripted-server.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function open(t: TestContext, nowMs: () => number = Date.now) {
  const time = new VirtualTime();
  const opened = await signedInTerminal(["bob"], { after: time.after, nowMs });
  t.after(() => opened.terminal.close());
  const [bob] = opened.others;
  assert.ok(bob !== undefined);
  const ringing = () => opened.terminal.state.ringing.map(({ callId }) => callId);
  const rings = async (count: number): Promise<void> => {
    while (ringing().length !== count) await turn();
  };
  return { ...opened, bob, ringing, rings, time };
}

/** What the server says when `caller` calls ada. @param signer whose device signs the call */
async function ring(
  caller: TestPerson,
  signer = caller,
  ringMs = 45_000,
  issuedAtMs = Date.now(),
): Promise<EventBody<"call.ring">> {
  const { userId, device, entry } = caller;
  const callId = randomId() as CallId;
  const common = { serverOrigin, userId, deviceId: device.deviceId, issuedAtMs };
  const { publicKey: terminalKey } = await createTerminalKey();
  const [proof, binding] = await Promise.all([
    signer.device.sign({
      purpose: "call",
      ...common,
      callId,
      memberUserIds: ["ada"],
      leafKey: randomBytes(32),
      head: caller.head,
      checkpoint: new Uint8Array(),
    }),
    device.sign({
      purpose: "sign-in",
      ...common,
      serverChallenge: randomBytes(32),
      terminalId: randomId(),
      terminalKey,
      expiresAtMs: issuedAtMs + 3_600_000,
      head: caller.head,
    }),
  ]);
  const members = [{ userId: "ada", state: "ringing" }] as EventBody<"call.ring">["members"];
  return { callId, initiator: entry, proof, binding, members, expiresAtMs: issuedAtMs + ringMs };
}

test("what verifies rings, until the server ends it", async (t) => {
  const { server, terminal, bob, rings, ringing } = await open(t);
  const body = await ring(bob);
  server.say({ type: "call.ring", body });
  assert.deepEqual(ringing(), [], "nothing rings before it is verified");
  await rings(1);
  const [shown] = terminal.state.ringing;
  assert.equal(shown?.from.userId, "bob");
  assert.equal(shown.from.verification.deviceId, bob.device.deviceId);
  server.say({ type: "call.ringEnded", body: { callId: body.callId, reason: "cancelled" } });
  assert.deepEqual(ringing(), []);
});

test("what does not verify is refused and not shown, and what rings beside it rings on", async (t) => {
  const { server, bob, rings, ringing } = await open(t);
  const [forged, genuine] = [await ring(bob, await person("eve")), await ring(bob)];
  server.say({ type: "call.ring", body: forged }, { type: "call.ring", body: genuine });
  const refused = await server.asked("call.ringRefused");
  assert.equal(refused.callId, forged.callId);
  assert.match(refused.code, /^proof\./);
  await rings(1);
  assert.deepEqual(ringing(), [genuine.callId]);
});

test("a ring that ends while it is being verified does not ring", async (t) => {
  const { server, bob, rings, ringing } = await open(t);
  const [over, on] = [await ring(bob), await ring(bob)];
  server.say(
    { type: "call.ring", body: over },
    { type: "call.ringEnded", body: { callId: over.callId, reason: "cancelled" } },
    { type: "call.ring", body: on },
  );
  await rings(1);
  assert.deepEqual(ringing(), [on.callId]);
});

test("a ring ends by itself when the server does not end it, after its time and a little grace", async (t) => {
  const { server, bob, rings, ringing, time } = await open(t);
  server.say({ type: "call.ring", body: await ring(bob, bob, 30_000) });
  await rings(1);
  time.pass(29_000);
  assert.equal(ringing().length, 1);
  time.pass(3_000);
  assert.equal(ringing().length, 0);
});

test("no ring lasts longer than three minutes, whatever the server says", async (t) => {
  const { server, bob, rings, ringing, time } = await open(t);
  server.say({ type: "call.ring", body: await ring(bob, bob, 3_600_000) });
  await rings(1);
  time.pass(179_999);
  assert.equal(ringing().length, 1);
  time.pass(1);
  assert.equal(ringing().length, 0);
});

test("sixteen calls ring at once, not seventeen", async (t) => {
  const { server, bob, rings, ringing } = await open(t);
  const calls = await Promise.all(Array.from({ length: 17 }, () => ring(bob)));
  server.say(...calls.map((body) => ({ type: "call.ring", body }) as const));
  await rings(16);
  assert.deepEqual(new Set(ringing()), new Set(calls.slice(0, 16).map(({ callId }) => callId)));
  // There is room again when one has ended.
  const [first, last] = [calls[0]!, calls[16]!];
  server.say(
    { type: "call.ringEnded", body: { callId: first.callId, reason: "cancelled" } },
    { type: "call.ring", body: last },
  );
  await rings(16);
  assert.ok(ringing().includes(last.callId));
});

test("nothing rings for whom nobody is signed in", async (t) => {
  const { server, bob, rings, ringing, terminal } = await open(t);
  server.say({ type: "call.ring", body: await ring(bob) });
  await rings(1);
  server.say(
    { type: "binding.ended", body: { reason: "takenOver" } },
    { type: "call.ring", body: await ring(bob) },
  );
  assert.deepEqual(ringing(), []);
  assert.equal(terminal.state.session.status, "signedOut");
  assert.ok(!server.heard.some(({ type }) => type === "call.ringRefused"));
});

const minuteMs = 60_000;

/** @returns the warnings after a ring that was refused with `proof.time` */
async function warningsAfter(
  t: TestContext,
  { offMs, serverOffMs }: { readonly offMs: number; readonly serverOffMs: number },
  make: (bob: TestPerson, issuedAtMs: number) => Promise<EventBody<"call.ring">> = (bob, issuedAtMs) =>
    ring(bob, bob, 45_000, issuedAtMs),
) {
  let laterMs = 0;
  const nowMs = (): number => Date.now() + laterMs;
  const { server, bob, terminal, time, ringing } = await open(t, nowMs);
  // The clocks agreed when it signed in.
  server.script["session.ping"] = () => ({ serverTimeMs: nowMs() + serverOffMs });
  laterMs = 15_001;
  time.pass(15_001);
  while (!server.heard.some(({ type }) => type === "session.ping")) await turn();
  server.say({ type: "call.ring", body: await make(bob, nowMs() + offMs) });
  const refused = await server.asked("call.ringRefused");
  assert.equal(refused.code, "proof.time");
  server.say({ "call.ringRefused": {} });
  // Another ring is verified after what there is to say of this one.
  const genuine = await ring(bob, bob, 45_000, nowMs());
  server.say({ type: "call.ring", body: genuine });
  while (ringing().length === 0) await turn();
  for (let n = 0; n < 1_000 && terminal.state.warnings.length === 0; n++) await turn();
  return terminal.state;
}

test("who cannot be rung for a clock is told whose it is by the server's time, and by how much", async (t) => {
  for (const [offMs, serverOffMs, whose] of [
    [5 * minuteMs, 4 * minuteMs, "own"],
    [-6 * minuteMs, -7 * minuteMs, "own"],
    // It may have waited for so long: all that is known to be wrong is this clock.
    [-6 * minuteMs, -2.5 * minuteMs, "own"],
    [4 * minuteMs, 0, "theirs"],
    [-5.5 * minuteMs, -0.75 * minuteMs, "theirs"],
  ] as const) {
    const { clockOffMs, warnings } = await warningsAfter(t, { offMs, serverOffMs });
    const [warning, ...more] = warnings;
    assert.deepEqual(more, []);
    assert.equal(warning?.code, "proof.time");
    assert.equal(warning.userId, "bob");
    assert.equal(warning.clock?.whose, whose);
    assert.ok(Math.abs(warning.clock.offMs - offMs) < 5_000);
    // Without any call, too.
    assert.equal(clockOffMs !== undefined, whose === "own");
  }
});

test("a ring that waited long is told as no wrong clock: it rings, for as long as a ring may have waited, and not from further ahead", async (t) => {
  const { server, bob, ringing, rings } = await open(t);
  const slackMs = minuteMs / 2;
  const longestMs = 5 * minuteMs;
  for (const ageMs of [longestMs + slackMs, -2 * minuteMs - slackMs]) {
    server.say({ type: "call.ring", body: await ring(bob, bob, 45_000, Date.now() - ageMs) });
    assert.equal((await server.asked("call.ringRefused")).code, "proof.time");
    server.say({ "call.ringRefused": {} });
    assert.deepEqual(ringing(), []);
  }
  for (const [i, ageMs] of [longestMs - slackMs, -2 * minuteMs + slackMs].entries()) {
    server.say({ type: "call.ring", body: await ring(bob, bob, longestMs, Date.now() - ageMs) });
    const refused = server.asked("call.ringRefused").then(({ code }) => assert.fail(code));
    await Promise.race([rings(i + 1), refused]);
  }
});

test("who signed more than two minutes before the server could be reached is told that, and of no clock", async (t) => {
  for (const [waitedMs, code] of [
    [2 * minuteMs + 1_000, "call.waitedTooLong"],
    [2 * minuteMs - 10_000, "proof.time"],
  ] as const) {
    let laterMs = 0;
    const { server, terminal } = await open(t, () => Date.now() + laterMs);
    await terminal.call(["bob" as UserId]);
    await server.asked("call.request");
    laterMs = waitedMs;
    server.refuse("call.request", "proof.time");
    while (terminal.state.call?.end === undefined) await turn();
    assert.deepEqual(terminal.state.call.end, { type: "failed", code });
  }
});

test("nobody is warned of a call at another time that the person did not sign", async (t) => {
  const off = { offMs: 5 * minuteMs, serverOffMs: 5 * minuteMs };
  const eve = await person("eve");
  const { warnings } = await warningsAfter(t, off, (bob, issuedAtMs) => ring(bob, eve, 45_000, issuedAtMs));
  assert.deepEqual(warnings, []);
});

test("an old call that is shown again is no matter of clocks", async (t) => {
  const { warnings } = await warningsAfter(t, { offMs: -6 * minuteMs, serverOffMs: 0 });
  assert.deepEqual(warnings, []);
});

test("a server that says the right time for a call does not make it ring", async (t) => {
  // The clock here is six minutes ahead of everybody else's: calls are refused, although the server says by how much.
  const { server, bob, ringing, terminal } = await open(t, () => Date.now() + 6 * minuteMs);
  assert.ok(Math.abs((terminal.state.clockOffMs ?? 0) + 6 * minuteMs) < 5_000);
  server.say({ type: "call.ring", body: await ring(bob) });
  assert.equal((await server.asked("call.ringRefused")).code, "proof.time");
  assert.deepEqual(ringing(), []);
});

test("a caller who looks like somebody else is marked, and one whose name cannot be read goes by the user ID", async (t) => {
  const { server, bob, terminal, rings } = await open(t);
  const shown = () => terminal.state.ringing.map(({ from }) => [from.displayName, from.looksLike]);
  // The person at this terminal is ada; the second letter is Cyrillic.
  server.say({ type: "call.ring", body: await ring(await person("mallory", undefined, "ad\u0430")) });
  await rings(1);
  assert.deepEqual(shown(), [["ad\u0430", "ada"]]);
  server.say({ type: "call.ring", body: await ring(await person("eve", undefined, "\u3164")) });
  await rings(2);
  assert.deepEqual(shown()[1], ["eve", undefined]);
  // Once bob was met he is somebody whom one can be taken for.
  const first = await ring(bob);
  server.say({ type: "call.ring", body: first });
  await rings(3);
  void terminal.decline(first.callId).catch(() => undefined);
  await server.asked("call.decline");
  server.say({ type: "call.ring", body: await ring(await person("b0b", undefined, "BOB")) });
  await rings(3);
  assert.deepEqual(shown()[2], ["BOB", "bob"]);
});
