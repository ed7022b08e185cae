/** Calls that reached no terminal: shown when they were verified as rings are, each once, and never taken from the server unkept. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { SignetError, decodeTranscript, mostKeptMissedMs } from "@signet/protocol";
import type { CallInviteIn, Transcript, UserId } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { ada, dayMs, missed, open } from "../support/missed.ts";
import { person, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { serverInfo, signedIn } from "../support/scripted-server.ts";

const minuteMs = 60_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** All that a terminal kept of missed calls, for the next run; who was met has no part in it. */
function missedIn(pins: MemoryPinStore): MemoryPinStore {
  const next = new MemoryPinStore();
  next.changeMissed(() => pins.missed());
  return next;
}

test("what verifies is shown with who called and when, and is taken from the server once it is kept here", async (t) => {
  const pins = new MemoryPinStore();
  const { bob, cyd, hand, server, shown, signIn, terminal } = await open(t, { pins });
  await signIn();
  const issuedAtMs = Date.now() - 2 * dayMs;
  const calls = [await missed(cyd), await missed(bob, { issuedAtMs })];
  const [ofCyd, ofBob] = calls.map(({ callId }) => callId);
  await server.asked("missed.get");
  assert.deepEqual([shown(), pins.missed()], [[], []]);
  const taken = await hand(calls);
  assert.deepEqual(taken, { callIds: [ofCyd, ofBob], refused: [] });
  assert.deepEqual(
    pins.missed().map(({ call }) => call.callId),
    [ofBob, ofCyd],
  );
  const [first] = terminal.state.missed ?? [];
  assert.deepEqual(shown(), [
    [ofBob, "bob"],
    [ofCyd, "cyd"],
  ]);
  assert.deepEqual(
    [
      first?.atMs,
      first?.from.displayName,
      first?.from.verification.deviceId,
      first?.from.verification.firstSeen,
    ],
    [issuedAtMs, "BOB", bob.device.deviceId, true],
  );
  terminal.seeMissed([ofBob!]);
  assert.deepEqual(shown(), [[ofCyd, "cyd"]]);
  terminal.seeMissed();
  assert.equal(terminal.state.missed, undefined);
});

test("what does not verify is not shown, and the server is told why", async (t) => {
  const { bob, cyd, hand, server, shown, signIn, terminal } = await open(t);
  await signIn();
  const eve = await person("eve");
  const genuine = await missed(bob);
  const other = await missed(cyd);
  const cases: readonly (readonly [string, CallInviteIn])[] = [
    ["proof.signature", await missed(bob, { signer: eve.device })],
    ["call.notInvited", await missed(bob, {}, [cyd.userId])],
    [
      "proof.call",
      { ...genuine, members: [...genuine.members, { userId: "eve" as UserId, state: "offline" }] },
    ],
    ["proof.call", { ...genuine, callId: other.callId }],
    ["proof.user", { ...genuine, binding: other.binding }],
    ["proof.user", { ...genuine, initiator: cyd.entry }],
  ];
  const taken = await hand(cases.map(([, call]) => call));
  assert.deepEqual(
    taken.refused.map(({ code }) => code),
    cases.map(([code]) => code),
  );
  assert.deepEqual([taken.callIds, shown(), terminal.state.warnings], [[], [], []]);
  assert.ok(!server.heard.some(({ type }) => type === "call.ringRefused"));
});

test("it may be as old as the server keeps calls and clocks differ, and as far ahead as clocks do, and no more", async (t) => {
  const { bob, hand, shown, signIn, again } = await open(t);
  const slackMs = minuteMs / 2;
  await signIn();
  for (const [ageMs, keptMs, fits] of [
    [3 * dayMs + 2 * minuteMs - slackMs, 3 * dayMs, true],
    [3 * dayMs + 2 * minuteMs + slackMs, 3 * dayMs, false],
    [mostKeptMissedMs + 2 * minuteMs - slackMs, mostKeptMissedMs, true],
    [mostKeptMissedMs + 2 * minuteMs + slackMs, mostKeptMissedMs, false],
    [-2 * minuteMs + slackMs, 7 * dayMs, true],
    [-2 * minuteMs - slackMs, 7 * dayMs, false],
  ] as const) {
    const before = shown().length;
    const call = await missed(bob, { issuedAtMs: Date.now() - ageMs });
    const { callIds, refused } = await hand([call], keptMs);
    const said = fits ? [] : [{ callId: call.callId, code: "proof.time" }];
    assert.deepEqual([callIds, refused], [fits ? [call.callId] : [], said]);
    assert.equal(shown().length - before, fits ? 1 : 0);
    await again();
  }
});

test("a server that names a longer time than any keeps calls is not read", async (t) => {
  const { bob, server, shown, signIn } = await open(t);
  await signIn();
  await server.asked("missed.get");
  server.say({ "missed.get": { calls: [await missed(bob)], keptMs: mostKeptMissedMs + 1 } });
  for (let i = 0; i < 20; i++) await turn();
  assert.deepEqual(shown(), []);
  assert.ok(!server.heard.some(({ type }) => type === "missed.taken"));
});

test("a call is shown once, whoever repeats it: in one answer, after it was seen, under another signature, in another run", async (t) => {
  const pins = new MemoryPinStore();
  const bob = await person("bob", await createSoftwareKey({ algorithm: "ES256" }));
  const opened = await open(t, { pins });
  const { hand, shown, signIn, again, terminal } = opened;
  await signIn();
  const call = await missed(bob);
  const { callId } = call;
  const twin = { ...call, proof: await resigned(bob, call) };
  assert.notDeepEqual(twin.proof.signature, call.proof.signature);
  assert.deepEqual(await hand([call, call, twin]), { callIds: [callId, callId, callId], refused: [] });
  assert.deepEqual(shown(), [[callId, "bob"]]);
  await again();
  await hand([call]);
  assert.deepEqual(shown(), [[callId, "bob"]]);
  terminal.seeMissed([callId]);
  await again();
  // It is no lie: what was said of the first time may have been lost.
  assert.deepEqual(await hand([twin, call]), { callIds: [callId, callId], refused: [] });
  assert.deepEqual(shown(), []);
  terminal.close();
  const next = await open(t, { pins: missedIn(pins) });
  await next.signIn();
  await next.hand([call]);
  assert.deepEqual(next.shown(), []);
});

/** The same words under another signature. */
async function resigned({ device }: TestPerson, { proof }: CallInviteIn): Promise<CallInviteIn["proof"]> {
  return device.sign(decodeTranscript(proof.transcript) as Transcript<"call">);
}

test("what is not seen yet is shown by the next run, to whom it was for", async (t) => {
  const pins = new MemoryPinStore();
  const first = await open(t, { pins });
  await first.signIn();
  const [call, others] = [await missed(first.bob), await missed(first.cyd)];
  await first.hand([call, others]);
  // Somebody else uses the same profile.
  const isOfOther = (callId: string): boolean => callId === others.callId;
  pins.changeMissed((kept) =>
    kept.map((one) => (isOfOther(one.call.callId) ? { ...one, userId: first.cyd.userId } : one)),
  );
  first.terminal.close();
  const next = await open(t, { pins: missedIn(pins) });
  assert.equal(next.terminal.state.missed, undefined, "nobody is signed in");
  await next.signIn();
  assert.deepEqual(next.shown(), [[call.callId, "bob"]]);
});

test("what is kept is read when somebody signs in or something changes of it, and not whenever anything is shown", async (t) => {
  const pins = new MemoryPinStore();
  let reads = 0;
  const read = pins.missed.bind(pins);
  pins.missed = () => {
    reads++;
    return read();
  };
  const { bob, hand, server, shown, signIn, terminal } = await open(t, { pins });
  await signIn();
  const call = await missed(bob);
  await hand([call]);
  const before = reads;
  for (let i = 0; i < 10; i++)
    server.say({ type: "device.counterBack", body: { deviceId: bob.device.deviceId } });
  for (const { id } of terminal.state.warnings) terminal.dismissWarning(id);
  assert.deepEqual([shown(), reads], [[[call.callId, "bob"]], before]);
  terminal.seeMissed();
  assert.deepEqual(shown(), []);
});

test("a connection that breaks before the server heard that it was taken loses nothing, and shows nothing twice", async (t) => {
  const { ada: me, bob, hand, server, shown, signIn, terminal } = await open(t);
  await signIn();
  const call = await missed(bob);
  await server.asked("missed.get");
  server.say({ "missed.get": { calls: [call], keptMs: dayMs } });
  await server.asked("missed.taken");
  server.hangUp();
  server.script["session.resume"] = () => signedIn(me);
  terminal.retryNow();
  while (terminal.state.connection.status !== "online") await turn();
  assert.deepEqual(await hand([call]), { callIds: [call.callId], refused: [] });
  assert.deepEqual(shown(), [[call.callId, "bob"]]);
});

test("what cannot be kept here is left to the server", async (t) => {
  const pins = new MemoryPinStore();
  let isTried = false;
  pins.changeMissed = () => {
    isTried = true;
    throw new Error("the disk is full");
  };
  const { bob, server, signIn } = await open(t, { pins });
  await signIn();
  await server.asked("missed.get");
  server.say({ "missed.get": { calls: [await missed(bob)], keptMs: dayMs } });
  while (!isTried) await turn();
  for (let i = 0; i < 20; i++) await turn();
  assert.ok(!server.heard.some(({ type }) => type === "missed.taken"));
});

test("what this terminal cannot tell now, since it cannot read whom it met, is left to the server", async (t) => {
  const pins = new MemoryPinStore();
  const { bob, server, shown, signIn } = await open(t, { pins });
  await signIn();
  await server.asked("missed.get");
  let isAsked = false;
  pins.get = () => {
    isAsked = true;
    throw new SignetError("directory.badPins");
  };
  server.say({ "missed.get": { calls: [await missed(bob)], keptMs: dayMs } });
  while (!isAsked) await turn();
  for (let i = 0; i < 20; i++) await turn();
  assert.ok(!server.heard.some(({ type }) => type === "missed.taken"));
  assert.deepEqual(shown(), []);
});

test("a server that turns round is not asked for ever", async (t) => {
  const { server, signIn } = await open(t);
  server.script["missed.get"] = () => ({ calls: [], keptMs: dayMs, next: 7 });
  await signIn();
  for (let i = 0; i < 200; i++) await turn();
  assert.equal(server.heard.filter(({ type }) => type === "missed.get").length, 2);
});

test("nobody is warned of a revoked device that did not sign", async (t) => {
  const { bob, hand, shown, signIn, terminal } = await open(t);
  await signIn();
  const second = await createSoftwareKey({ algorithm: "EdDSA" });
  const both = await withDevice(bob.entry, bob.device, second);
  const initiator = await withoutDevice(both, second, bob.device);
  const eve = await person("eve");
  const forged = { ...(await missed(bob, { signer: eve.device })), initiator };
  assert.deepEqual((await hand([forged])).refused, [
    { callId: forged.callId, code: "history.deviceRevoked" },
  ]);
  assert.deepEqual([shown(), terminal.state.warnings], [[], []]);
});

test("a call by a device that was revoked since is refused, whenever it says that it was signed, and the person is told whose", async (t) => {
  const { bob, hand, shown, signIn, terminal } = await open(t);
  await signIn();
  const second = await createSoftwareKey({ algorithm: "EdDSA" });
  const both = await withDevice(bob.entry, bob.device, second);
  const initiator = await withoutDevice(both, second, bob.device);
  const call = { ...(await missed(bob, { issuedAtMs: Date.now() - dayMs })), initiator };
  assert.deepEqual((await hand([call])).refused, [{ callId: call.callId, code: "history.deviceRevoked" }]);
  assert.deepEqual(shown(), []);
  assert.deepEqual(
    terminal.state.warnings.map(({ code, userId }) => [code, userId]),
    [["missed.revokedDevice", "bob"]],
  );
});

test("a caller whose key changed is decided about first: the call stays at the server, and is asked for again then", async (t) => {
  const pins = new MemoryPinStore();
  const { bob, hand, server, shown, signIn, terminal } = await open(t, { pins });
  const other = await person("bob");
  pins.set(bob.userId, other.device.deviceId, false, { sequence: 0, digest: other.head });
  await signIn();
  const call = await missed(bob);
  await server.asked("missed.get");
  server.say({ "missed.get": { calls: [call], keptMs: dayMs } });
  while (terminal.state.warnings.length === 0) await turn();
  for (let i = 0; i < 20; i++) await turn();
  assert.ok(!server.heard.some(({ type }) => type === "missed.taken"));
  await terminal.trustChangedKey(bob.userId, bob.device.deviceId);
  assert.deepEqual(await hand([call]), { callIds: [call.callId], refused: [] });
  assert.deepEqual(shown(), [[call.callId, "bob"]]);
});

test("what the server is told of a call's ID ends no other call with that ID, of a caller who is decided about first", async (t) => {
  const pins = new MemoryPinStore();
  const { bob, cyd, hand, server, shown, signIn, terminal } = await open(t, { pins });
  const other = await person("bob");
  pins.set(bob.userId, other.device.deviceId, false, { sequence: 0, digest: other.head });
  await signIn();
  const call = await missed(bob);
  const { callId } = call;
  const [twin, own] = [await missed(cyd, { callId }), await missed(cyd)];
  // In one answer, and in the next.
  await server.asked("missed.get");
  server.say({ "missed.get": { calls: [call, twin], keptMs: dayMs, next: 7 } });
  await server.asked("missed.get");
  server.say({ "missed.get": { calls: [twin, own], keptMs: dayMs } });
  assert.deepEqual(await server.asked("missed.taken"), { callIds: [own.callId], refused: [] });
  server.say({ "missed.taken": {} });
  assert.deepEqual(shown(), [
    [callId, "cyd"],
    [own.callId, "cyd"],
  ]);
  await terminal.trustChangedKey(bob.userId, bob.device.deviceId);
  assert.deepEqual(await hand([call, twin]), { callIds: [callId, callId], refused: [] });
  assert.equal(shown().length, 3);
});

test("who was brought in later has missed who brought them in, in whose call it was", async (t) => {
  const { bob, cyd, hand, signIn, terminal } = await open(t);
  await signIn();
  const base = await missed(bob, { issuedAtMs: Date.now() - 60 * minuteMs }, [cyd.userId]);
  const callProofDigest = new Uint8Array(await crypto.subtle.digest("SHA-256", base.proof.transcript));
  const { deviceId } = cyd.device;
  const issuedAtMs = Date.now() - 30 * minuteMs;
  const invite = await cyd.device.sign({
    purpose: "invite",
    serverOrigin,
    userId: cyd.userId,
    deviceId,
    issuedAtMs,
    callId: base.callId,
    callProofDigest,
    head: cyd.head,
    userIds: [ada],
  });
  const members = [...base.members, { userId: ada, state: "offline" } as const];
  const call = { ...base, members, statements: [{ proof: invite }] };
  assert.deepEqual(await hand([call]), { callIds: [call.callId], refused: [] });
  const [shown] = terminal.state.missed ?? [];
  assert.deepEqual([shown?.from.userId, shown?.startedBy?.userId, shown?.atMs], ["cyd", "bob", issuedAtMs]);
});

test("nothing is asked of a server that keeps none, nor by a clock that differs from the server's", async (t) => {
  for (const info of [
    { features: serverInfo().features!.filter((name) => name !== "missed") },
    { serverTimeMs: Date.now() + 5 * minuteMs },
  ]) {
    const opened = await open(t);
    const { server, terminal } = opened;
    server.script["session.hello"] = () => ({ ...serverInfo(), ...info });
    const isOnline = () => terminal.state.connection.status === "online";
    server.hangUp();
    while (isOnline()) await turn();
    terminal.retryNow();
    while (!isOnline()) await turn();
    await opened.signIn();
    for (let i = 0; i < 20; i++) await turn();
    assert.ok(!server.heard.some(({ type }) => type === "missed.get"));
  }
});

test("there may be more of them than go into one answer", async (t) => {
  const { bob, hand, server, shown, signIn } = await open(t);
  await signIn();
  const [one, two] = [await missed(bob), await missed(bob)];
  await server.asked("missed.get");
  server.say({ "missed.get": { calls: [one], keptMs: dayMs, next: 7 } });
  await server.asked("missed.taken");
  server.say({ "missed.taken": {} });
  assert.deepEqual(await server.asked("missed.get"), { after: 7 });
  await hand([two]);
  assert.equal(shown().length, 2);
});
