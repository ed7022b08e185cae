/** A call moves to another terminal of the same person, and back: the others hear them go on, and nobody but that person can bring it about. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { RunningServer } from "@signet/server";
import { deviceAtHand, silentMedia } from "@signet/terminal";
import type { DeviceProvider, MediaInput, MediaProvider, TerminalState } from "@signet/terminal";

import { openHeadless, registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { startTestServer } from "./support/server.ts";
import { VirtualTime } from "./support/virtual-time.ts";
import { eventually } from "./support/wait.ts";

let server: RunningServer;
const opened: Headless[] = [];
let ann: Headless;
let desk: Headless;
let phone: Headless;
let cleo: Headless;
/** How far the clock at the desk is ahead. */
let aheadMs = 0;

const isSignedIn = ({ session }: TerminalState): boolean => session.status === "signedIn";
const rings = ({ ringing }: TerminalState): boolean => ringing.length > 0;
const isOffered = ({ elsewhere }: TerminalState): boolean => elsewhere !== undefined;
const isEnded = ({ call }: TerminalState): boolean => call?.phase === "ended";
const isTogether = ({ call }: TerminalState): boolean =>
  call?.phase === "active" &&
  call.safetyCode !== undefined &&
  call.participants.filter(({ state }) => state === "joined").length === 2;
const person = ({ call }: TerminalState, userId: string) =>
  call?.participants.find((one) => one.userId === userId);

before(async () => {
  server = await startTestServer();
  [ann, cleo] = (await Promise.all(["ann", "cleo"].map((name) => registerHeadless(server.origin, name)))) as [
    Headless,
    Headless,
  ];
  const [first, second] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
  const devices: DeviceProvider = {
    ...deviceAtHand(first),
    create: ({ beside }) => Promise.resolve({ device: beside === undefined ? first : second }),
  };
  desk = await registerHeadless(server.origin, "ben", {
    device: first,
    environment: { devices, nowMs: () => Date.now() + aheadMs },
  });
  await desk.terminal.addDevice({ name: "Phone" });
  phone = await openHeadless(server.origin, "ben", { device: second });
  opened.push(ann, cleo, desk, phone);
  await phone.terminal.signIn({ userId: phone.userId });
  await phone.until(isSignedIn, "signed in");
});
after(async () => {
  for (const { terminal } of opened) terminal.close();
  await server.close();
});

/** ann calls ben, who answers at the desk. */
async function talk(): Promise<void> {
  await ann.terminal.call([desk.userId]);
  const { ringing } = await desk.until(rings, "ringing");
  await desk.terminal.answer(ringing[0]!.callId);
  await Promise.all([ann, desk].map((one) => one.until(isTogether, "together")));
}

/** @returns the safety code that ann reads with who is there now */
async function moved(from: Headless, to: Headless): Promise<void> {
  const shown = await to.until(isOffered, "offered to move");
  assert.equal(shown.elsewhere?.device?.deviceId, from.device.deviceId);
  const { epoch } = ann.terminal.state.call!;
  await to.terminal.moveHere();
  const [there, old] = await Promise.all([
    to.until(isTogether, "moved here"),
    from.until(isEnded, "moved away"),
  ]);
  assert.deepEqual(old.call!.end, {
    type: "moved",
    to: { deviceId: to.device.deviceId, kind: "software" },
  });
  const seen = await ann.until(
    (state) => isTogether(state) && state.call!.epoch !== epoch,
    "seen at the other terminal",
  );
  // One Commit: in no epoch are both there, or neither.
  assert.equal(seen.call!.epoch, epoch! + 1);
  assert.equal(person(seen, "ben")?.verification?.deviceId, to.device.deviceId);
  assert.equal(person(seen, "ben")?.moved?.isOtherDevice, true);
  assert.equal(seen.call!.safetyCode, there.call!.safetyCode);
  assert.equal(there.call!.rejoined, undefined, "also where they were before, they were not away");
  from.terminal.dismissCall();
}

describe("somebody with two devices", { concurrency: false }, () => {
  test("moves to the other terminal, back, and there again: each time by one Commit, seen by everybody", async () => {
    await talk();
    await moved(desk, phone);
    await moved(phone, desk);
    await moved(desk, phone);
    assert.deepEqual(ann.terminal.state.warnings, []);
    const offers: boolean[] = [];
    const stop = phone.terminal.subscribe((state) => offers.push(isOffered(state)));
    await phone.terminal.leave();
    stop();
    // Moved here and left, the person is in it nowhere, also before the server says so.
    assert.deepEqual(new Set(offers), new Set([false]));
    await ann.until((state) => person(state, "ben")?.state === "left", "left");
    await ann.terminal.leave();
    for (const one of [ann, desk, phone]) {
      await one.until((state) => !isOffered(state), "offered nothing any more");
      one.terminal.dismissCall();
    }
  });

  test("under a clock that is behind that of the other terminal the call stays where it is, and nobody is accused", async (t) => {
    aheadMs = 100_000;
    t.after(() => (aheadMs = 0));
    await talk();
    await phone.until(isOffered, "offered to move");
    await phone.terminal.moveHere();
    const { call } = await phone.until(isEnded, "refused");
    assert.deepEqual(call!.end, { type: "failed", code: "proof.beforeStay" });
    assert.deepEqual(call!.refusals ?? [], []);
    phone.terminal.dismissCall();
    assert.ok(isTogether(desk.terminal.state) && isTogether(ann.terminal.state));
    for (const one of [ann, desk, phone]) {
      assert.deepEqual([one.terminal.state.warnings, one.terminal.state.call?.refusals ?? []], [[], []]);
    }
    aheadMs = 0;
    await ann.terminal.leave();
    await desk.terminal.leave();
    for (const one of [ann, desk, phone]) {
      await one.until((state) => !isOffered(state), "offered nothing any more");
      one.terminal.dismissCall();
    }
  });

  test("moves alone, while nobody has answered yet, is answered where they are, and ends it there", async () => {
    await desk.terminal.call([ann.userId]);
    await ann.until(rings, "ringing");
    await phone.until(isOffered, "offered to move");
    await phone.terminal.moveHere();
    await desk.until(isEnded, "moved away");
    const { ringing } = ann.terminal.state;
    await ann.terminal.answer(ringing[0]!.callId);
    const [atAnn, atPhone] = await Promise.all([ann, phone].map((one) => one.until(isTogether, "together")));
    assert.equal(atAnn!.call!.safetyCode, atPhone!.call!.safetyCode);
    assert.equal(person(atAnn!, "ben")?.verification?.deviceId, phone.device.deviceId);
    await phone.terminal.endForAll();
    // Whoever called ends it, by whichever of their devices they are in it now.
    const { call } = await ann.until(isEnded, "ended for all");
    assert.deepEqual(call!.end, { type: "ended", reason: "ended", signed: true });
    for (const one of [ann, desk, phone]) {
      await one.until((state) => !isOffered(state), "offered nothing any more");
      one.terminal.dismissCall();
    }
  });
});

/** Everybody sees these people in the call, with one safety code. */
async function areIn(...people: readonly Headless[]): Promise<void> {
  const userIds = people.map(({ userId }) => userId).toSorted();
  const isSo = ({ call }: TerminalState): boolean => {
    const joined = call?.participants.filter(({ state }) => state === "joined").map((one) => one.userId);
    return JSON.stringify(joined?.toSorted()) === JSON.stringify(userIds);
  };
  const states = await Promise.all(people.map((one) => one.until(isSo, `in it: ${userIds.join(", ")}`)));
  const epoch = Math.max(...states.map(({ call }) => call!.epoch!));
  const isThere = ({ call }: TerminalState) => call?.epoch === epoch && call.safetyCode !== undefined;
  const there = await Promise.all(people.map((one) => one.until(isThere, `epoch ${epoch}`)));
  assert.equal(new Set(there.map(({ call }) => call!.safetyCode)).size, 1);
}

async function goOver(from: Headless, to: Headless): Promise<void> {
  await to.until(isOffered, "offered to move");
  await to.terminal.moveHere();
  await from.until(isEnded, "moved away");
  from.terminal.dismissCall();
}

async function answers(who: Headless): Promise<void> {
  const { ringing } = await who.until(rings, "ringing");
  await who.terminal.answer(ringing[0]!.callId);
}

async function allLeave(...people: readonly Headless[]): Promise<void> {
  for (const one of people) await one.terminal.leave();
  for (const one of [ann, cleo, desk, phone]) {
    await one.until((state) => !isOffered(state), "offered nothing any more");
    one.terminal.dismissCall();
  }
}

describe("a call whose people changed since it began", { concurrency: false }, () => {
  test("who was called moves after somebody was invited, and again after they were removed", async () => {
    await talk();
    await ann.terminal.invite([cleo.userId]);
    await answers(cleo);
    await areIn(ann, desk, cleo);
    await goOver(desk, phone);
    await areIn(ann, phone, cleo);
    await ann.terminal.remove([cleo.userId]);
    await areIn(ann, phone);
    await goOver(phone, desk);
    await areIn(ann, desk);
    await allLeave(desk, ann);
  });

  test("who started it moves, and so does who was invited later", async () => {
    await desk.terminal.call([ann.userId]);
    await answers(ann);
    await areIn(ann, desk);
    await desk.terminal.invite([cleo.userId]);
    await answers(cleo);
    await areIn(ann, desk, cleo);
    await goOver(desk, phone);
    await areIn(ann, phone, cleo);
    await allLeave(phone, ann, cleo);

    await ann.terminal.call([cleo.userId]);
    await answers(cleo);
    await areIn(ann, cleo);
    await cleo.terminal.invite([desk.userId]);
    await answers(desk);
    await areIn(ann, desk, cleo);
    await goOver(desk, phone);
    await areIn(ann, phone, cleo);
    assert.deepEqual(
      [ann, cleo, desk, phone].flatMap(({ terminal }) => terminal.state.warnings),
      [],
    );
    await allLeave(phone, ann, cleo);
  });
});

describe("sound that does not come", { concurrency: false }, () => {
  /** Of the terminal that moves the call. */
  const time = new VirtualTime();
  let slow: Headless;
  let onConnection: MediaInput["onConnection"] | undefined;

  before(async () => {
    const media: MediaProvider = {
      start: (input) => {
        const { isSilent: _none, ...call } = silentMedia.start(input);
        // The offer goes to the server once it took the move, and is none that it could answer.
        const offered = (): void => void (onConnection = input.onConnection);
        return { ...call, connect: () => void input.exchange("").then(offered, offered) };
      },
    };
    const environment = { media, after: time.after };
    slow = await openHeadless(server.origin, "ben", { device: phone.device, environment });
    opened.push(slow);
    await slow.terminal.signIn({ userId: slow.userId });
  });

  after(async () => {
    await phone.terminal.signIn({ userId: phone.userId });
    slow.terminal.close();
  });

  /** @returns when it waits for the sound */
  async function begins(): Promise<void> {
    await slow.until(isOffered, "offered to move");
    onConnection = undefined;
    await slow.terminal.moveHere();
    await eventually("waits for the sound", () => onConnection !== undefined);
  }

  test("is waited for 15 s, while the person goes on where they are", async () => {
    await talk();
    await begins();
    time.pass(14_999);
    assert.equal(slow.terminal.state.call?.phase, "joining");
    time.pass(1);
    assert.deepEqual(slow.terminal.state.call?.end, { type: "failed", code: "call.moveSilent" });
    assert.equal(desk.terminal.state.call?.phase, "active");
    slow.terminal.dismissCall();

    await begins();
    time.pass(14_999);
    onConnection!({ status: "connected" });
    await eventually("moved away", () => {
      time.pass(500);
      return isEnded(desk.terminal.state);
    });
    assert.equal(desk.terminal.state.call?.end?.type, "moved");
    time.pass(15_000);
    assert.equal((await slow.until(isTogether, "moved here")).call?.end, undefined);
    await slow.terminal.leave();
    await ann.terminal.leave();
  });
});

describe("the same device elsewhere", { concurrency: false }, () => {
  let there: Headless;
  before(async () => {
    there = await openHeadless(server.origin, "ben", { device: desk.device });
    opened.push(there);
  });

  test("the call goes on where it was until it is moved, in company and alone", async () => {
    await talk();
    await there.terminal.signIn({ userId: there.userId });
    const held = await desk.until(({ session }) => session.status === "signedOut", "signed out");
    assert.equal(held.call?.phase, "active");
    assert.notEqual(held.call?.heldUntilMs, undefined);
    const shown = await there.until(isOffered, "offered to move");
    assert.equal(shown.elsewhere?.device, undefined);
    assert.equal(person(ann.terminal.state, "ben")?.state, "joined");
    await there.terminal.moveHere();
    const old = await desk.until(isEnded, "moved away");
    assert.equal(old.call!.end?.type, "moved");
    const atThere = await there.until(isTogether, "together");
    const atAnn = await ann.until(
      (state) => state.call?.safetyCode === atThere.call!.safetyCode,
      "seen at the other terminal",
    );
    assert.equal(person(atAnn, "ben")?.moved?.isOtherDevice, false);
    desk.terminal.dismissCall();

    // Nobody else is in the group: only the terminal that is moved away from can tell of it.
    await ann.terminal.leave();
    await there.until((state) => person(state, "ann")?.state === "left", "alone");
    await desk.terminal.signIn({ userId: desk.userId });
    await desk.until(isOffered, "offered to move");
    await desk.terminal.moveHere();
    await there.until(isEnded, "moved away");
    const back = await desk.until(({ call }) => call?.phase === "active", "moved here");
    assert.equal(back.call?.end, undefined);
    await desk.terminal.leave();
    for (const one of [ann, desk, there]) one.terminal.dismissCall();
  });

  test("what goes on where it was ends at once when the device is revoked", async () => {
    await talk();
    await there.terminal.signIn({ userId: there.userId });
    await desk.until(({ call }) => call?.heldUntilMs !== undefined, "that it goes on there");
    await phone.terminal.revokeDevice(desk.device.deviceId, "stolen");
    const old = await desk.until(isEnded, "that it ends there");
    assert.deepEqual(old.call!.end, { type: "unbound", reason: "revoked" });
    await ann.until((state) => person(state, "ben")?.state === "left", "that they left");
    await ann.terminal.leave();
  });
});
