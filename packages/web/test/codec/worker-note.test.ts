/** What is shown of a call where no page is open. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { isQuiet } from "@signet/protocol";
import type { QuietSettings } from "@signet/protocol";

import { quietTimesOf } from "../../src/lib/quiet.ts";
import { isQuietAt, notedPeople, notificationFor, readNote, vibration } from "../../src/lib/worker-note.ts";

const words = { title: "Somebody calls", body: "Open it", language: "en", vibrates: true };
const night = { doNotDisturb: false, hours: { fromMinute: 22 * 60, toMinute: 7 * 60 } };
const always = { doNotDisturb: true };
const never = { doNotDisturb: false };
const shown = (people: Parameters<typeof notificationFor>[0]["people"], minute: number, vibrates = true) =>
  notificationFor({ ...words, vibrates, people }, minute).options as {
    readonly silent?: boolean;
    readonly renotify?: boolean;
    readonly vibrate?: readonly number[];
  };

test("the worker's rule is the protocol's, for each minute", () => {
  const settings: readonly QuietSettings[] = [
    {},
    { doNotDisturb: true },
    ...[true, false].flatMap((isOn) =>
      (
        [
          [60, 120],
          [1_320, 420],
          [600, 600],
          [0, 1_439],
          [1_439, 0],
        ] as const
      ).map(([fromMinute, toMinute]) => ({
        quietHours: { isOn, fromMinute, toMinute },
      })),
    ),
  ];
  for (const one of settings)
    for (let minute = 0; minute < 1_440; minute++)
      assert.equal(
        isQuietAt(quietTimesOf(one), minute),
        isQuiet(one, minute),
        `${JSON.stringify(one)} ${minute}`,
      );
});

test("it is silent where nobody for whom this browser is woken wants to hear it, and is shown in any case", () => {
  assert.equal(shown({ ada: night }, 23 * 60).silent, true);
  assert.equal(shown({ ada: night, bob: always }, 23 * 60).silent, true);
  for (const [people, minute] of [
    [{ ada: night }, 12 * 60],
    [{ ada: night, bob: never }, 23 * 60],
    // Who said nothing is told as anybody.
    [{ ada: always, bob: null }, 12 * 60],
    [{}, 0],
  ] as const)
    assert.equal(shown(people, minute).silent, undefined);
  // A browser throws for one that is silent and vibrates.
  assert.equal(shown({ ada: always }, 0).vibrate, undefined);
  assert.deepEqual([shown({}, 0).vibrate, shown({}, 0).renotify], [vibration, true]);
  assert.equal(shown({}, 0, false).vibrate, undefined);
});

test("what one person left stays while another is signed in, and goes with the wish to be told", () => {
  const former = { ada: night, bob: always, carol: never };
  const people = new Map([
    ["ada", never],
    ["bob", undefined],
    ["dora", undefined],
  ] as const);
  assert.deepEqual(notedPeople(former, people), { ada: never, bob: always, dora: null });
});

test("where the browser took the words away, or a page of before left them, it is told all the same", () => {
  assert.equal(notificationFor(readNote(undefined), 0).title, "Signet");
  const { title, body, language } = words;
  const former = notificationFor(readNote({ title, body, language }), 0);
  assert.deepEqual([former.title, former.options.body, former.options.lang], [title, body, language]);
});
