/** Do not disturb, quiet hours and their exceptions: who is heard, and who is only shown. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  changePerson,
  changeSettings,
  emptyDocument,
  isQuiet,
  isQuietFor,
  mostExceptions,
  UserId,
  viewDocument,
} from "@signet/protocol";
import type { QuietSettings, Settings } from "@signet/protocol";

import { TerminalId } from "../../src/ids.ts";

const at = (hours: number, minutes = 0): number => hours * 60 + minutes;
const hours = (fromMinute: number, toMinute: number, isOn = true): QuietSettings => ({
  quietHours: { isOn, fromMinute, toMinute },
});
const [anna, ben, carol] = ["anna", "ben", "carol"].map((name) => UserId.parse(name)) as [
  UserId,
  UserId,
  UserId,
];

test("nobody who set nothing is quiet, and do not disturb is, at any time", () => {
  for (const minute of [0, at(12), at(23, 59)]) {
    assert.equal(isQuiet({}, minute), false);
    assert.equal(isQuiet({ doNotDisturb: true }, minute), true);
    assert.equal(isQuiet({ doNotDisturb: false, ...hours(0, at(23, 59), false) }, minute), false);
  }
});

test("quiet hours begin with their first minute and end before the last, within a day and over midnight", () => {
  const noon = hours(at(12), at(13));
  assert.deepEqual(
    [at(11, 59), at(12), at(12, 59), at(13)].map((minute) => isQuiet(noon, minute)),
    [false, true, true, false],
  );
  const night = hours(at(22), at(7));
  assert.deepEqual(
    [at(21, 59), at(22), at(23, 59), 0, at(6, 59), at(7), at(12)].map((minute) => isQuiet(night, minute)),
    [false, true, true, true, true, false, false],
  );
  const untilMidnight = hours(at(22), 0);
  assert.deepEqual(
    [at(23, 59), 0].map((minute) => isQuiet(untilMidnight, minute)),
    [true, false],
  );
});

test("hours that end when they begin are none", () => {
  for (const minute of [0, at(8), at(8, 1), at(7, 59)])
    assert.equal(isQuiet(hours(at(8), at(8)), minute), false);
});

test("favourites and named people are heard all the same, where that is chosen; of these settings each travels by itself", () => {
  const by = { terminalId: TerminalId.parse("AAAAAAAAAAAAAAAAAAAAAA"), nowMs: 1 };
  const view = (change: Partial<Settings>) =>
    viewDocument(
      changeSettings(
        changePerson(changePerson(emptyDocument, anna, { favourite: true }, by), ben, {}, by),
        change,
        by,
      ),
    );
  const heard = (change: Partial<Settings>) =>
    [anna, ben, carol].filter((caller) => !isQuietFor(view(change), caller, at(3)));
  const quiet = { doNotDisturb: true };
  assert.deepEqual(heard({}), [anna, ben, carol]);
  assert.deepEqual(heard(quiet), []);
  assert.deepEqual(heard({ ...quiet, exceptions: { favourites: true, userIds: [] } }), [anna]);
  assert.deepEqual(heard({ ...quiet, exceptions: { favourites: false, userIds: [carol] } }), [carol]);
  assert.deepEqual(heard({ ...hours(at(22), at(7)), exceptions: { favourites: true, userIds: [ben] } }), [
    anna,
    ben,
  ]);
});

test("what is no time of a day is no quiet hours: it is not kept, and read from another terminal it is passed over", () => {
  const by = { terminalId: TerminalId.parse("AAAAAAAAAAAAAAAAAAAAAA"), nowMs: 1 };
  for (const [fromMinute, toMinute] of [
    [0, 1_440],
    [-1, 0],
    [0.5, 1],
  ] as const) {
    const quietHours = { isOn: true, fromMinute, toMinute };
    assert.throws(() => changeSettings(emptyDocument, { quietHours }, by));
  }
  const most = { isOn: true, fromMinute: 1_439, toMinute: 0 };
  const kept = viewDocument(changeSettings(emptyDocument, { quietHours: most }, by));
  assert.deepEqual(kept.settings.quietHours, most);
});

test("as many are excepted as may be, and no more", () => {
  const by = { terminalId: TerminalId.parse("AAAAAAAAAAAAAAAAAAAAAA"), nowMs: 1 };
  const kept = (count: number): number | undefined => {
    const userIds = Array.from({ length: count }, (_, index) => UserId.parse(`person${index}`));
    const document = changeSettings(emptyDocument, { exceptions: { favourites: false, userIds } }, by);
    return viewDocument(document).settings.exceptions?.userIds.length;
  };
  assert.equal(kept(mostExceptions), mostExceptions);
  assert.throws(() => kept(mostExceptions + 1));
});
