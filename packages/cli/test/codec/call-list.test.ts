import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallView, TerminalState } from "@signet/terminal";

import { peopleBlock } from "../../src/live/people.ts";
import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { anna, ben, call, idle, nowMs, person, rings, smartCard, userId } from "../support/states.ts";

const host = { ...anna, isHost: true as const };
const before = { ...idle, call: { ...call, participants: [host, ben] } };
const dan = person("dan", "Dan Dare", { state: "ringing", invitedBy: userId("ben") });
const { callId } = call;

test("who is invited, put out and made host is an event and a line, once, with who did it", () => {
  const invited = { ...idle, call: { ...call, participants: [host, ben, dan] } };
  const put = { ...dan, state: "removed" as const, stateSigned: true, removedBy: userId("anna") };
  const after = { ...idle, call: { ...call, participants: [anna, { ...ben, isHost: true as const }, put] } };
  const first = eventsBetween(before, invited);
  const dare = { callId, userId: "dan", displayName: "Dan Dare" };
  assert.deepEqual(first, [
    { event: "invited", ...dare, by: "ben" },
    { event: "member", ...dare, state: "ringing" },
  ]);
  const second = eventsBetween(invited, after);
  assert.deepEqual(second, [
    { event: "host", callId, userId: "ben", displayName: "Ben Baker", self: false },
    { event: "removed", ...dare, by: "anna" },
    { event: "stateSigned", callId, userId: "dan", state: "removed" },
  ]);
  assert.deepEqual([...first, ...second].map(lineOf), [
    "dan (Dan Dare) was invited into the call by ben, signed",
    "dan (Dan Dare) is ringing",
    "ben (Ben Baker) is the host of the call now",
    "dan (Dan Dare) was put out of the call by anna, signed",
    undefined,
  ]);
  assert.deepEqual(eventsBetween(after, after), []);
});

test("the screen shows who invited whom, and who is host where the initiator is not", () => {
  const pen = { columns: 70, nowMs, unicode: true } as Parameters<typeof peopleBlock>[1];
  const shown = (...participants: CallView["participants"]): string =>
    peopleBlock({ ...call, participants }, pen, false, 9)
      .map((line) => line.map((part) => part.text).join(""))
      .join("\n");
  const text = shown(host, ben, dan);
  assert.match(text, /anna \(Anna Arm\), you, initiator +in the call/);
  assert.match(text, /invited by ben \(Ben Baker\), signed/);
  assert.match(shown(anna, { ...ben, isHost: true }), /ben \(Ben Baker\), host/);
});

test("who is brought in reads whose call it is, who is in it, and who is called besides", () => {
  const ring = rings("ben", "Ben Baker", smartCard, [
    ["anna", "Anna Arm"],
    ["dan", "Dan Dare"],
    ["eve", "Eve"],
  ]);
  const states = ["joined", "ringing", "left"] as const;
  const others = ring.others.map((other, i) => ({ ...other, state: states[i]! }));
  const startedBy = { userId: userId("anna"), displayName: "Anna Arm" };
  const [event] = eventsBetween(idle, { ...idle, ringing: [{ ...ring, others, startedBy }] });
  assert.match(
    (event && lineOf(event)) ?? "",
    /, into a call that anna \(Anna Arm\) started and anna \(Anna Arm\) is in, to dan \(Dan Dare\) as well$/,
  );
  const [asBefore] = eventsBetween(idle, { ...idle, ringing: [ring] });
  assert.match(
    (asBefore && lineOf(asBefore)) ?? "",
    /, to anna \(Anna Arm\), dan \(Dan Dare\), eve as well$/,
  );
});

test("a call that is not to be heard is marked, and told all the same", () => {
  const ring = rings("ben", "Ben Baker", smartCard);
  const personal = (userIds: readonly string[]): NonNullable<TerminalState["personal"]> => ({
    people: [],
    groups: [],
    history: [],
    settings: { doNotDisturb: true, exceptions: { favourites: false, userIds: userIds.map(userId) } },
    carrying: { status: "carried" },
    phrase: "none",
  });
  const told = (heard: readonly string[]) =>
    eventsBetween(idle, { ...idle, personal: personal(heard), ringing: [ring] })[0];
  const quiet = told([]);
  assert.ok(quiet?.event === "ringing" && quiet.quiet === true);
  assert.match(lineOf(quiet) ?? "", /, do not disturb$/);
  const heard = told(["ben"]);
  assert.ok(heard?.event === "ringing" && !("quiet" in heard));
});
