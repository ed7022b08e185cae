/** What is said of a record, in each language: no more than is proven, and what is not. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import type { LeaveReason, UserId } from "@signet/protocol";
import { evidenceWords, languages, recordWords, refusedWords, takeLanguageFrom } from "@signet/words";
import type { Language } from "@signet/words";

let language: Language = "en";
takeLanguageFrom(() => language);
after(() => takeLanguageFrom(() => "en"));

type Told = Parameters<typeof recordWords>[0];

const atMs = Date.UTC(2026, 10, 3, 14, 5, 9);
const device = (n: number) => ({ deviceId: `device-${n}`, deviceKind: "software" as const });
const bare: Told = {
  serverOrigin: "https://calls.example.org",
  callId: "call",
  call: { by: "anna", ...device(1), atMs, invited: ["ben"] },
  log: undefined,
  people: [
    {
      userId: "anna",
      displayName: "Anna Arm",
      rests: "file",
      stays: [{ ...device(1), answeredAtMs: atMs }],
    },
    { userId: "ben", displayName: "ben", rests: "file", stays: [] },
  ],
  statements: [],
  resolutions: [],
  server: [],
};
const [anna, ben] = bare.people as readonly [Told["people"][number], Told["people"][number]];

/** The lines of a part, with what stands over them. */
function said(record: Told, part: string): readonly string[] {
  const found = recordWords(record).parts.find(({ name }) => name === part);
  return (found?.items ?? []).flatMap(({ lines, text, title }) => [
    ...(title === undefined ? [] : [title]),
    ...(text === undefined ? [] : [text]),
    ...lines,
  ]);
}
const has = (lines: readonly string[], pattern: RegExp): void =>
  assert.ok(
    lines.some((line) => pattern.test(line)),
    `${String(pattern)} in ${lines.join("\n")}`,
  );
const hasNot = (lines: readonly string[], pattern: RegExp): void =>
  assert.ok(!lines.some((line) => pattern.test(line)), `${String(pattern)} not in ${lines.join("\n")}`);

describe("of a stay", () => {
  test("no more is said than an answer proves, and nothing of who did not answer", () => {
    const lines = said(bare, "people");
    assert.equal(lines[0], "Anna Arm (anna)");
    has(
      lines,
      /^began the call on 3 November 2026 .*with a software key \(device-1\); their signature says so$/,
    );
    has(lines, /^nobody signed that they were in the call after that$/);
    has(lines, /^nobody signed when and how this came to an end$/);
    assert.deepEqual(lines.slice(-2), ["ben", "no answer of theirs is in this record"]);
  });

  test("by whom it is proven is said, and how it ended", () => {
    const stay = { ...device(2), answeredAtMs: atMs + 1_000 };
    const of = (change: object) =>
      said({ ...bare, people: [{ ...ben, stays: [{ ...stay, ...change }] }, anna] }, "people");
    /** In seconds from the beginning. */
    const seen = (spans: readonly (readonly [by: string, fromS: number, toS: number])[]) => {
      const by = spans.map(([who, fromS, toS]) => ({
        by: who,
        fromMs: atMs + fromS * 1_000,
        toMs: atMs + toS * 1_000,
      }));
      const [fromMs, toMs] = [
        Math.min(...by.map((one) => one.fromMs)),
        Math.max(...by.map((one) => one.toMs)),
      ];
      return of({ seen: { fromMs, toMs, by } });
    };
    has(
      seen([
        ["anna", 0, 60],
        ["ben", 0, 60],
      ]),
      /^was in the call from .* to .*; Anna Arm \(anna\) and ben signed that$/,
    );
    has(seen([["anna", 0, 0]]), /^was in the call at .*; Anna Arm \(anna\) signed that$/);
    const apart = seen([
      ["anna", 0, 5],
      ["ben", 3, 3_600],
      ["carla", 3, 5],
    ]);
    has(
      apart,
      /^was in the call from .*14:05:09.*, as Anna Arm \(anna\) signed, to .*15:05:09.*, as ben signed$/,
    );
    has(apart, /^carla signed it at times in between$/);
    hasNot(apart, /signed that$/);
    has(
      of({ ended: { how: "left", atMs, by: "ben", reason: "left" satisfies LeaveReason } }),
      /^left on .*; their signature says so$/,
    );
    has(
      of({ ended: { how: "left", atMs, by: "ben", reason: "unsafe" } }),
      /their signature says so: left for safety$/,
    );
    has(
      of({ ended: { how: "removed", atMs, by: "anna" } }),
      /^was removed on .*; Anna Arm \(anna\) signed that$/,
    );
    has(
      of({ ended: { how: "ended", atMs, by: "anna" } }),
      /^the call was ended for all on .*; Anna Arm \(anna\) signed that, and nobody that they had left before$/,
    );
    has(of({ revoked: { atMs, why: "stolen" } }), /^that device was revoked on .*: it was stolen$/);
  });

  test("who declined did so by a signature, and a guest is not verified", () => {
    const declined = { type: "decline", by: "ben", userIds: [], ...device(2), atMs } as const;
    const guest = { ...ben, userId: "~g", displayName: "Gus", guest: { vouchedBy: "anna", letInBy: "ben" } };
    const lines = said({ ...bare, statements: [declined], people: [anna, ben, guest] }, "people");
    has(lines, /^declined on .*, with a software key \(device-2\)/);
    has(lines, /^guest “Gus”, not verified, for whom Anna Arm \(anna\) vouched, and whom ben let in$/);
    has(said({ ...bare, people: [guest] }, "rests"), /nobody verified who this is$/);
  });
});

describe("of what names rest on", () => {
  const log = { verifierKey: "log+key", keyGiven: true, size: 9, views: [], viewless: [] };
  const view = { size: 7, by: ["ben"] };

  test("a key that was given and one that only the file names are told apart", () => {
    has(said({ ...bare, log }, "rests"), /with the key that you gave, log\+key$/);
    const ofFile = { ...bare, log: { ...log, keyGiven: false } };
    has(said(ofFile, "rests"), /a key that only this file names, log\+key/);
    has(said(ofFile, "limits"), /ask in another way/);
    hasNot(said({ ...bare, log }, "limits"), /ask in another way/);
    for (const [rests, pattern] of [
      ["logGiven", /^Anna Arm \(anna\): the server’s log proves/],
      ["logOfFile", /^Anna Arm \(anna\): the log that this file holds proves/],
      ["file", /^Anna Arm \(anna\): nothing but this file says/],
    ] as const)
      has(said({ ...bare, people: [{ ...anna, rests }] }, "rests"), pattern);
  });

  test("another view is a lie of the server's, one that cannot be compared is none", () => {
    const lied = { ...bare, log: { ...log, views: [{ ...view, fits: "otherView" as const }] } };
    assert.equal(recordWords(lied).verdict, "lied");
    assert.match(recordWords(lied).happened, /prove that the server lied/);
    const byFile = recordWords({ ...lied, log: { ...lied.log, keyGiven: false } });
    assert.equal(byFile.verdict, "lied");
    assert.match(byFile.happened, /whether that is the server, ask in another way$/);
    has(said(lied, "rests"), /^the server showed ben another log, of 7 entries/);
    for (const fits of ["fits", "notCompared"] as const)
      assert.equal(recordWords({ ...bare, log: { ...log, views: [{ ...view, fits }] } }).verdict, "holds");
    has(
      said({ ...bare, log: { ...log, views: [{ ...view, fits: "notCompared" }] } }, "rests"),
      /the file does not say$/,
    );
  });

  test("who signed nothing of the log is named, and that accuses nobody", () => {
    const without = { ...bare, log: { ...log, viewless: ["ben"] } };
    has(said(without, "rests"), /^ben did not sign what they saw of the server’s log/);
    assert.equal(recordWords(without).verdict, "holds");
    hasNot(said({ ...bare, log }, "rests"), /did not sign/);
  });

  test("an administrator who signed for somebody is named, and is nobody who took part", () => {
    const ada = { userId: "ada", displayName: "Ada", rests: "file" as const, stays: [] };
    const people = [{ ...anna, recovered: { atMs, by: "ada" } }, ben, ada];
    has(
      said({ ...bare, people }, "rests"),
      /^Anna Arm \(anna\): the administrator Ada \(ada\) gave them a device/,
    );
    hasNot(said({ ...bare, people }, "people"), /Ada/);
  });

  test("a certificate counts where it leads to an authority that was given", () => {
    const certified = (trusted: boolean) => {
      const certificate = { subject: "Anna", issuer: "Authority", trusted };
      const stays = [{ ...device(1), answeredAtMs: atMs, certificate }];
      return said({ ...bare, people: [{ ...anna, stays }] }, "rests");
    };
    has(certified(true), /leads to an authority that you gave/);
    has(certified(false), /leads to no authority that you gave, and counts for nothing$/);
  });
});

describe("of the rest", () => {
  const resolution: Told["resolutions"][number] = {
    number: 1,
    proposed: { by: "ben", ...device(2), atMs },
    subject: { type: "text", text: "Pay.\nNow." },
    rule: { type: "all", userIds: ["anna", "ben"] as UserId[], needed: 2 },
    state: "open",
    decisions: [
      {
        by: "anna",
        ...device(1),
        atMs,
        decision: "approve",
        cms: { subject: "A", issuer: "B", trusted: false },
      },
      { by: "ben", ...device(2), atMs, decision: "reject" },
    ],
  };

  test("a resolution is told whole, with who decided by which device", () => {
    const lines = said({ ...bare, resolutions: [resolution] }, "resolutions");
    assert.equal(lines[1], "Pay.\nNow.");
    has(lines, /^undecided by these signatures: it needs all/);
    has(lines, /^whose approval it asks for is what ben wrote into it: Anna Arm \(anna\) and ben$/);
    has(lines, /^Anna Arm \(anna\) approved on .*, with a software key \(device-1\)$/);
    has(lines, /signed the document itself as well \(CMS\).*leads to no authority/);
    has(lines, /^ben rejected on /);
    const file = { type: "file", name: "a.pdf", sha256: new Uint8Array(32).fill(171), sizeBytes: 1 } as const;
    const ofFile = said(
      { ...bare, resolutions: [{ ...resolution, subject: file, state: "adopted", decisions: [] }] },
      "resolutions",
    );
    has(ofFile, /^the file a\.pdf, 1 byte$/);
    has(ofFile, /^its SHA-256 is (ab){32}$/);
    has(ofFile, /^adopted: it needs all/);
    has(ofFile, /^nobody approved or rejected it/);
  });

  test("what hides in a text, or turns it round, is written out as it was in the call", () => {
    const hidden = "100\u{202E}001\u{3164}";
    const lines = said(
      {
        ...bare,
        serverOrigin: `https://a\u{202E}\nb`,
        resolutions: [
          { ...resolution, subject: { type: "text", text: hidden } },
          {
            ...resolution,
            subject: { type: "file", name: hidden, sha256: new Uint8Array(32), sizeBytes: 1 },
          },
        ],
      },
      "resolutions",
    );
    assert.equal(lines[1], "100⟨U+202E⟩001⟨U+3164⟩");
    has(lines, /^the file 100⟨U\+202E⟩001⟨U\+3164⟩, 1 byte$/);
    has(
      said({ ...bare, serverOrigin: "https://a\u{202E}\nb" }, "call"),
      /https:\/\/a⟨U\+202E⟩⟨U\+000A⟩b, as call/,
    );
    const certificate = { subject: hidden, issuer: hidden, trusted: true };
    const stays = [{ ...device(1), answeredAtMs: atMs, certificate }];
    has(said({ ...bare, people: [{ ...anna, stays }] }, "rests"), /for 100⟨U\+202E⟩001⟨U\+3164⟩ by 100⟨/);
  });

  test("evidence by a key that only the file names accuses whoever has the key", () => {
    const found = {
      serverOrigin: "https://calls\u{202E}",
      logKey: "calls.example.org/log+\u{202E}",
      foundAtMs: atMs,
      known: "a\u{202E}\nb",
    };
    const proven = { judgement: "proven", why: "sameSize" } as const;
    assert.match(evidenceWords(found, proven, true).happened, /^this proves that the server lied/);
    const byFile = evidenceWords(found, proven, false);
    assert.equal(byFile.verdict, "proven");
    assert.match(byFile.happened, /^this proves that whoever has the log key in this file/);
    const items = byFile.parts[0]?.items ?? [];
    assert.doesNotMatch(JSON.stringify(items), /\u{202E}/u);
    assert.equal(items[1]?.text, "a⟨U+202E⟩\nb");
  });

  test("what only the server said stands apart, and what is not proven is said", () => {
    const lines = said(
      { ...bare, server: [{ atMs, userId: "ben", state: "left", reason: "lost" }] },
      "server",
    );
    has(lines, /: ben, connection lost$/);
    has(said(bare, "limits"), /^nobody signed for the whole of this file/);
    has(said(bare, "limits"), /lists of revoked certificates were not asked/);
    has(said(bare, "limits"), /does not prove that it was not$/);
    const kept = { by: "anna", ...device(1), atMs };
    has(said({ ...bare, kept }, "limits"), /^Anna Arm \(anna\) may have left out/);
    has(said({ ...bare, kept }, "call"), /^Anna Arm \(anna\) wrote this file on .*signed all of it/);
    hasNot(said({ ...bare, kept }, "limits"), /^nobody signed for the whole/);
  });

  test("a refused file says where", () => {
    const { parts, verdict } = refusedWords("record.form", "statements[3]");
    assert.equal(verdict, "refused");
    has(parts[0]?.items[0]?.lines ?? [], /statements\[3\]/);
  });

  test("each language has parts in the same order, with as many lines", () => {
    const shape = (): readonly unknown[] =>
      recordWords({ ...bare, resolutions: [resolution] }).parts.map(({ items, name }) => [
        name,
        items.map(({ lines }) => lines.length),
      ]);
    const [english, ...others] = languages.map((each) => {
      language = each;
      return shape();
    });
    language = "en";
    for (const other of others) assert.deepEqual(other, english);
  });
});
