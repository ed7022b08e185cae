/** Which key does what, by the state; what is offered is what works. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ShownResolution, TerminalState } from "@signet/terminal";

import { actionFor, offersOf } from "../../src/live/keyboard.ts";
import { penColumns } from "../../src/live/pen.ts";
import { fitted, questionLines } from "../../src/live/question.ts";
import { emptyView, withoutCallQuestion } from "../../src/live/view.ts";
import type { View } from "../../src/live/view.ts";
import {
  anna,
  call,
  changedKeyOf,
  idle,
  inCall,
  missedOf,
  newAdministrator,
  nowMs,
  person,
  proposed,
  rings,
  softwareKey,
  userId,
} from "../support/states.ts";

const press = (sequence: string, state: TerminalState, view: Partial<View> = {}) =>
  actionFor({ sequence, name: sequence.toLowerCase() }, state, { ...emptyView, ...view });

const three: TerminalState = {
  ...idle,
  ringing: ["ben", "carla", "dan"].map((name) => rings(name, name, softwareKey)),
};
const ringsFor = (name: string) => person(name, name, { state: "ringing" });
const [first, second, third] = three.ringing;

test("a and d are for the call that is chosen, the first unless another was", () => {
  assert.deepEqual(press("a", three), { type: "answer", callId: first?.callId });
  assert.deepEqual(press("d", three, { selected: third?.callId }), {
    type: "decline",
    callId: third?.callId,
  });
  // The one that was chosen has stopped ringing.
  assert.deepEqual(
    press("a", { ...three, ringing: three.ringing.slice(0, 1) }, { selected: third?.callId }),
    {
      type: "answer",
      callId: first?.callId,
    },
  );
  assert.equal(press("a", idle), undefined);
  assert.equal(press("d", inCall), undefined);
});

test("who only calls can answer whoever calls; who is in a call with somebody leaves it first", () => {
  const calling = { ...call, phase: "calling" as const, participants: [anna, ringsFor("ben")] };
  assert.deepEqual(press("a", { ...three, call: calling }), { type: "answer", callId: first?.callId });
  const isComing = { ...calling, participants: [anna, { ...ringsFor("ben"), state: "joining" as const }] };
  for (const taken of [call, isComing]) {
    const ringing = three.ringing.map((ring) => ({ ...ring, waiting: true as const }));
    assert.deepEqual(press("a", { ...idle, ringing, call: taken }), {
      type: "switch",
      callId: first?.callId,
    });
    assert.deepEqual(press("d", { ...idle, ringing, call: taken }), {
      type: "decline",
      callId: first?.callId,
    });
  }
});

test("numbers and arrows choose among several, round and round", () => {
  assert.deepEqual(press("2", three), { type: "select", callId: second?.callId });
  assert.equal(press("4", three), undefined);
  const arrow = (name: string, selected = first?.callId) =>
    actionFor({ name, sequence: "\u001B[A" }, three, { ...emptyView, selected });
  assert.deepEqual(arrow("down"), { type: "select", callId: second?.callId });
  assert.deepEqual(arrow("up"), { type: "select", callId: third?.callId });
  assert.deepEqual(arrow("down", third?.callId), { type: "select", callId: first?.callId });
  assert.equal(press("1", { ...three, ringing: three.ringing.slice(0, 1) }), undefined);
});

test("m mutes and unmutes, and does nothing without a microphone", () => {
  assert.deepEqual(press("m", inCall), { type: "mute", muted: true });
  const muted: TerminalState = { ...idle, call: { ...call, microphone: { status: "muted" } } };
  assert.deepEqual(press("M", muted), { type: "mute", muted: false });
  const none: TerminalState = {
    ...idle,
    call: { ...call, microphone: { status: "unavailable", code: "media.noMicrophone" } },
  };
  assert.equal(press("m", none), undefined);
  assert.equal(press("m", idle), undefined);
});

test("e asks before it ends the call for everybody, and is the initiator's alone", () => {
  assert.deepEqual(press("e", inCall), { type: "confirm", confirmation: { type: "end" } });
  assert.deepEqual(press("y", inCall, { confirm: { type: "end" } }), { type: "end" });
  assert.deepEqual(press("n", inCall, { confirm: { type: "end" } }), { type: "cancel" });
  assert.equal(press("y", inCall), undefined);
  assert.equal(press("e", { ...idle, call: { ...call, isInitiator: false } }), undefined);
  // Nothing else works while it asks: a hasty key must not be an answer.
  assert.equal(press("l", inCall, { confirm: { type: "end" } }), undefined);
});

test("what is asked about a call ends with it, and whom to trust is asked on", () => {
  const trust = { type: "trustLog", log: { code: "log.changed" } } as never;
  for (const confirm of [{ type: "end" }, { type: "remove", userId: userId("ben") }] as const)
    assert.equal(withoutCallQuestion({ ...emptyView, confirm }).confirm, undefined);
  const typing = { ...emptyView, asking: { what: "propose", text: "Pay" }, confirm: trust } as const;
  assert.deepEqual(withoutCallQuestion(typing), { ...emptyView, asking: undefined, confirm: trust });
});

test("o types what to propose; g shows all of what waits, and y and r sign what is shown, where it is shown whole", () => {
  const whole = "Release 5\nto Acme";
  const resolution = proposed({ number: 3, subject: { type: "text", text: whole }, whole, mayDecide: true });
  const asked: TerminalState = {
    ...idle,
    call: { ...call, resolutions: { shown: [resolution], troubles: [], unread: [] } },
  };
  const typing = (text: string) => ({ asking: { what: "propose" as const, text } });
  assert.deepEqual(press("o", inCall), { type: "ask", ...typing("") });
  assert.deepEqual(press("付", inCall, typing("a")), { type: "ask", ...typing("a付") });
  assert.deepEqual(press("\u202e", inCall, typing("a")), { type: "ask", ...typing("a") });
  const enter = (text: string) =>
    actionFor({ name: "return", sequence: "\r" }, inCall, { ...emptyView, ...typing(text) });
  assert.deepEqual(enter(" "), { type: "cancel" });
  assert.equal(press("g", inCall), undefined);
  const confirm = { type: "decide", resolution } as const;
  assert.deepEqual(press("g", asked), { type: "confirm", confirmation: confirm });
  assert.deepEqual(press("y", asked, { confirm }), { type: "decide", resolution, decision: "approve" });
  assert.deepEqual(press("r", asked, { confirm }), { type: "decide", resolution, decision: "reject" });
  for (const key of ["y", "r"]) assert.equal(press(key, asked, { confirm, isCut: true }), undefined);
  assert.equal(press("l", asked, { confirm }), undefined);
  const text = questionLines({ ...emptyView, confirm }, 60).join("\n");
  assert.match(text, /resolution 3 by ben[^]*\| Release 5\n\| to Acme\n/);
  const small = { columns: 60, rows: 7 };
  assert.equal(fitted({ ...emptyView, confirm }, small).isCut, true);
  assert.equal(fitted({ ...emptyView, confirm }, { ...small, rows: 24 }).isCut, false);
});

test("what is proposed takes the approval of all, of so many of those there, or of named people", () => {
  const approvers = (text: string) => ({
    asking: { what: "approvers" as const, text, proposal: "Pay Acme" },
  });
  const enter = (asking: Pick<View, "asking">) =>
    actionFor({ name: "return", sequence: "\r" }, inCall, { ...emptyView, ...asking });
  assert.deepEqual(enter({ asking: { what: "propose", text: "Pay Acme" } }), {
    type: "ask",
    ...approvers(""),
  });
  assert.deepEqual(press("2", inCall, approvers("1")), { type: "ask", ...approvers("12") });
  assert.deepEqual(actionFor({ name: "backspace" }, inCall, { ...emptyView, ...approvers("be") }), {
    type: "ask",
    ...approvers("b"),
  });
  const proposes = (rule: unknown) => ({ type: "propose", text: "Pay Acme", rule });
  assert.deepEqual(enter(approvers("")), proposes({ type: "all" }));
  assert.deepEqual(enter(approvers("2")), proposes({ type: "some", needed: 2 }));
  assert.deepEqual(enter(approvers("ben, carla")), proposes({ type: "named", userIds: ["ben", "carla"] }));
  assert.equal(enter(approvers("b!n"))?.type, "say");
  assert.match(questionLines({ ...emptyView, ...approvers("be") }, 80).join(" "), /whose approval.* be_$/);
});

test("w approves without signing the document, where approving would; and what is said of that is true of how the program was started", () => {
  const file = proposed({
    subject: { type: "file", name: "a.pdf", sha256: new Uint8Array(32).fill(0xab), sizeBytes: 7 },
    whole: `a.pdf\n7\n${"ab".repeat(32)}`,
    mayDecide: true,
  });
  const text: ShownResolution = { ...file, subject: { type: "text", text: "Pay" }, whole: "Pay" };
  const asks = (resolution: ShownResolution) => ({ confirm: { type: "decide", resolution } as const });
  const said = (resolution: ShownResolution, view: Partial<View> = {}): string =>
    questionLines({ ...emptyView, ...asks(resolution), ...view }, 400).join("\n");
  for (const [approvalSigns, resolution] of [
    ["file", file],
    ["text", text],
  ] as const) {
    const signed: ShownResolution = { ...resolution, approvalSigns };
    assert.deepEqual(press("w", inCall, asks(signed)), {
      type: "decide",
      resolution: signed,
      decision: "approve",
      withoutCms: true,
    });
    assert.match(said(signed), /\(CMS\)/);
    const without = { withoutCms: true };
    assert.equal(press("w", inCall, { ...asks(signed), ...without }), undefined);
    assert.doesNotMatch(said(signed, without), /\(CMS\)/);
    assert.equal(press("w", inCall, { ...asks(signed), isCut: true }), undefined);
    assert.equal(press("w", inCall, asks(resolution)), undefined, "no certificate");
    assert.doesNotMatch(said(resolution), /\(CMS\)/);
  }
  // Whoever has not given the file is told by what they sign it.
  assert.match(said(file), /\| a\.pdf\n\| 7\n\| (ab){32}\na file: its name.*SHA-256/);
  assert.doesNotMatch(said(text), /SHA-256/);
});

test("i types whom to invite; p and h are the host's, and ask once more", () => {
  const host: TerminalState = { ...idle, call: { ...call, mayRemove: true } };
  const asking = (what: "invite" | "remove" | "makeHost", text = "") => ({ what, text });
  assert.deepEqual(press("i", inCall), { type: "ask", asking: asking("invite") });
  assert.equal(press("p", inCall), undefined);
  assert.equal(press("h", inCall), undefined);
  assert.deepEqual(press("p", host), { type: "ask", asking: asking("remove") });
  assert.deepEqual(press("h", host), { type: "ask", asking: asking("makeHost") });
  // What is typed is no key for anything else.
  const typing = { asking: asking("invite", "da") };
  assert.deepEqual(press("n", inCall, typing), { type: "ask", asking: asking("invite", "dan") });
  const named = (name: string, view: Partial<View>, state = host) =>
    actionFor({ name, sequence: "\r" }, state, { ...emptyView, ...view });
  assert.deepEqual(named("backspace", typing), { type: "ask", asking: asking("invite", "d") });
  assert.deepEqual(named("escape", typing), { type: "cancel" });
  assert.deepEqual(named("return", { asking: asking("invite", " Dan, fay dan") }), {
    type: "invite",
    userIds: ["dan", "fay"],
  });
  assert.deepEqual(named("return", { asking: asking("invite", "x!") }), {
    type: "say",
    text: "x! is no user ID",
  });
  assert.deepEqual(named("return", { asking: asking("invite", "dan ben") }), {
    type: "say",
    text: "ben is in the call already, or called",
  });
  assert.deepEqual(named("return", { asking: asking("invite", " ") }), { type: "cancel" });
  for (const what of ["remove", "makeHost"] as const) {
    const confirmation = { type: what, userId: userId("ben") };
    assert.deepEqual(named("return", { asking: asking(what, "ben") }), { type: "confirm", confirmation });
    assert.deepEqual(press("y", host, { confirm: confirmation }), confirmation);
    for (const wrong of ["anna", "nobody", "ben carla"])
      assert.equal(named("return", { asking: asking(what, wrong) })?.type, "say");
  }
});

test("b brings who waits into the call that one is in", () => {
  const ring = { ...rings("ben", "Ben", softwareKey), waiting: true as const };
  assert.deepEqual(press("b", { ...inCall, ringing: [ring] }), { type: "bringIn", callId: ring.callId });
  assert.equal(press("b", three), undefined);
  const coming = { ...call, phase: "joining" as const };
  assert.equal(press("b", { ...idle, call: coming, ringing: [ring] }), undefined, "not before one is in it");
});

test("t asks before a changed key is trusted, and is there for changed keys alone", () => {
  const mallory = userId("mallory");
  const changedKeys = [changedKeyOf("mallory")];
  const [changed = assert.fail()] = changedKeys;
  const warned: TerminalState = {
    ...idle,
    changedKeys,
    warnings: [
      { id: 6, code: "directory.badEntry", userId: userId("ben"), atMs: nowMs },
      { id: 7, code: "directory.keyChanged", userId: mallory, atMs: nowMs },
    ],
  };
  const confirmation = { type: "trust", changed, warningId: 7 } as const;
  assert.deepEqual(press("t", warned), { type: "confirm", confirmation });
  assert.deepEqual(press("y", warned, { confirm: confirmation }), confirmation);
  assert.deepEqual(press("x", warned), { type: "dismissWarning", id: 6 });
  assert.equal(press("t", { ...warned, warnings: warned.warnings.slice(0, 1) }), undefined);
  const left: TerminalState = {
    ...idle,
    changedKeys,
    call: { ...call, phase: "ended", end: { type: "failed", code: "directory.keyChanged", userId: mallory } },
  };
  assert.deepEqual(press("t", left), {
    type: "confirm",
    confirmation: { type: "trust", changed },
  });
  assert.equal(
    press("t", { ...warned, changedKeys: [] }),
    undefined,
    "nobody trusts a key that is not named",
  );
});

test("t asks before a new administrator is accepted, by the history that was shown, and about one thing at a time", () => {
  const administrator = newAdministrator("eve");
  const [eve, mallory] = [userId("eve"), userId("mallory")];
  const warned: TerminalState = {
    ...idle,
    newAdministrators: [administrator],
    changedKeys: [changedKeyOf("mallory")],
    warnings: [
      { id: 6, code: "admin.unknown", userId: eve, atMs: nowMs },
      { id: 7, code: "directory.keyChanged", userId: mallory, atMs: nowMs },
    ],
  };
  const confirmation = { type: "trustAdministrator", administrator } as const;
  assert.deepEqual(press("t", warned), { type: "confirm", confirmation });
  const asked = { confirm: confirmation };
  assert.deepEqual(press("y", warned, asked), confirmation);
  assert.deepEqual(press("n", warned, asked), { type: "cancel" });
  // What the server shows by now is another history than the person saw.
  const other = { ...administrator, head: new Uint8Array(32).fill(1) };
  assert.deepEqual(press("y", { ...warned, newAdministrators: [other] }, asked), confirmation);
  const settled = { ...warned, newAdministrators: [], warnings: warned.warnings.slice(1) };
  assert.equal(offersOf(settled, emptyView).find(({ key }) => key === "t")?.word, "trust the new key");
  const unnamed = { ...warned, newAdministrators: [], warnings: warned.warnings.slice(0, 1) };
  assert.equal(press("t", unnamed), undefined, "nobody is accepted whose keys are not known");
});

test("nobody says yes to a question that the window does not show in full", () => {
  const confirm = { type: "trustAdministrator", administrator: newAdministrator("eve") } as const;
  const view = { ...emptyView, confirm };
  const y = (rows: number) =>
    actionFor({ name: "y", sequence: "y" }, idle, fitted(view, { columns: 80, rows }));
  const whole = questionLines(view, penColumns(80)).length + 3;
  assert.deepEqual(y(whole), confirm);
  assert.equal(y(whole - 1), undefined);
  assert.deepEqual(press("n", idle, fitted(view, { columns: 80, rows: 4 })), { type: "cancel" });
});

test("j joins a call that goes on without this terminal, unless it is in one", () => {
  const joinable = [rings("ben", "Ben", softwareKey)];
  assert.deepEqual(press("j", { ...idle, joinable }), { type: "join", callId: joinable[0]?.callId });
  assert.equal(press("j", { ...inCall, joinable }), undefined);
});

test("x closes missed calls, after warnings and before the call that is over", () => {
  const missed = [missedOf("ben", "Ben Baker", nowMs)];
  assert.deepEqual(press("x", { ...idle, missed }), { type: "seeMissed" });
  const warnings = [{ id: 4, code: "call.notAsked", atMs: nowMs } as const];
  assert.deepEqual(press("x", { ...idle, missed, warnings }), { type: "dismissWarning", id: 4 });
  const over = { ...inCall, call: { ...inCall.call!, phase: "ended" } } as const;
  assert.deepEqual(press("x", { ...over, missed }), { type: "seeMissed" });
  assert.deepEqual(press("x", over), { type: "dismissCall" });
});

test("Ctrl-C, Ctrl-Z, q and ? work everywhere; letters with Ctrl are not letters", () => {
  const control = (name: string) => actionFor({ name, ctrl: true, sequence: "" }, inCall, emptyView);
  assert.deepEqual(control("c"), { type: "interrupt" });
  assert.deepEqual(control("z"), { type: "suspend" });
  assert.equal(control("l"), undefined);
  assert.deepEqual(press("q", idle), { type: "quit" });
  assert.deepEqual(press("?", idle), { type: "help" });
});

test("no key is offered twice at once", () => {
  const missed = [missedOf("ben", "Ben Baker", nowMs)];
  for (const state of [
    idle,
    { ...idle, missed },
    { ...inCall, missed },
    three,
    inCall,
    { ...inCall, ringing: three.ringing },
  ]) {
    const keys = offersOf(state, emptyView).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  }
});
