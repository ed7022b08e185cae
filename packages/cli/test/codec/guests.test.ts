/** A guest in every line, event and screen: never as somebody who was verified, whatever they call themselves, in each language. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallView, GuestMark, Participant, TerminalState } from "@signet/terminal";
import { isGuestName } from "@signet/terminal";
import { calledName, guestMarkWords, languages, takeLanguageFrom } from "@signet/words";

import { peopleBlock } from "../../src/live/people.ts";
import { summaryOf } from "../../src/live/words.ts";
import { jsonLine } from "../../src/output/json-line.ts";
import { ownLine } from "../../src/output/own-lines.ts";
import { lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { anna, ben, call, idle, inCall, nowMs, rings, smartCard, userId } from "../support/states.ts";

const guestId = userId("~a4dqobyha4dqobyha4dqobyha4");
const guestOf = (name: string, more: Partial<Participant> = {}): Participant => ({
  userId: guestId,
  guest: { name, invitedBy: ben.userId },
  state: "joined",
  isSelf: false,
  isInitiator: false,
  stateSigned: true,
  speaking: false,
  invitedBy: ben.userId,
  ...(more as object),
});

/** As they may be, and as no terminal would take them: a view may not rest on that. */
const names = [
  "Gus",
  "Anna Arm",
  "anna",
  "verified",
  "Anna Li verified",
  "x".repeat(32),
  "Anna Li ✓ verified",
  "Gus” (verified, security key) “",
  "anna\u202Eanna",
  "\u001b[32mverified\u001b[0m",
  "",
  "x".repeat(200),
];

for (const language of languages)
  test(`${language}: whatever name, it stands beside the mark in lines, events and screens`, () => {
    takeLanguageFrom(() => language);
    try {
      for (const name of names) {
        const mark: GuestMark = { name, invitedBy: ben.userId };
        const guest = guestOf(name);
        const withGuest = (more: Partial<CallView> = {}, one = guest): TerminalState => ({
          ...inCall,
          call: { ...call, participants: [anna, ben, one], ...more },
        });
        const waiting = withGuest({
          participants: [anna, ben],
          guestsWaiting: [{ userId: guestId, guest: mark }],
        });
        const ring = rings("ben", "Ben Baker", smartCard, [["anna", "Anna Arm"]]);
        const others = [...ring.others, { userId: guestId, guest: mark, state: "joined" as const }];
        const states = [
          waiting,
          withGuest(),
          withGuest({}, guestOf(name, { poorNetwork: true })),
          withGuest({}, guestOf(name, { reconnecting: true })),
          withGuest({}, guestOf(name, { state: "left", leaveReason: "left" })),
          withGuest({}, guestOf(name, { state: "removed", removedBy: anna.userId })),
          { ...idle, ringing: [{ ...ring, others }] },
        ];
        const events = states.flatMap((state, i) => eventsBetween(states[i - 1] ?? inCall, state));
        const theirs = events.filter((event) => JSON.stringify(event).includes("guest"));
        assert.ok(theirs.length >= 7, String(theirs.length));
        for (const event of theirs) {
          const json = jsonLine(event);
          assert.ok(json.includes('"verified":false'), json);
          // `joined` and all others say nothing of a device, and give no name that could be read alone.
          if ("userId" in event && event.userId === guestId) {
            assert.equal("verifiedBy" in event, false);
            assert.equal("displayName" in event, false);
          }
          const line = lineOf(event);
          if (line !== undefined && !("from" in event)) assertMarked(line, mark);
        }
        for (const dense of [false, true])
          for (const columns of [40, 100])
            for (const phase of ["active", "ended"] as const) {
              const pen = { columns, nowMs, unicode: true } as Parameters<typeof peopleBlock>[1];
              const view = { ...withGuest().call!, phase };
              const lines = peopleBlock(view, pen, dense, 9).map((line) =>
                line.map(({ text }) => text).join(""),
              );
              const theirLine = lines.find((line) => line.includes(calledStart(mark)));
              assert.ok(theirLine !== undefined, `${name}: ${lines.join("\n")}`);
            }
        const ended = { ...withGuest().call!, phase: "ended" as const, end: { type: "left" as const } };
        assert.ok(summaryOf(ended, new Set([guestId])).includes(calledStart(mark)));
        const past = ownLine({
          event: "pastCall",
          callId: call.callId,
          startedAt: new Date(nowMs).toISOString(),
          direction: "out",
          outcome: "talked",
          seconds: 60,
          people: [{ userId: ben.userId, displayName: "Ben Baker" }],
          verified: [ben.userId],
          guests: [{ ...mark, verified: false }],
        });
        assertMarked(past ?? "", mark);
      }
    } finally {
      takeLanguageFrom(() => "en");
    }
  });

/** What every guest's name begins with. */
const calledStart = ({ name }: GuestMark): string =>
  calledName({ guest: { name: name === "" ? "" : "|" } }).split("|")[0]!;

function assertMarked(line: string, mark: GuestMark): void {
  assert.ok(line.includes(calledStart(mark)), line);
  assert.ok(line.includes(guestMarkWords(mark, (userId) => userId)), line);
  assert.equal(line.includes("\u001b"), false);
  assert.equal(line.includes("\u202E"), false);
}

test("of these names a terminal takes those alone that end no mark", () => {
  assert.deepEqual(names.map(isGuestName), [true, true, true, true, true, true, ...Array(6).fill(false)]);
});
