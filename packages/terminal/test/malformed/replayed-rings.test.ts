/** A dishonest server shows rings again whose proofs are still fresh: whatever became of the call, it does not ring a second time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { UserId } from "@signet/protocol";

import type { SignetTerminal, System, TerminalState } from "../../src/index.ts";
import { PastRings } from "../../src/incoming/past-rings.ts";
import { atTerminal, presentBy } from "../support/present.ts";
import { ringBy } from "../support/rings.ts";
import type { Ring } from "../support/rings.ts";
import { signedIn, signedInTerminal } from "../support/scripted-server.ts";
import { person } from "../support/people.ts";

const ada = "ada" as UserId;

async function open(t: TestContext, environment: Partial<System> = {}) {
  const opened = await signedInTerminal(["bob", "cleo"], environment);
  t.after(() => opened.terminal.close());
  const { server, others } = opened;
  server.script["call.decline"] = () => ({});
  server.script["call.ringRefused"] = () => ({});
  server.script["call.leave"] = () => ({});
  const [bob, cleo] = others;
  assert.ok(bob && cleo);
  return { ...opened, bob, cleo };
}

type Opened = Awaited<ReturnType<typeof open>>;

const until = (terminal: SignetTerminal, test_: (state: TerminalState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = terminal.subscribe(check);
    function check(): void {
      if (!test_(terminal.state)) return;
      stop();
      resolve();
    }
    check();
  });

const isRinging =
  ({ callId }: Ring) =>
  (state: TerminalState) =>
    state.ringing.some((one) => one.callId === callId);

async function rings({ server, terminal }: Opened, ring: Ring): Promise<void> {
  server.say({ type: "call.ring", body: ring });
  await until(terminal, isRinging(ring));
}

/** It is shown again, with a ring behind it that does ring: only that one does. */
async function staysSilent(opened: Opened, ...replays: readonly Ring[]): Promise<void> {
  const { server, terminal, cleo } = opened;
  for (const replay of replays) server.say({ type: "call.ring", body: replay });
  for (let count = 0; count < 3; count++) {
    const next = await ringBy(cleo, [ada]);
    await rings(opened, next);
    assert.deepEqual(
      terminal.state.ringing.map(({ callId }) => callId),
      [next.callId],
    );
    server.say({ type: "call.ringEnded", body: { callId: next.callId, reason: "cancelled" } });
  }
}

test("a ring that was declined stays so, and the server is told once more", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob } = opened;
  const ring = await ringBy(bob, [ada]);
  await rings(opened, ring);
  await terminal.decline(ring.callId);
  const declined = () => server.heard.filter(({ type }) => type === "call.decline").length;
  assert.equal(declined(), 1);
  await staysSilent(opened, ring);
  await staysSilent(opened, { ...ring, expiresAtMs: ring.expiresAtMs + 60_000 });
  assert.equal(declined(), 3);
});

for (const reason of ["cancelled", "noAnswer", "ended", "answeredElsewhere", "declinedElsewhere"] as const)
  test(`a ring that ended (${reason}) does not begin again`, async (t) => {
    const opened = await open(t);
    const ring = await ringBy(opened.bob, [ada]);
    await rings(opened, ring);
    opened.server.say({ type: "call.ringEnded", body: { callId: ring.callId, reason } });
    await staysSilent(opened, ring);
  });

test("a ring that ended before it was verified does not begin again either", async (t) => {
  const opened = await open(t);
  const ring = await ringBy(opened.bob, [ada]);
  const { callId } = ring;
  opened.server.say(
    { type: "call.ring", body: ring },
    { type: "call.ringEnded", body: { callId, reason: "noAnswer" } },
  );
  await staysSilent(opened);
  await staysSilent(opened, ring);
});

test("a call that is over does not ring, and is not offered to be joined", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob, ada: self } = opened;
  const ring = await ringBy(bob, [ada]);
  await rings(opened, ring);
  server.say({ type: "call.ended", body: { callId: ring.callId, reason: "ended" } });
  await staysSilent(opened, ring);
  const { expiresAtMs: _, ...invite } = ring;
  const goesOn = await ringBy(bob, [ada]);
  const { expiresAtMs: __, ...other } = goesOn;
  server.hangUp();
  await until(terminal, ({ connection }) => connection.status === "offline");
  terminal.retryNow();
  await server.asked("session.resume");
  server.say({ "session.resume": { ...signedIn(self), calls: [invite, other] } });
  const asked = await server.asked("call.askPresent");
  assert.equal(asked.callId, goesOn.callId);
  server.say({ type: "call.memberPresent", body: await presentBy(await atTerminal(bob), asked) });
  await until(terminal, ({ joinable }) => joinable.length > 0);
  assert.deepEqual(
    terminal.state.joinable.map(({ callId }) => callId),
    [goesOn.callId],
  );
  await staysSilent(opened, ring);
});

test("a ring that ended by itself does not begin again", async (t) => {
  const timers = new Set<() => void>();
  const after: System["after"] = (delayMs, run) => {
    // A ring of which nobody hears any more: nothing else takes about that long.
    if (delayMs > 55_000 && delayMs <= 62_000) timers.add(run);
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  };
  const opened = await open(t, { after });
  const ring = await ringBy(opened.bob, [ada], { expiresInMs: 60_000 });
  await rings(opened, ring);
  assert.equal(timers.size, 1);
  for (const run of timers) run();
  assert.deepEqual(opened.terminal.state.ringing, []);
  await staysSilent(opened, ring);
});

test("a call that was answered does not ring after it was left", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob } = opened;
  const ring = await ringBy(bob, [ada]);
  await rings(opened, ring);
  await terminal.answer(ring.callId);
  await server.asked("call.join");
  server.say({ "call.join": { callId: ring.callId, members: ring.members } });
  await terminal.leave();
  await staysSilent(opened, ring);
});

test("what moved elsewhere rings again, and so does what was forgotten with the connection", async (t) => {
  const opened = await open(t);
  const { server, terminal, bob, ada: self } = opened;
  const ring = await ringBy(bob, [ada]);
  const { callId } = ring;
  await rings(opened, ring);
  server.say({ type: "call.ringEnded", body: { callId, reason: "movedElsewhere" } });
  assert.deepEqual(terminal.state.ringing, []);
  await rings(opened, ring);
  server.hangUp();
  await until(terminal, ({ connection }) => connection.status === "offline");
  terminal.retryNow();
  await server.asked("session.resume");
  server.say({ "session.resume": signedIn(self) });
  await until(terminal, ({ connection }) => connection.status === "online");
  assert.deepEqual(terminal.state.ringing, []);
  await rings(opened, ring);
});

test("another call under the same ID by the same person rings: it is what was signed that is remembered", async (t) => {
  const opened = await open(t);
  const { terminal, bob } = opened;
  const ring = await ringBy(bob, [ada]);
  await rings(opened, ring);
  await terminal.decline(ring.callId);
  const { deviceId } = bob.device;
  const proof = await bob.device.sign({
    purpose: "call",
    serverOrigin: "https://signet.example",
    userId: bob.userId,
    deviceId,
    issuedAtMs: Date.now(),
    callId: ring.callId,
    memberUserIds: [ada],
    leafKey: new Uint8Array(32),
    head: bob.head,
    checkpoint: new Uint8Array(),
  });
  await rings(opened, { ...ring, proof });
});

test("rings are remembered for as long as their proofs can be fresh, for each person, and no ring more than can be remembered", async () => {
  let nowMs = 0;
  const past = new PastRings({ monotonicMs: () => nowMs });
  past.add(ada, "first", "declined");
  assert.equal(past.get(ada, "first"), "declined");
  assert.equal(past.get((await person("bob")).userId, "first"), undefined);
  nowMs = 7 * 60_000 - 1;
  assert.equal(past.isFull, false);
  assert.equal(past.get(ada, "first"), "declined");
  nowMs += 1;
  assert.equal(past.isFull, false);
  assert.equal(past.get(ada, "first"), undefined);
  for (let i = 0; i < 4_095; i++) past.add(ada, `ring ${i}`, "over");
  assert.equal(past.isFull, false);
  past.add(ada, "the last one", "over");
  assert.equal(past.isFull, true);
  past.add(ada, "the last one", "over");
  nowMs += 7 * 60_000;
  assert.equal(past.isFull, false);
});
