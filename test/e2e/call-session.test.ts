/**
 * The shell of a call (call-session, group-work, call-findings) in real terminals with a real server, in virtual time: what takes seconds, and
 * what happens when a connection is lost in the middle of it.
 */
// First: it counts what the others do.
import { answer, assertTogether, shown, virtualCalls } from "./support/virtual-call.ts";
import type { Stage } from "./support/virtual-call.ts";

import assert from "node:assert/strict";
import { test } from "node:test";

import { VirtualTerminal } from "./support/virtual-terminal.ts";

const withCall = virtualCalls();

const nothing = JSON.stringify({ type: "test.nothing", body: {} });

/** Of what the server says to this terminal, the first that is of this type arrives as something else. */
function spoilFirst({ way }: VirtualTerminal, type: string, spoiled: (text: string) => string): void {
  let isDone = false;
  way.spoil = (text) => {
    if (isDone || !text.includes(`"${type}"`)) return text;
    isDone = true;
    return spoiled(text);
  };
}

const cutShort = (field: string) => (text: string) =>
  text.replace(new RegExp(`("${field}":"[^"]{40})[^"]*"`), '$1"');

/** Bob cannot read the Commit by which dan's leaf goes, and has to come back; what asks these for a GroupInfo does not arrive. */
async function lose({ world, bob, dan }: Stage, ...silent: readonly VirtualTerminal[]): Promise<void> {
  spoilFirst(bob, "call.committed", cutShort("commit"));
  for (const { way } of silent)
    way.spoil = (text) => (text.includes('"call.groupInfoNeeded"') ? nothing : text);
  void dan.terminal.leave();
  await world.runFor(3_000);
}

test("a terminal that cannot read a Commit comes back within moments, and says who went meanwhile", () =>
  withCall(async (stage) => {
    const { world, ada, bob, cyd, dan } = stage;
    await answer(world, bob, cyd, dan);
    assertTogether(ada, bob, cyd, dan);
    const before = shown(bob).epoch ?? 0;
    await lose(stage);
    assertTogether(ada, bob, cyd);
    assert.ok((shown(bob).epoch ?? 0) > before);
    assert.deepEqual(shown(bob).rejoined, { entered: [], gone: [dan.userId] });
    assert.equal(shown(ada).rejoined, undefined);
  }));

test("who had their share of replies comes back when there is something of it again", () =>
  withCall(async (stage) => {
    const { world, ada, bob, cyd, dan } = stage;
    await answer(world, bob, cyd, dan);
    const untilMs = world.nowMs + 9_000;
    let refused = 0;
    spoilFirst(bob, "call.committed", cutShort("commit"));
    const { spoil } = bob.way;
    bob.way.spoil = (text) => {
      const isGroupInfo = /"type":"(?:awaited|given)"/.test(text);
      if (!isGroupInfo || world.nowMs > untilMs) return spoil(text);
      refused += 1;
      const { id } = JSON.parse(text) as { readonly id: number };
      return JSON.stringify({ id, error: { code: "protocol.askedTooMuch", message: "" } });
    };
    void dan.terminal.leave();
    await world.runFor(6_000);
    assert.ok(refused > 1);
    assert.equal(shown(bob).end, undefined);
    await world.runFor(6_000);
    assertTogether(ada, bob, cyd);
    assert.equal(shown(bob).refusals, undefined, "nobody gave anything false");
  }));

test("a member who gives no GroupInfo is waited for 7.5 s, and then another is asked", () =>
  withCall(async (stage) => {
    const { world, ada, bob, cyd, dan } = stage;
    await answer(world, bob, cyd, dan);
    const keys = bob.keys.length;
    await lose(stage, ada);
    await world.runFor(4_000);
    assert.deepEqual([bob.keys.length, shown(bob).end], [keys, undefined], "ada may be busy");
    await world.runFor(4_000);
    assertTogether(ada, bob, cyd);
    assert.equal(shown(bob).refusals, undefined, "who was busy gave nothing false");
  }));

test("when nobody gives a GroupInfo the call ends there, and says so; the others see that it was for safety", () =>
  withCall(async (stage) => {
    const { world, ada, bob, cyd, dan } = stage;
    await answer(world, bob, cyd, dan);
    await lose(stage, ada, cyd);
    await world.runFor(10_000);
    assert.equal(shown(bob).end, undefined, "cyd may be busy");
    await world.runFor(10_000);
    assert.deepEqual(shown(bob).end, { type: "failed", code: "call.noGroupInfo" });
    assert.equal(shown(bob).media.status, "off");
    await world.runFor(5_000);
    assertTogether(ada, cyd);
    const gone = shown(ada).participants.find(({ userId }) => userId === bob.userId);
    assert.deepEqual([gone?.state, gone?.stateSigned, gone?.leaveReason], ["left", true, "unsafe"]);
  }));

test("a Welcome that arrives broken, and a connection that is lost while another way in is asked for", () =>
  withCall(async ({ world, ada, bob, cyd }) => {
    await answer(world, bob);
    assertTogether(ada, bob);
    let isCut = false;
    cyd.way.spoil = (text) => {
      if (text.includes('"call.welcome"')) return cutShort("welcome")(text);
      // The first answer to the question for a GroupInfo is lost with the connection.
      if (!isCut && text.includes('"awaited"')) {
        isCut = true;
        cyd.way.cutOff(2_000);
      }
      return text;
    };
    await answer(world, cyd);
    await world.runFor(20_000);
    assert.ok(isCut);
    assertTogether(ada, bob, cyd);
    const refusals = shown(cyd).refusals ?? [];
    assert.ok(
      refusals.length > 0 && refusals.every(({ what, userId }) => what === "welcome" && userId === "ada"),
    );
    assert.equal(shown(bob).refusals, undefined);
  }));

test("the end of a call is signed by who started it, and nothing that comes after it counts", () =>
  withCall(async ({ world, ada, bob, cyd }) => {
    await answer(world, bob, cyd);
    const seen: string[] = [];
    bob.terminal.subscribe(({ call }) => seen.push(`${call?.phase} ${call?.media.status}`));
    const keys = bob.keys.length;
    void ada.terminal.endForAll();
    void cyd.terminal.leave();
    await world.runFor(5_000);
    for (const { terminal } of [bob, cyd])
      assert.ok(terminal.state.call?.end?.type === "ended" || terminal.state.call?.end?.type === "left");
    assert.deepEqual(shown(bob).end, { type: "ended", reason: "ended", signed: true });
    assert.equal(seen.at(-1), "ended off");
    const ended = seen.indexOf("ended off");
    assert.ok(
      seen.slice(ended).every((one) => one === "ended off"),
      "once over, it stays so",
    );
    assert.ok(bob.keys.length <= keys + 1);
    const { endedAtMs } = shown(bob);
    await world.runFor(30_000);
    assert.equal(shown(bob).endedAtMs, endedAtMs);
  }));

test("why somebody left is shown as their own word, and they may come back", () =>
  withCall(async ({ world, ada, bob, cyd }) => {
    await answer(world, bob, cyd);
    void cyd.terminal.leave();
    await world.runFor(3_000);
    const left = shown(bob).participants.find(({ userId }) => userId === cyd.userId);
    assert.deepEqual([left?.state, left?.stateSigned, left?.leaveReason], ["left", true, "left"]);
    const code = shown(bob).safetyCode;
    const { callId } = shown(ada);
    void cyd.terminal.answer(callId);
    await world.runFor(5_000);
    assertTogether(ada, bob, cyd);
    assert.notEqual(shown(bob).safetyCode, code);
    const back = shown(bob).participants.find(({ userId }) => userId === cyd.userId);
    assert.ok(back?.verification !== undefined && back.leaving === undefined);
  }));

const unheard = (seenBy: VirtualTerminal, ...people: readonly VirtualTerminal[]) =>
  people.map(({ userId }) => shown(seenBy).participants.find((one) => one.userId === userId)?.unheard);

test("who mutes is seen as muted by all, by those who come later and by who was away; and as not muted again", () =>
  withCall(async ({ world, ada, bob, cyd, dan }) => {
    await answer(world, bob, cyd);
    bob.terminal.setMuted(true);
    await world.runFor(2_000);
    assert.deepEqual(
      [unheard(ada, bob, cyd), unheard(cyd, bob, ada)],
      [
        ["muted", undefined],
        ["muted", undefined],
      ],
    );
    await answer(world, dan);
    assert.deepEqual(unheard(dan, ada, bob, cyd), [undefined, "muted", undefined]);
    ada.way.downUntilMs = world.nowMs + 5_000;
    await world.runFor(1_000);
    bob.terminal.setMuted(false);
    cyd.terminal.setMuted(true);
    await world.runFor(12_000);
    for (const one of [ada, dan]) assert.deepEqual(unheard(one, bob, cyd), [undefined, "muted"], one.name);
  }));

test("that one has no microphone is said when all are let in, each at a time of their own", () =>
  withCall(async ({ world, ada, bob, cyd, dan }) => {
    const others = [bob, cyd, dan];
    for (const one of others) one.unplugMicrophone();
    const saidAtMs: number[] = [];
    ada.way.spoil = (text) => {
      if (text.includes('"call.memberMicrophone"')) saidAtMs.push(world.nowMs);
      return text;
    };
    const answeredAtMs = world.nowMs;
    await answer(world, ...others);
    assertTogether(ada, ...others);
    assert.deepEqual(saidAtMs, [], "keys come first");
    await world.runFor(5_000);
    assert.deepEqual(unheard(ada, ...others), ["noMicrophone", "noMicrophone", "noMicrophone"]);
    assert.equal(new Set(saidAtMs).size, 3);
    assert.ok(saidAtMs.every((atMs) => atMs - answeredAtMs >= 3_000));
  }));

test("what was muted while the own connection was away is said when it is back, also after a restart of the server", () =>
  withCall(async ({ world, server, ada, bob, cyd }) => {
    await answer(world, bob, cyd);
    bob.way.downUntilMs = world.nowMs + 5_000;
    await world.runFor(1_000);
    bob.terminal.setMuted(true);
    await world.runFor(12_000);
    assert.deepEqual(unheard(ada, bob), ["muted"]);
    await server.restart();
    await world.runFor(12_000);
    void cyd.terminal.leave();
    await world.runFor(3_000);
    void cyd.terminal.answer(cyd.terminal.state.joinable[0]!.callId);
    await world.runFor(3_000);
    assert.deepEqual([unheard(ada, bob), unheard(cyd, bob)], [["muted"], ["muted"]]);
  }));

test("who plays with the button says the last of it, and no more than two words a second", () =>
  withCall(async ({ world, ada, bob, cyd }) => {
    await answer(world, bob, cyd);
    let words = 0;
    ada.way.spoil = (text) => {
      if (text.includes('"call.memberMicrophone"')) words += 1;
      return text;
    };
    for (let i = 0; i < 101; i++) {
      bob.terminal.setMuted(i % 2 === 0);
      await world.runFor(20);
    }
    await world.runFor(2_000);
    assert.deepEqual(unheard(ada, bob), ["muted"]);
    assert.ok(words > 0 && words <= 8, `${words} words in 4 s`);
  }));

test("a server can keep a word back, and neither change it nor give it to somebody else", () =>
  withCall(async ({ world, ada, bob, cyd }) => {
    await answer(world, bob, cyd);
    const heard: string[] = [];
    ada.way.spoil = (text) => {
      if (!text.includes('"call.memberMicrophone"')) return text;
      heard.push(text);
      return nothing;
    };
    bob.terminal.setMuted(true);
    await world.runFor(2_000);
    bob.terminal.setMuted(false);
    await world.runFor(2_000);
    assert.equal(heard.length, 2);
    const [muted, on] = heard as [string, string];
    /** Ada hears this instead of what cyd says. */
    const tell = async (text: string): Promise<void> => {
      ada.way.spoil = (other) => (other.includes('"call.memberMicrophone"') ? text : other);
      cyd.terminal.setMuted(shown(cyd).microphone.status !== "muted");
      await world.runFor(2_000);
    };
    await tell(muted.replace(`"userId":"${bob.userId}"`, `"userId":"${cyd.userId}"`));
    assert.deepEqual(unheard(ada, bob, cyd), [undefined, undefined]);
    await tell(muted.replace(/("kind":"terminal","signature":")..../, "$1AAAA"));
    assert.deepEqual(unheard(ada, bob, cyd), [undefined, undefined], "a signature that does not hold");
    await tell(muted);
    assert.deepEqual(unheard(ada, bob), ["muted"], "as he signed it");
    await tell(on);
    assert.deepEqual(unheard(ada, bob), [undefined]);
    await tell(muted);
    assert.deepEqual(unheard(ada, bob), [undefined], "an older one");
  }));

test("whoever leaves may come back, and is told of nothing wrong, though somebody in the call went on since it was answered", () =>
  withCall(async ({ world, ada, bob, cyd, dan }) => {
    await answer(world, bob, cyd);
    void ada.terminal.invite([dan.userId]);
    await world.runFor(2_000);
    void ada.terminal.rename("Ada Two");
    await world.runFor(2_000);
    void bob.terminal.leave();
    await world.runFor(3_000);
    const { joinable, warnings } = bob.terminal.state;
    assert.deepEqual([warnings, joinable.map(({ from }) => from.displayName)], [[], ["Ada Two"]]);
    void bob.terminal.answer(joinable[0]!.callId);
    await world.runFor(3_000);
    assertTogether(ada, bob, cyd);
  }));

test("what somebody said of a call before their history went on is by who they were, and it rings", () =>
  withCall(async ({ world, ada, bob, dan }) => {
    await answer(world, bob);
    const decline = async (): Promise<void> => {
      void dan.terminal.decline(dan.terminal.state.ringing[0]!.callId);
      await world.runFor(2_000);
    };
    await decline();
    void ada.terminal.invite([dan.userId]);
    await world.runFor(2_000);
    await decline();
    void ada.terminal.rename("Ada Two");
    await world.runFor(2_000);
    void bob.terminal.invite([dan.userId]);
    await world.runFor(2_000);
    const { ringing, warnings } = dan.terminal.state;
    assert.deepEqual([warnings, ringing.map(({ from }) => from.userId)], [[], [bob.userId]]);
  }));

test("who was signed in elsewhere while away, and here again, is not in the call that ended here meanwhile", () =>
  withCall(async ({ world, server, ada, bob, cyd }) => {
    await answer(world, bob, cyd);
    const { device } = cyd.hardware;
    const elsewhere = await VirtualTerminal.open(world, server, { user: "cyd", name: "cyd-2", device });
    await world.runFor(2_000);
    // It does not hear that the device is bound elsewhere, where the call could be moved to, before its connection is lost.
    cyd.way.spoil = (text) => (text.includes('"binding.ended"') ? nothing : text);
    void elsewhere.terminal.signIn({ userId: cyd.userId });
    await world.runFor(2_000);
    cyd.way.cutOff(1_000);
    await world.runFor(10_000);
    assert.deepEqual(shown(cyd).end, { type: "unbound", reason: "forgotten" });
    void cyd.terminal.signIn({ userId: cyd.userId });
    await world.runFor(5_000);
    assert.equal(cyd.terminal.state.session.status, "signedIn");
    assertTogether(ada, bob);
    elsewhere.terminal.close();
  }));

test("a terminal that is to come into the group when its device is signed in elsewhere is out, and not in it when the person is back", () =>
  withCall(async ({ world, server, ada, bob, cyd }) => {
    await answer(world, bob);
    // Taken in by the server, and without the key: what would bring it is on its way.
    cyd.way.spoil = (text) => (text.includes('"call.welcome"') ? nothing : text);
    await answer(world, cyd);
    const { device } = cyd.hardware;
    const elsewhere = await VirtualTerminal.open(world, server, { user: "cyd", name: "cyd-2", device });
    await world.runFor(1_000);
    void elsewhere.terminal.signIn({ userId: cyd.userId });
    await world.runFor(2_000);
    assert.deepEqual(shown(cyd).end, { type: "unbound", reason: "takenOver" });
    void cyd.terminal.signIn({ userId: cyd.userId });
    await world.runFor(5_000);
    assert.equal(cyd.terminal.state.session.status, "signedIn");
    assertTogether(ada, bob);
    elsewhere.terminal.close();
  }));

test("where somebody else signs in at a terminal at which a call goes on for whose device is elsewhere, it is over at once", () =>
  withCall(async ({ world, server, ada, bob, cyd, dan }) => {
    await answer(world, bob, cyd);
    const { device } = cyd.hardware;
    const elsewhere = await VirtualTerminal.open(world, server, { user: "cyd", name: "cyd-2", device });
    await world.runFor(1_000);
    void elsewhere.terminal.signIn({ userId: cyd.userId });
    await world.runFor(2_000);
    assertTogether(ada, bob, cyd);
    cyd.hardware.device = dan.hardware.device;
    void cyd.terminal.signIn({ userId: dan.userId });
    await world.runFor(5_000);
    const { session } = cyd.terminal.state;
    assert.equal(session.status === "signedIn" && session.userId, dan.userId);
    assert.deepEqual(shown(cyd).end, { type: "unbound", reason: "takenOver" });
    assertTogether(ada, bob);
    elsewhere.terminal.close();
  }));

test("who was put out and came back while a terminal was away is not one who was brought back, when that terminal hears of it late", () =>
  withCall(async ({ world, ada, bob, cyd, dan }) => {
    await answer(world, bob, cyd, dan);
    const { callId } = shown(dan);
    dan.way.cutOff(75_000);
    await world.runFor(45_000);
    cyd.way.cutOff(58_000);
    await world.runFor(46_000);
    const placeOfDan = () => shown(ada).participants.find(({ userId }) => userId === dan.userId)?.state;
    assert.equal(placeOfDan(), "left");
    void dan.terminal.answer(callId);
    await world.runFor(5_000);
    assert.equal(placeOfDan(), "joined");
    // It reads that dan went, not that he came, and so has to come back into a group that holds him.
    spoilFirst(cyd, "commits", (text) => text.replace(/("commit":"[^"]{40})[^"]*"(?!.*"commit":")/, '$1"'));
    await world.runFor(20_000);
    assert.equal(shown(cyd).refusals, undefined);
    assertTogether(ada, bob, cyd, dan);
  }));
