/** What belongs to a person is the same at all of their terminals, and nothing of it is lost. `npm run soak -- personal-document` goes on with other seeds. */
// First: it counts what the others do.
import { done, letIn, personal, virtualDesks } from "./support/virtual-desk.ts";
import type { Desk } from "./support/virtual-desk.ts";

import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { CallId, longestNote, mostGroups, toBase64Url, UserId } from "@signet/protocol";
import type { AddedCall, GroupId } from "@signet/protocol";

import type { VirtualTerminal } from "./support/virtual-terminal.ts";
import type { VirtualWorld } from "./support/virtual-world.ts";

const atDesks = virtualDesks();
const user = (name: string) => UserId.parse(name);
const notes = (terminal: VirtualTerminal) =>
  Object.fromEntries(personal(terminal).people.map(({ userId, note = "" }) => [userId, note]));
const carried = { status: "carried" };

/** Counts what it puts from now on. */
function puts({ way }: VirtualTerminal): () => number {
  let count = 0;
  way.overhear = (text) => {
    if (text.includes('"document.put"')) count++;
  };
  return () => count;
}

test("what is written at one terminal is at the other soon, once that was let in", async () => {
  await atDesks(async ({ world, desk, phone }) => {
    await done(world, desk.terminal.personal.putPerson(user("bob"), { note: "choir", favourite: true }));
    assert.equal(personal(desk).carrying.status, "pending");
    await world.runFor(2_000);
    assert.deepEqual(personal(desk).carrying, carried);
    assert.deepEqual(personal(phone).carrying, { status: "keptHere", code: "document.otherKey" });
    assert.deepEqual(phone.terminal.state.warnings, []);
    await letIn(world, desk, phone);
    assert.deepEqual(notes(phone), { bob: "choir" });
    assert.deepEqual(personal(phone).carrying, carried);
    await done(world, phone.terminal.personal.putPerson(user("carol"), { note: "chess" }));
    await world.runFor(2_000);
    assert.deepEqual(notes(desk), { bob: "choir", carol: "chess" });
    assert.deepEqual([personal(desk).carrying, personal(phone).carrying], [carried, carried]);
  });
});

test("what is typed is put once in a while, and not with each key", async () => {
  await atDesks(async ({ world, desk }) => {
    const count = puts(desk);
    for (let i = 1; i <= 30; i++) {
      await done(world, desk.terminal.personal.putPerson(user("bob"), { note: "x".repeat(i) }));
      await world.runFor(20);
    }
    await world.runFor(3_000);
    const few = count();
    assert.equal(few >= 1 && few <= 6, true, `${few} times`);
    assert.deepEqual(personal(desk).carrying, carried);
    for (let i = 0; i < 40; i++) {
      await done(world, desk.terminal.personal.putPerson(user("bob"), { note: `again ${i}` }));
      await world.runFor(900);
    }
    // More than the server takes: it is put later, all in one.
    await world.runFor(30_000);
    assert.deepEqual(personal(desk).carrying, carried);
  });
});

test("what was changed without a connection is merged later, and is there when the terminal starts anew", async () => {
  await atDesks(async ({ world, server, desk, phone, another }) => {
    await done(world, desk.terminal.personal.putPerson(user("bob"), { note: "choir" }));
    await world.runFor(2_000);
    await letIn(world, desk, phone);
    desk.way.cutOff(60_000);
    await world.runFor(5_000);
    await done(world, desk.terminal.personal.putPerson(user("dora"), { note: "neighbour" }));
    await done(world, phone.terminal.personal.putPerson(user("bob"), { note: "choir, tenor" }));
    await done(world, phone.terminal.personal.putPerson(user("emil"), { note: "dentist" }));
    assert.deepEqual(personal(desk).carrying, { status: "pending" });
    desk.terminal.close();
    const again = await another("desk", "again");
    again.way.cutOff(30_000);
    await world.runFor(1_000);
    assert.deepEqual(notes(again), { bob: "choir", dora: "neighbour" });
    assert.notEqual(again.terminal.state.connection.status, "online");
    await server.restart();
    await world.runFor(90_000);
    const all = { bob: "choir, tenor", dora: "neighbour", emil: "dentist" };
    assert.deepEqual([notes(again), notes(phone)], [all, all]);
    assert.deepEqual([personal(again).carrying, personal(phone).carrying], [carried, carried]);
  });
});

test("a terminal where nobody is signed in writes and shows nothing, and nothing of one person goes to another", async () => {
  await atDesks(async ({ world, desk, other }) => {
    await done(world, desk.terminal.personal.putPerson(user("bob"), { note: "choir" }));
    const change = desk.terminal.personal.putPerson(user("carol"), {});
    await done(world, Promise.all([change, desk.terminal.release()]));
    const count = puts(desk);
    await world.runFor(20_000);
    assert.equal(desk.terminal.state.personal, undefined);
    assert.equal(count(), 0);
    await assert.rejects(desk.terminal.personal.putPerson(user("dora"), {}), { code: "auth.signInRequired" });
    const zoe = await other("zoe");
    assert.deepEqual(notes(zoe), {});
    // What was not put before is put now.
    await done(world, desk.terminal.signIn({ userId: desk.userId }));
    await world.runFor(3_000);
    assert.deepEqual(Object.keys(notes(desk)), ["bob", "carol"]);
    assert.deepEqual(personal(desk).carrying, carried);
  });
});

test("what does not fit is refused, to a letter on each side", async () => {
  await atDesks(async ({ world, desk }) => {
    const { personal: mine } = desk.terminal;
    await done(world, mine.putPerson(user("bob"), { note: "x".repeat(longestNote) }));
    await assert.rejects(done(world, mine.putPerson(user("bob"), { note: "x".repeat(longestNote + 1) })), {
      code: "document.badValue",
    });
    await assert.rejects(done(world, mine.addGroup("x".repeat(65))), { code: "document.badValue" });
    const groups: GroupId[] = [];
    for (let i = 0; i < mostGroups; i++) groups.push(await done(world, mine.addGroup(`${i}`)));
    await assert.rejects(done(world, mine.addGroup("one more")), { code: "document.full" });
    await done(world, mine.putInGroup(user("bob"), groups[0]!, true));
    assert.deepEqual(personal(desk).people[0]?.groupIds, [groups[0]]);
    await done(world, mine.removeGroup(groups[0]!));
    await done(world, mine.addGroup("one more"));
    await done(world, mine.changeSettings({ presenceFor: "people" }));
    await assert.rejects(done(world, mine.changeSettings({ language: "x".repeat(36) })), {
      code: "document.badValue",
    });
    assert.deepEqual(personal(desk).settings, { presenceFor: "people" });
    await done(world, mine.removePerson(user("bob")));
    assert.deepEqual(personal(desk).people, []);
  });
});

test("the recovery phrase opens it where no other key does, and the one before does no more", async () => {
  await atDesks(async ({ world, desk, phone }) => {
    await done(world, desk.terminal.personal.putPerson(user("bob"), { note: "choir" }));
    await world.runFor(2_000);
    await assert.rejects(done(world, phone.terminal.personal.makePhrase()), { code: "document.otherKey" });
    const former = await done(world, desk.terminal.personal.makePhrase());
    const phrase = await done(world, desk.terminal.personal.makePhrase());
    for (const [typed, code] of [
      [former, "document.wrongSecret"],
      ["", "document.badPhrase"],
    ] as const)
      await assert.rejects(done(world, phone.terminal.personal.enterPhrase(typed)), { code });
    // Where the key is held, too: what opens nothing does not take the place of what does.
    await assert.rejects(done(world, desk.terminal.personal.enterPhrase(former)), {
      code: "document.wrongSecret",
    });
    await done(world, desk.terminal.personal.enterPhrase(phrase));
    await done(world, phone.terminal.personal.enterPhrase(phrase.toLowerCase()));
    assert.deepEqual(notes(phone), { bob: "choir" });
    assert.deepEqual(personal(phone).carrying, carried);
  });
});

test("calls are in the history as they ended, at all terminals of whoever was in them or missed them", async () => {
  await atDesks(async ({ world, desk, phone, other }) => {
    await done(world, desk.terminal.personal.putPerson(user("zoe"), {}));
    await world.runFor(2_000);
    await letIn(world, desk, phone);
    const zoe = await other("zoe");
    const shown = (terminal: VirtualTerminal) =>
      personal(terminal).history.map(({ direction, outcome, userIds, verified }) =>
        [direction, outcome, ...userIds, "verified:", ...verified].join(" "),
      );
    await done(world, zoe.terminal.call([desk.userId]));
    await world.runFor(3_000);
    await done(world, desk.terminal.answer(desk.terminal.state.ringing[0]!.callId));
    await world.runFor(70_000);
    await done(world, desk.terminal.leave());
    await done(world, zoe.terminal.leave());
    await world.runFor(10_000);
    assert.deepEqual(
      [shown(desk), shown(phone)],
      [["in talked zoe verified: zoe"], ["in talked zoe verified: zoe"]],
    );
    assert.deepEqual(shown(zoe), ["out talked ada verified: ada"]);
    const [talked] = personal(phone).history;
    assert.equal(
      (talked?.partMs ?? 0) > 60_000 && (talked?.partMs ?? 0) < 80_000,
      true,
      `${talked?.partMs} ms`,
    );
    zoe.terminal.dismissCall();
    await done(world, zoe.terminal.call([desk.userId]));
    await world.runFor(3_000);
    await done(world, phone.terminal.decline(phone.terminal.state.ringing[0]!.callId));
    await world.runFor(10_000);
    await done(world, zoe.terminal.leave());
    zoe.terminal.dismissCall();
    await done(world, zoe.terminal.call([desk.userId]));
    await world.runFor(5_000);
    await done(world, zoe.terminal.leave());
    await world.runFor(10_000);
    const all = ["in missed", "in declined", "in talked"].map((how) => `${how} zoe verified: zoe`);
    assert.deepEqual([shown(desk), shown(phone)], [all, all]);
    assert.deepEqual(
      personal(zoe).history.map(({ outcome }) => outcome),
      ["unanswered", "declined", "talked"],
    );
    await done(world, phone.terminal.personal.clearHistory());
    await world.runFor(3_000);
    assert.deepEqual([shown(desk), shown(phone)], [[], []]);
  });
});

test("a call that reached no terminal is in the history of all, once one of them was handed it", async () => {
  await atDesks(async ({ world, desk, phone, other }) => {
    await done(world, desk.terminal.personal.putPerson(user("zoe"), {}));
    await world.runFor(2_000);
    await letIn(world, desk, phone);
    const zoe = await other("zoe");
    for (const { terminal } of [desk, phone]) await done(world, terminal.release());
    await done(world, zoe.terminal.call([desk.userId]));
    await world.runFor(5_000);
    for (const { terminal } of [phone, desk]) {
      await done(world, terminal.signIn({ userId: desk.userId }));
      await world.runFor(5_000);
    }
    const missed = ({ terminal }: VirtualTerminal) => terminal.state.missed?.map(({ from }) => from.userId);
    assert.deepEqual([missed(phone), missed(desk)], [["zoe"], undefined]);
    for (const terminal of [phone, desk])
      assert.deepEqual(
        personal(terminal).history.map(({ outcome, userIds, verified }) => [outcome, userIds, verified]),
        [["missed", ["zoe"], ["zoe"]]],
      );
  });
});

test("whom one called stands in the history also where nobody has the user ID; beside others such an ID is nobody", async () => {
  await atDesks(async ({ world, desk, other }) => {
    for (const called of [["nobodyhere"], ["nobodyhere", "nor-here"], ["zoe", "nobodyhere"]]) {
      if (called.includes("zoe")) await other("zoe");
      await done(world, desk.terminal.call(called.map(user)));
      await world.runFor(70_000);
    }
    assert.deepEqual(
      personal(desk).history.map(({ outcome, userIds }) => [outcome, ...userIds].join(" ")),
      ["unanswered zoe", "unanswered nobodyhere nor-here", "unanswered nobodyhere"],
    );
  });
});

test("a call that ends with the sign-in is in the history of whose it was, and not of who signs in next", async () => {
  await atDesks(async ({ world, desk, phone, other }) => {
    const zoe = await other("zoe");
    await done(world, zoe.terminal.call([desk.userId]));
    await world.runFor(3_000);
    await done(world, desk.terminal.answer(desk.terminal.state.ringing[0]!.callId));
    await world.runFor(10_000);
    const { session } = desk.terminal.state;
    assert.ok(session.status === "signedIn");
    await done(world, phone.terminal.revokeDevice(session.device.deviceId, "lost"));
    await world.runFor(5_000);
    assert.equal(desk.terminal.state.call?.end?.type, "unbound");
    desk.hardware.device = await createSoftwareKey({ algorithm: "EdDSA" });
    await done(world, desk.terminal.register({ userId: user("ida"), displayName: "Ida" }));
    await world.runFor(3_000);
    assert.deepEqual(personal(desk).history, []);
    await done(world, desk.terminal.release());
    await done(world, phone.terminal.release());
    desk.hardware.device = phone.hardware.device;
    await done(world, desk.terminal.signIn({ userId: phone.userId }));
    await world.runFor(3_000);
    assert.deepEqual(
      personal(desk).history.map(({ outcome, userIds }) => [outcome, ...userIds]),
      [["talked", "zoe"]],
    );
  });
});

const seed = Number(process.env["SIGNET_SEED"] ?? 11);

test(`three terminals change people and history in any order, on and off the network: nothing is lost (seed ${seed})`, async () => {
  await atDesks(async (room) => {
    const { world, desk, phone, server, another } = room;
    await done(world, desk.terminal.personal.putPerson(user("first"), {}));
    await world.runFor(2_000);
    await letIn(world, desk, phone);
    const spare = await openSpare(room);
    const random = new RandomPerson(world, [desk, phone, spare], async (i) => {
      const name = (["desk", "phone", "spare"] as const)[i] ?? "desk";
      return another(name, "again");
    });
    for (let i = 0; i < 60; i++) {
      await random.act();
      if (world.chance(0.03)) await server.restart();
      await world.runFor(world.between(1, 1_500));
    }
    world.loss = 0;
    // Whoever was cut off tries again later each time.
    for (let i = 0; i < 20 && !random.isCarried; i++) await world.runFor(30_000);
    await world.runFor(5_000);
    random.assertNothingLost();
  }, seed);
});

async function openSpare({ world, desk, phone, another }: Desk): Promise<VirtualTerminal> {
  await done(world, phone.terminal.addDevice({ name: "spare" }));
  const spare = await another("spare");
  await world.runFor(1_000);
  await done(world, spare.terminal.signIn({ userId: spare.userId }));
  await letIn(world, desk, spare);
  return spare;
}

/** What one person does at several terminals, and what has to come of it. */
class RandomPerson {
  readonly #world: VirtualWorld;
  readonly #terminals: VirtualTerminal[];
  readonly #again: (i: number) => Promise<VirtualTerminal>;
  /** Written at one terminal alone: the last of it holds. */
  readonly #own = new Map<UserId, string | undefined>();
  readonly #shared = new Set<string>();
  readonly #calls = new Set<string>();
  #count = 0;

  constructor(
    world: VirtualWorld,
    terminals: readonly VirtualTerminal[],
    again: (i: number) => Promise<VirtualTerminal>,
  ) {
    this.#world = world;
    this.#terminals = [...terminals];
    this.#again = again;
  }

  async act(): Promise<void> {
    const world = this.#world;
    const i = world.between(0, this.#terminals.length);
    const each = this.#terminals[i]!;
    const { personal: theirs } = each.terminal;
    const text = `${each.name} ${this.#count++}`;
    const dice = world.random();
    const own = user(`${each.name}-${world.between(0, 4)}`);
    if (dice < 0.1) each.way.cutOff(world.between(100, 20_000));
    else if (dice < 0.15) {
      each.terminal.close();
      this.#terminals[i] = await this.#again(i);
    } else if (dice < 0.2) world.loss = world.chance(0.5) ? 0 : 0.02;
    else if (dice < 0.45) {
      await done(world, theirs.putPerson(own, { note: text }));
      this.#own.set(own, text);
    } else if (dice < 0.5) {
      await done(world, theirs.removePerson(own));
      this.#own.set(own, undefined);
    } else if (dice < 0.75) {
      const shared = `shared-${world.between(0, 4)}`;
      await done(world, theirs.putPerson(user(shared), { note: text }));
      this.#shared.add(shared);
    } else {
      const call = this.#call();
      await done(world, theirs.note(call));
      this.#calls.add(call.callId);
    }
  }

  #call(): AddedCall {
    const random = Uint8Array.from({ length: 16 }, () => this.#world.between(0, 256));
    return {
      callId: CallId.parse(toBase64Url(random)),
      startedAtMs: this.#world.nowMs,
      partMs: this.#world.between(0, 60_000),
      userIds: [user("bob")],
      direction: "out",
      outcome: "talked",
      verified: [user("bob")],
    };
  }

  get isCarried(): boolean {
    return this.#terminals.every(
      ({ terminal: { state } }) =>
        state.connection.status === "online" && state.personal?.carrying.status === "carried",
    );
  }

  assertNothingLost(): void {
    for (const each of this.#terminals) {
      const { carrying, history } = personal(each);
      assert.deepEqual(carrying, carried, `at ${each.name}`);
      const found = notes(each);
      for (const [userId, note] of this.#own) assert.equal(found[userId], note, `${userId} at ${each.name}`);
      for (const userId of this.#shared) assert.ok(found[userId], `${userId} at ${each.name}`);
      const calls = new Set(history.map(({ callId }) => callId as string));
      assert.deepEqual(calls, this.#calls, `at ${each.name}`);
      assert.deepEqual(personal(each), personal(this.#terminals[0]!), `at ${each.name}`);
    }
  }
}
