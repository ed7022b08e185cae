/**
 * The live view as text. The screens in `screens/` are what a person sees; after a change that is meant,
 * `UPDATE_SCREENS=1` writes them anew, to be looked at in the diff.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";

import stringWidth from "string-width";

import { joinersInPlace } from "@signet/terminal";
import type { TerminalState } from "@signet/terminal";

import { renderScreen } from "../../src/live/render.ts";
import { emptyView } from "../../src/live/view.ts";
import type { ScreenOptions, ScreenSize, View } from "../../src/live/view.ts";
import {
  anna,
  ben,
  benAdded,
  call,
  carla,
  changedKeyOf,
  idle,
  inCall,
  missedOf,
  newAdministrator,
  nowMs,
  person,
  proposed,
  recoveredKeyOf,
  rings,
  securityKey,
  smartCard,
  softwareKey,
  userId,
} from "../support/states.ts";

type More = Partial<ScreenOptions> & { readonly view?: Partial<View> };

/** Within the window whatever the state is. */
function render(state: TerminalState, { columns, rows }: ScreenSize, { view, ...more }: More = {}) {
  const lines = renderScreen(
    state,
    { ...emptyView, ...view },
    { columns, rows, nowMs, color: false, unicode: true, timeZone: "UTC", ...more },
  );
  assert.equal(lines.length, rows);
  for (const line of lines) assert.ok(stringWidth(line) <= columns, `wider than ${columns}: ${line}`);
  return lines;
}

const sizes = {
  wide: { columns: 120, rows: 24 },
  usual: { columns: 80, rows: 24 },
  narrow: { columns: 40, rows: 24 },
  small: { columns: 40, rows: 12 },
} as const;

function golden(name: string, lines: readonly string[]): void {
  const path = join(import.meta.dirname, "screens", `${name}.txt`);
  const text = `${lines.join("\n")}\n`;
  if (process.env["UPDATE_SCREENS"] === "1") writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"));
}

const rung: TerminalState = {
  ...idle,
  ringing: [rings("ben", "Ben Baker", smartCard, [["carla", "Carla Česká"]])],
};
const rungTwice: TerminalState = {
  ...rung,
  ringing: [...rung.ringing, rings("zoe", "Zoë 李小龍", securityKey)],
};
const changedKey: TerminalState = {
  ...inCall,
  changedKeys: [changedKeyOf("mallory")],
  warnings: [{ id: 1, code: "directory.keyChanged", userId: userId("mallory"), atMs: nowMs }],
};
const crowd: TerminalState = {
  ...inCall,
  call: {
    ...call,
    participants: [
      anna,
      ...Array.from({ length: 29 }, (_, i) =>
        person(`user${i}`, `User Number ${i}`, { verification: softwareKey, speaking: i === 27 }),
      ),
    ],
  },
};

for (const [size, { columns, rows }] of Object.entries(sizes)) {
  test(`${columns} columns, ${rows} rows: a call, a ring, several rings, a changed key, a crowd`, () => {
    golden(`call-${size}`, render(inCall, { columns, rows }, { view: { level: 0.1 } }));
    golden(`ring-${size}`, render(rung, { columns, rows }));
    golden(
      `rings-${size}`,
      render(rungTwice, { columns, rows }, { view: { selected: rungTwice.ringing[1]?.callId } }),
    );
    golden(`changed-key-${size}`, render(changedKey, { columns, rows }));
    golden(`crowd-${size}`, render(crowd, { columns, rows }));
  });
}

test("waiting, signed out, offline, with a wrong clock, with calls before", () => {
  const past = [
    "14:01  3:12 with ben (Ben Baker): you left",
    "13:20  no call with carla (Carla): nobody answered",
  ];
  golden("waiting", render(idle, sizes.usual, { view: { past } }));
  const people = ["anna", ...Array.from({ length: 12 }, (_, i) => `treasury.desk-${i + 1}`)].join(", ");
  const answers = `those from ${people} are answered without asking`;
  golden("waiting-by-rule", render(idle, sizes.usual, { view: { answers } }));
  golden(
    "signed-out",
    render({ ...idle, session: { status: "signedOut", reason: "deviceRemoved" } }, sizes.usual),
  );
  // As each command does at its end.
  const released = render({ ...idle, session: { status: "signedOut", reason: "released" } }, sizes.usual);
  assert.doesNotMatch(released.join("\n"), /!/);
  const offline: TerminalState = {
    ...idle,
    connection: { status: "offline", retryAtMs: nowMs + 4_200, code: "connection.lost" },
    clockOffMs: 190_000,
  };
  golden("offline", render(offline, sizes.usual));
});

test("a call that rings others, one that is joined, one without microphone, one whose audio fails", () => {
  const { safetyCode: _none, ...alone } = call;
  const ringing = {
    ...alone,
    phase: "calling" as const,
    participants: [anna, person("ben", "Ben Baker", { state: "ringing" })],
  };
  golden("calling", render({ ...idle, call: ringing }, sizes.usual));
  const muted = { ...call, microphone: { status: "muted" as const } };
  golden("muted", render({ ...idle, call: muted }, sizes.usual));
  const mute = {
    ...call,
    microphone: { status: "unavailable" as const, code: "media.noMicrophone" as const },
  };
  const held = render({ ...idle, call }, sizes.usual, { view: { isHalfDuplex: true } });
  assert.match(held.join("\n"), /^ echo {8}kept out: while others are heard/m);
  golden("no-microphone", render({ ...idle, call: mute }, sizes.usual));
  const broken = { ...call, media: { status: "failed" as const, code: "media.connectionFailed" as const } };
  golden("audio-failed", render({ ...idle, call: broken }, sizes.usual));
  const hindered = {
    ...call,
    media: { status: "connecting" as const, code: "media.relayUnreachable" as const },
  };
  golden("audio-hindered", render({ ...idle, call: hindered }, sizes.usual));
  const way = { by: "relayTls" as const, roundTripMs: 41, lost: 0.01, jitterMs: 3 };
  const relayed = { ...call, media: { status: "connected" as const, way } };
  golden("audio-relayed", render({ ...idle, call: relayed }, sizes.usual));
  const restarting = { ...call, media: { status: "restarting" as const } };
  golden("audio-restarts", render({ ...idle, call: restarting }, sizes.usual));
  const media = { status: "reconnecting", code: "media.nothingComes" } as const;
  const [first, second, ...others] = call.participants;
  assert.ok(first !== undefined && second !== undefined);
  const participants = [first, { ...second, speaking: false, reconnecting: true as const }, ...others];
  golden("audio-reconnects", render({ ...idle, call: { ...call, media, participants } }, sizes.usual));
});

test("somebody calls while one calls them: one key leads into their call; from a call with others it leaves that one", () => {
  const { safetyCode: _none, ...alone } = call;
  const participants = [anna, person("ben", "Ben Baker", { state: "ringing" })];
  const calling = { ...alone, phase: "calling" as const, participants };
  const ringing = [rings("ben", "Ben Baker", smartCard)];
  golden("calling-you", render({ ...idle, ringing, call: calling }, sizes.usual));
  const waiting = ringing.map((ring) => ({ ...ring, waiting: true as const }));
  const joined = render({ ...inCall, ringing: waiting }, sizes.usual).join("\n");
  assert.match(joined, /ben \(Ben Baker\) is calling you/);
  assert.match(joined, /a leave and answer/);
  assert.doesNotMatch(joined, /a joins/);
});

test("who said that they are muted, or have no microphone, is seen so in full and in one line", () => {
  const participants = [
    anna,
    { ...ben, speaking: false, unheard: "muted" as const },
    { ...carla, unheard: "noMicrophone" as const },
  ];
  const state = { ...idle, call: { ...call, participants } };
  for (const size of [sizes.usual, sizes.small]) {
    const lines = render(state, size);
    const lineOf = (name: string): string => lines.find((line) => line.includes(name)) ?? "";
    assert.match(lineOf("ben"), /muted/);
    assert.match(lineOf("carla"), /no microphone/);
    assert.doesNotMatch(lineOf("anna (Anna Arm), you"), /muted/);
  }
});

test("what somebody's own devices signed is said below what matters now, and closed", () => {
  const notices = [benAdded];
  golden("news", render({ ...idle, notices }, sizes.usual));
  golden("news-narrow", render({ ...rung, notices }, sizes.narrow));
  assert.match(render({ ...rung, notices }, sizes.small).join("\n"), /ben \(Ben Baker\) calls/);
});

test("missed calls are said with when they were, the latest first, and those that do not fit are counted", () => {
  const missed = [3, 2, 1, 0].map((days) => missedOf("ben", "Ben Baker", nowMs - days * 86_400_000));
  golden("missed", render({ ...idle, missed }, sizes.usual));
  golden("missed-narrow", render({ ...rung, missed: missed.slice(0, 1) }, sizes.narrow));
  assert.match(render({ ...rung, missed }, sizes.small).join("\n"), /ben \(Ben Baker\) calls/);
});

test("a call that is over says how it ended, and what did not hold", () => {
  const { togetherSinceMs: _since, ...last } = call;
  const over = { ...last, phase: "ended" as const, endedAtMs: nowMs, togetherMs: 700_000 };
  golden("over", render({ ...idle, call: { ...over, end: { type: "left" } } }, sizes.usual));
  const failed = { type: "failed", code: "directory.keyChanged", userId: userId("ben") } as const;
  const changedKeys = [changedKeyOf(failed.userId)];
  golden("failed", render({ ...idle, changedKeys, call: { ...over, end: failed } }, sizes.usual));
});

test("help, and the questions before what cannot be taken back", () => {
  golden("help", render(inCall, sizes.usual, { view: { help: true } }));
  golden("end-question", render(inCall, sizes.usual, { view: { confirm: { type: "end" } } }));
  golden(
    "trust-question",
    render(changedKey, sizes.narrow, {
      view: { confirm: { type: "trust", changed: changedKeyOf("mallory") } },
    }),
  );
});

test("a new administrator is asked about with the keys that would count; whoever was recovered, with who did it", () => {
  const administrator = newAdministrator("eve");
  const warned: TerminalState = {
    ...idle,
    newAdministrators: [administrator],
    warnings: [{ id: 1, code: "admin.unknown", userId: administrator.userId, atMs: nowMs }],
  };
  golden("new-administrator", render(warned, sizes.usual));
  const confirm = { type: "trustAdministrator", administrator } as const;
  golden("administrator-question", render(warned, sizes.usual, { view: { confirm } }));
  golden("cut-question", render(warned, { columns: 40, rows: 9 }, { view: { confirm } }));
  const changed = recoveredKeyOf("mallory");
  golden(
    "recovered-question",
    render(changedKey, sizes.usual, { view: { confirm: { type: "trust", changed } } }),
  );
});

test("who keeps a record of the call is told once, in lines of its own, also where nothing is put to anybody", () => {
  const record = {
    keeping: false,
    keepers: [ben.userId],
    troubles: [{ code: "record.otherEpoch", userId: ben.userId }],
  } as const;
  const told = / a record of this call is kept by ben\n/;
  const kept = render({ ...idle, call: { ...call, record } }, sizes.wide).join("\n");
  assert.match(kept, told);
  assert.match(kept, /about ben: /);
  const resolution = proposed({ number: 3, missing: [ben.userId] });
  const resolutions = { shown: [resolution], troubles: [], unread: [] };
  const both = render({ ...idle, call: { ...call, record, resolutions } }, sizes.wide).join("\n");
  assert.match(both, told);
  assert.match(both, / resolution 3 by ben: open; not decided by ben\n/);
  assert.equal(both.split("is kept by").length, 2);
});

test("without UTF-8 the marks are ASCII", () => {
  const lines = render(inCall, sizes.usual, { unicode: false });
  const own = lines.filter((line) => !line.includes("Česká")).join("");
  assert.match(own, /^[\x20-\x7E]*$/);
  golden("ascii", lines);
});

test("colours are added to the same text, and nothing is said by them alone", () => {
  const plain = render(changedKey, sizes.usual);
  const coloured = render(changedKey, sizes.usual, { color: true });
  assert.ok(coloured.join("").includes("\u001B[1;97;41m"));
  assert.deepEqual(coloured.map(stripVTControlCharacters), plain);
});

test("no size of window, no name and no number of people breaks the screen", () => {
  const names = [
    "\u001B[2J\u001B]0;title\u0007evil\r\n",
    "\u202Eevil\u202C",
    "日本語の長い名前がここにあります日本語の長い名前が",
    "👩‍👩‍👧‍👦 Family 🇨🇿",
    "e\u0301\u0301\u0301 combining",
    "x".repeat(64),
  ];
  const many = names.map((name, i) =>
    person(`user${i}`, name, { verification: securityKey, speaking: i % 2 === 0 }),
  );
  const participants = [anna, ben, carla, ...many];
  const state: TerminalState = {
    ...changedKey,
    ringing: names.map((name, i) => rings(`caller${i}`, name, smartCard, [["a-long-user-id", name]])),
    joinable: [rings("joe", names[0] ?? "", softwareKey)],
    missed: names.map((name) => missedOf("joe", name, nowMs)),
    connection: { status: "offline", retryAtMs: nowMs, code: "connection.lost" },
    call: { ...call, participants },
  };
  for (let columns = 1; columns <= 130; columns += 8) {
    for (let rows = 1; rows <= 40; rows += 5) {
      for (const help of [false, true]) {
        const lines = render(state, { columns, rows }, { view: { help, notices: names, past: names } });
        // Only text: whatever steers a window or turns the direction of writing was taken out, but for joiners where pictures need them.
        for (const line of lines)
          assert.doesNotMatch(line.replaceAll(joinersInPlace, ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }
  }
});

test("a crowd on a small screen is counted, and who speaks is seen", () => {
  const lines = render(crowd, sizes.small);
  const shown = lines.filter((line) => /^[○●]/.test(line));
  assert.ok(lines.some((line) => line === `and ${30 - shown.length} more`));
  assert.ok(shown.some((line) => line.startsWith("● user27")));
});
