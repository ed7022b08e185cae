/** Two people call each other: both see it, one touch of either brings both into one call. Real terminals and server, in virtual time. */
// First: it counts what the others do.
import { settled } from "./support/settled.ts";

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { startMedia } from "@signet/media";
import type { MediaEngine } from "@signet/media";
import type { CallId } from "@signet/protocol";
import type { CallView } from "@signet/terminal";

import { VirtualServer } from "./support/virtual-server.ts";
import { VirtualTerminal } from "./support/virtual-terminal.ts";
import { VirtualWorld } from "./support/virtual-world.ts";

const users = ["ada", "bob", "cyd"] as const;

let media: MediaEngine;
let folder: string;
let devices: readonly SignatureDevice[];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "signet-"));
  media = await startMedia({ runtimeDir: folder });
  devices = await Promise.all(users.map(() => createSoftwareKey({ algorithm: "EdDSA" })));
});

after(async () => {
  await media.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Stage {
  readonly world: VirtualWorld;
  /** How many of their two calls go on. */
  readonly going: () => number;
  readonly ada: VirtualTerminal;
  readonly bob: VirtualTerminal;
  readonly cyd: VirtualTerminal;
}

/** Runs with ada and bob, who called each other at the same moment; ada called cyd as well. */
function withCrossing(run: (stage: Stage) => Promise<void>): Promise<void> {
  return withSignedIn(async (stage, server) => {
    const { world, ada, bob, cyd } = stage;
    void ada.terminal.call([bob.userId, cyd.userId]);
    void bob.terminal.call([ada.userId]);
    await world.runFor(2_000);
    const callIds = [ada, bob].map((one) => shown(one).callId);
    const going = (): number => callIds.filter((id) => server.running.stateOf(id) !== undefined).length;
    await run({ ...stage, going });
    return () => assert.equal(going(), 0, "a call goes on");
  });
}

/** @param run gives what has to hold when all have gone */
async function withSignedIn(
  run: (stage: Omit<Stage, "going">, server: VirtualServer) => Promise<() => void>,
): Promise<void> {
  const world = new VirtualWorld(1, settled);
  const server = await VirtualServer.open(world, media);
  const [ada, bob, cyd] = await Promise.all(
    users.map((user, i) => VirtualTerminal.open(world, server, { user, name: user, device: devices[i]! })),
  );
  assert.ok(ada && bob && cyd);
  const people = [ada, bob, cyd];
  await world.runFor(2_000);
  for (const { terminal, userId } of people)
    void terminal.register({ userId, displayName: userId.toUpperCase() });
  await world.runFor(2_000);
  const holds = await run({ world, ada, bob, cyd }, server);
  for (const { terminal } of people) terminal.close();
  await world.runFor(5_000);
  holds();
  await server.close();
}

const shown = ({ terminal }: VirtualTerminal): CallView => {
  assert.ok(terminal.state.call);
  return terminal.state.call;
};

const callers = ({ terminal }: VirtualTerminal): readonly string[] =>
  terminal.state.ringing.map(({ from }) => from.userId);

/** @returns resolves to the code with which it is refused; undefined when this terminal is in the call */
function answers({ terminal }: VirtualTerminal, signal?: AbortSignal): Promise<string | undefined> {
  return terminal.answer(terminal.state.ringing[0]!.callId, signal).then(
    () => undefined,
    (error: { readonly code?: string }) => error.code,
  );
}

function assertTogether(...people: readonly VirtualTerminal[]): void {
  const ids = people.map(({ userId }) => userId).toSorted();
  for (const one of people) {
    const { participants, phase } = shown(one);
    const there = participants.filter(({ state }) => state === "joined").map(({ userId }) => userId);
    assert.deepEqual([phase, there.toSorted()], ["active", ids], `as ${one.name} sees it`);
  }
  assert.equal(new Set(people.map(({ keys }) => keys.at(-1))).size, 1, "they do not hold one key");
  assert.equal(new Set(people.map((one) => shown(one).safetyCode)).size, 1);
}

test("both see that the other calls; one touch brings both into one call, and the other call ends", () =>
  withCrossing(async ({ world, going, ada, bob, cyd }) => {
    assert.deepEqual([callers(ada), callers(bob), callers(cyd)], [["bob"], ["ada"], ["ada"]]);
    assert.deepEqual([shown(ada).phase, shown(bob).phase], ["calling", "calling"]);
    const answer = answers(ada);
    await world.runFor(3_000);
    assert.equal(await answer, undefined);
    assertTogether(ada, bob);
    assert.equal(shown(ada).isInitiator, false);
    assert.deepEqual([callers(ada), callers(bob), callers(cyd)], [[], [], []]);
    assert.equal(going(), 1);
  }));

test("whoever was muted while they called is muted in the call that they join", () =>
  withCrossing(async ({ world, ada, bob }) => {
    ada.terminal.setMuted(true);
    const answer = answers(ada);
    await world.runFor(3_000);
    assert.equal(await answer, undefined);
    assert.deepEqual([shown(ada).microphone.status, shown(bob).microphone.status], ["muted", "on"]);
  }));

test("when both touch at once the first answer counts; the other one is told, and stays", () =>
  withCrossing(async ({ world, going, ada, bob }) => {
    const codes = [answers(ada), answers(bob)];
    await world.runFor(3_000);
    const [first, second] = await Promise.all(codes);
    assert.deepEqual(new Set([first, second]), new Set([undefined, "call.answeredYours"]));
    assertTogether(ada, bob);
    assert.equal(going(), 1);
  }));

test("the own call rings on until this terminal is in the other one, and for good when it does not get there", () =>
  withCrossing(async ({ world, ada, bob, cyd }) => {
    const own = shown(ada).callId;
    // Bob would have to let her in, and does not hear of it.
    bob.way.spoil = (text) =>
      text.includes('"call.commitNeeded"') ? '{"type":"test.nothing","body":{}}' : text;
    const touch = new AbortController();
    const answer = answers(ada, touch.signal);
    await world.runFor(2_000);
    assert.equal(shown(ada).callId, own);
    assert.deepEqual(callers(cyd), ["ada"]);
    assert.deepEqual(callers(bob), [], "she is on the way");
    touch.abort();
    await world.runFor(2_000);
    assert.equal(await answer, "call.notRinging");
    assert.deepEqual([shown(ada).callId, shown(ada).phase], [own, "calling"]);
    void answers(cyd);
    await world.runFor(3_000);
    assertTogether(ada, cyd);
  }));

test("a connection that is lost on the way into the other call changes nothing", () =>
  withCrossing(async ({ world, going, ada, bob }) => {
    const answer = answers(ada);
    ada.way.downUntilMs = world.nowMs + 5_000;
    await world.runFor(20_000);
    assert.equal(await answer, undefined);
    assertTogether(ada, bob);
    assert.equal(going(), 1);
  }));

test("who hangs up on the way into the other call is in none", () =>
  withCrossing(async ({ world, going, ada, bob }) => {
    bob.way.spoil = (text) =>
      text.includes('"call.commitNeeded"') ? '{"type":"test.nothing","body":{}}' : text;
    const answer = answers(ada);
    await world.runFor(2_000);
    void ada.terminal.leave();
    await world.runFor(2_000);
    assert.equal(await answer, "call.notRinging");
    assert.equal(ada.call, undefined);
    assert.equal(going(), 0, "bob called nobody else");
  }));

/** Ada and bob call each other, and nobody else: what each signed is the answer to the other. */
const withGlare = (run: (stage: Stage) => Promise<void>, offMs = 0): Promise<void> =>
  withSignedIn(async (stage, server) => {
    const { world, ada, bob } = stage;
    const callIds = new Set<CallId>();
    const note = (): void => [ada, bob].forEach(({ call }) => call !== undefined && callIds.add(call.callId));
    const stops = [ada, bob].map(({ terminal }) => terminal.subscribe(note));
    void ada.terminal.call([bob.userId]);
    await world.runFor(offMs);
    void bob.terminal.call([ada.userId]);
    const going = (): number => [...callIds].filter((id) => server.running.stateOf(id) !== undefined).length;
    await run({ ...stage, going });
    for (const stop of stops) stop();
    return () => assert.equal(going(), 0, "a call goes on");
  });

for (const offMs of [0, 20, 60, 100])
  test(`two who call each other alone are in one call without a touch more, ${offMs} ms apart`, () =>
    withGlare(async ({ world, going, ada, bob }) => {
      const rang = [ada, bob].map((one) => {
        const seen = { rang: false };
        one.terminal.subscribe(({ ringing }) => {
          // Who calls a moment later than the other one may be rung before.
          if (one.call !== undefined && ringing.length > 0) seen.rang = true;
        });
        return seen;
      });
      await world.runFor(4_000);
      assertTogether(ada, bob);
      assert.equal(going(), 1);
      assert.deepEqual([callers(ada), callers(bob)], [[], []]);
      assert.deepEqual(rang, [{ rang: false }, { rang: false }]);
      void ada.terminal.leave();
      await world.runFor(3_000);
      assert.equal(shown(bob).participants.find(({ isSelf }) => !isSelf)?.leaveReason, "left");
    }, offMs));

test("where they do not come together, each is shown that the other one calls", () =>
  withGlare(async ({ world, ada, bob }) => {
    for (const { way } of [ada, bob])
      way.spoil = (text) =>
        text.includes('"call.commitNeeded"') ? '{"type":"test.nothing","body":{}}' : text;
    await world.runFor(2_000);
    assert.deepEqual([callers(ada), callers(bob)], [[], []]);
    await world.runFor(6_000);
    const [lower, higher] = shown(ada).callId < shown(bob).callId ? [ada, bob] : [bob, ada];
    assert.deepEqual(callers(lower), [], "who is on the way need not be answered");
    assert.deepEqual(callers(higher), [lower.name]);
  }));

/** Bob calls ada alone, and ada brings cyd in. @returns that call */
async function withCyd({ world, ada, bob, cyd }: Omit<Stage, "going">): Promise<CallId> {
  void bob.terminal.call([ada.userId]);
  await world.runFor(2_000);
  void answers(ada);
  await world.runFor(2_000);
  void ada.terminal.invite([cyd.userId]);
  await world.runFor(2_000);
  void answers(cyd);
  await world.runFor(2_000);
  assertTogether(ada, bob, cyd);
  return shown(cyd).callId;
}

test("a call that one of them started before, and in which somebody else is, is not what they come together in", () =>
  withSignedIn(async (stage, server) => {
    const { world, ada, bob, cyd } = stage;
    const before = await withCyd(stage);
    for (const { terminal } of [bob, ada]) void terminal.leave();
    await world.runFor(2_000);
    void ada.terminal.call([bob.userId]);
    void bob.terminal.call([ada.userId]);
    await world.runFor(4_000);
    assertTogether(ada, bob);
    assert.deepEqual([cyd.call?.callId, ada.call?.callId === before], [before, false]);
    return () => assert.equal(server.running.stateOf(before), undefined);
  }));

test("whoever calls the one who started a call is asked before they are in it again, with others", () =>
  withSignedIn(async (stage, server) => {
    const { world, ada, bob, cyd } = stage;
    const before = await withCyd(stage);
    void ada.terminal.leave();
    await world.runFor(2_000);
    void ada.terminal.call([bob.userId]);
    await world.runFor(2_000);
    const own = ada.call?.callId;
    void cyd.terminal.invite([ada.userId]);
    await world.runFor(3_000);
    assert.deepEqual([callers(ada), ada.call?.callId], [["cyd"], own]);
    return () => assert.equal(server.running.stateOf(before), undefined);
  }));
