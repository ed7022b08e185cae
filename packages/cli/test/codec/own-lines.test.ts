/** One's own people and history, a line each. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallId } from "@signet/terminal";

import { lineOf } from "../../src/output/plain-output.ts";
import type { OwnEvent } from "../../src/output/own-events.ts";
import { dateAndTime } from "../../src/output/words.ts";
import { nowMs, userId } from "../support/states.ts";

const ben = { userId: userId("ben"), displayName: "Ben Baker" };
const cara = { userId: userId("cara"), displayName: "cara" };

test("somebody of the list is said with all that is written of them, in one line", () => {
  const listed = { event: "listed", ...ben, favourite: false, groups: [] } as const;
  assert.equal(lineOf(listed), "ben (Ben Baker)");
  assert.equal(
    lineOf({
      ...listed,
      favourite: true,
      note: " rings\n twice ",
      groups: ["Choir", "Team"],
      comparedAt: new Date(nowMs).toISOString(),
      comparison: "holds",
    }),
    "ben (Ben Baker), favourite, in Choir, Team, compared in person on 2026-11-23, note: rings twice",
  );
  assert.equal(lineOf({ event: "unlisted", userId: ben.userId }), "ben is off your list");
  assert.equal(lineOf({ event: "blocked", ...ben }), "ben (Ben Baker) is blocked");
  assert.equal(lineOf({ event: "unblocked", userId: ben.userId }), "ben is blocked no more");
});

test("a call that is over is said with who, how it ended and what was verified", () => {
  const said = (more: Partial<Extract<OwnEvent, { readonly event: "pastCall" }>>) =>
    lineOf({
      event: "pastCall",
      callId: "AAAAAAAAAAAAAAAAAAAAAA" as CallId,
      startedAt: new Date(nowMs).toISOString(),
      direction: "out",
      outcome: "talked",
      seconds: 754,
      people: [ben, cara],
      verified: [],
      ...more,
    });
  const when = dateAndTime(nowMs);
  const both = "ben (Ben Baker), cara";
  for (const [more, line] of [
    [{}, `to ${both}: talked for 13 minutes, not verified`],
    [{ verified: [cara.userId] }, `to ${both}: talked for 13 minutes, verified: cara`],
    [{ verified: [cara.userId, ben.userId] }, `to ${both}: talked for 13 minutes, verified`],
    [
      { direction: "in", outcome: "missed", people: [cara], verified: [cara.userId] },
      "from cara: missed, verified",
    ],
    [{ direction: "in", outcome: "declined", people: [cara] }, "from cara: you declined"],
    [{ outcome: "declined" }, `to ${both}: declined`],
    [{ outcome: "unanswered" }, `to ${both}: not reached`],
    [{ direction: "in", outcome: "unanswered", people: [cara] }, "from cara: nobody was there"],
    [{ outcome: "unanswered", people: [] }, "to a user ID that nobody had: not reached"],
    [{ outcome: "failed" }, `to ${both}: failed`],
  ] as const)
    assert.equal(said(more), `${when}  ${line}`);
});
