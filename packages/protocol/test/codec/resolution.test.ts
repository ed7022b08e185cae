import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CallId,
  concatBytes,
  decodeResolution,
  encodeResolution,
  equalBytes,
  isSubject,
  longestResolutionText,
  shownWhole,
  sortedPeople,
  UserId,
  visibleText,
} from "@signet/protocol";
import type { Bytes, Resolution, ResolutionSubject } from "@signet/protocol";
import fc from "fast-check";

const people = ["ann", "ben", "cleo", "dan"].map((id) => UserId.parse(id));
const [ann] = people as [UserId];

const bytes = (length: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Uint8Array.from(array));

const anySubject: fc.Arbitrary<ResolutionSubject> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text: fc.string({ unit: "grapheme", minLength: 1 }) }),
  fc.record({
    type: fc.constant("file" as const),
    name: fc.string({ minLength: 1, maxLength: 60 }),
    sha256: bytes(32),
    sizeBytes: fc.maxSafeNat(),
  }),
);

const anyRule: fc.Arbitrary<Resolution["rule"]> = fc
  .tuple(fc.subarray(people, { minLength: 1 }), fc.constantFrom("all", "some", "named"), fc.nat())
  .map(([userIds, type, n]) => ({
    type,
    userIds: sortedPeople(userIds),
    needed: type === "some" ? 1 + (n % userIds.length) : userIds.length,
  }));

const anyResolution: fc.Arbitrary<Resolution> = fc
  .record({
    serverOrigin: fc.constant("https://signet.example"),
    callId: fc.constant(CallId.parse("QEFCQ0RFRkdISUpLTE1OTw")),
    callProofDigest: bytes(32),
    proposer: fc.constantFrom(...people),
    number: fc.integer({ min: 1 }),
    epoch: fc.nat(),
    rule: anyRule,
    subject: anySubject,
  })
  .filter(({ subject }) => isSubject(subject));

const some: Resolution = {
  serverOrigin: "https://signet.example",
  callId: CallId.parse("QEFCQ0RFRkdISUpLTE1OTw"),
  callProofDigest: new Uint8Array(32).fill(1),
  proposer: ann,
  number: 1,
  epoch: 2,
  rule: { type: "all", userIds: people, needed: 4 },
  subject: { type: "text", text: "Pay" },
};

test("any resolution comes back from its bytes", () => {
  fc.assert(
    fc.property(anyResolution, (resolution) => {
      assert.deepEqual(decodeResolution(encodeResolution(resolution)), structuredClone(resolution));
    }),
  );
});

test("what is read is written so: a byte more, less or other is another resolution, or none", () => {
  fc.assert(
    fc.property(anyResolution, fc.nat(), fc.integer({ min: 1, max: 255 }), (resolution, at, turn) => {
      const whole = encodeResolution(resolution);
      const turned = Uint8Array.from(whole);
      turned[at % whole.length] = (turned[at % whole.length] ?? 0) ^ turn;
      for (const other of [turned, whole.slice(0, -1), concatBytes(whole, Uint8Array.of(0))]) {
        const read = decodeResolution(other);
        if (read !== undefined) assert.ok(equalBytes(encodeResolution(read), other));
      }
    }),
  );
});

test("what nobody could decide about is none", () => {
  const none = (over: Partial<Resolution>): void =>
    assert.equal(decodeResolution(encodeResolution({ ...some, ...over })), undefined);
  assert.notEqual(decodeResolution(encodeResolution(some)), undefined);
  none({ number: 0 });
  none({ callProofDigest: new Uint8Array(31) });
  none({ rule: { ...some.rule, needed: 3 } });
  none({ rule: { type: "some", userIds: people, needed: 0 } });
  none({ rule: { type: "some", userIds: people, needed: 5 } });
  none({ rule: { type: "named", userIds: [], needed: 0 } });
  none({ rule: { ...some.rule, userIds: people.toReversed() } });
  none({ rule: { ...some.rule, userIds: [ann, ann, ann, ann] } });
  const guest = UserId.parse(`~${"a".repeat(26)}`);
  none({ proposer: guest });
  none({ rule: { type: "named", userIds: [guest], needed: 1 } });
  none({ subject: { type: "text", text: "" } });
  none({ subject: { type: "text", text: " \n" } });
  none({ subject: { type: "text", text: "x".repeat(longestResolutionText + 1) } });
  none({ subject: { type: "file", name: "", sha256: new Uint8Array(32), sizeBytes: 1 } });
  none({ subject: { type: "file", name: "a", sha256: new Uint8Array(31), sizeBytes: 1 } });
  assert.ok(isSubject({ type: "text", text: "\u{1F600}".repeat(longestResolutionText) }));
  assert.ok(
    !isSubject({ type: "text", text: "\ud800" }),
    "what cannot be written would be signed as something else",
  );
});

test("as much as there may be of each is taken, and no more", () => {
  const isTaken = (over: Partial<Resolution>): boolean =>
    decodeResolution(encodeResolution({ ...some, ...over })) !== undefined;
  const text = (characters: number, character = "x"): Partial<Resolution> => ({
    subject: { type: "text", text: character.repeat(characters) },
  });
  const file = (name: string, sizeBytes = 1): Partial<Resolution> => ({
    subject: { type: "file", name, sha256: new Uint8Array(32), sizeBytes },
  });
  const named = (count: number): Partial<Resolution> => {
    const userIds = sortedPeople(Array.from({ length: count }, (_, i) => UserId.parse(`person${i}`)));
    return { rule: { type: "named", userIds, needed: count } };
  };
  const someOf = (needed: number): Partial<Resolution> => ({
    rule: { type: "some", userIds: people, needed },
  });
  for (const [what, most, tooMuch] of [
    ["text", text(4_000), text(4_001)],
    ["text of characters of two units", text(4_000, "\u{1F600}"), text(4_001, "\u{1F600}")],
    ["shortest text", text(1), text(0)],
    ["name of a file", file("x".repeat(255)), file("x".repeat(256))],
    ["shortest name", file("x"), file("")],
    ["people", named(256), named(257)],
    ["fewest people", named(1), named(0)],
    ["approvals of some", someOf(4), someOf(5)],
    ["fewest approvals", someOf(1), someOf(0)],
    ["number", { number: 1 }, { number: 0 }],
  ] as const) {
    assert.ok(isTaken(most), what);
    assert.ok(!isTaken(tooMuch), what);
  }
  for (const size of [0, Number.MAX_SAFE_INTEGER]) assert.ok(isTaken(file("x", size)), `${size} bytes`);
  for (const sizeBytes of [-1, 0.5, 2 ** 53])
    assert.ok(
      !isSubject({ type: "file", name: "x", sha256: new Uint8Array(32), sizeBytes }),
      `${sizeBytes} bytes`,
    );
});

test("what cannot be seen, or turns text round, is written out; nothing of the text looks like that", () => {
  const hidden = [
    "\u0000",
    "\u0007",
    "\t",
    "\r",
    "\u0085",
    "\u00ad",
    "\u200b",
    "\u200d",
    "\u200e",
    "\u202e",
    "\u2028",
    "\u2066",
    "\ufeff",
    "\u{e0041}",
    "\ufe0f",
    "\u00a0",
    "\u3164",
    "\ue000",
  ];
  for (const one of hidden)
    assert.match(visibleText(`a${one}b`), /^a⟨U\+[0-9A-F]{4,6}⟩b$/, JSON.stringify(one));
  assert.equal(visibleText("a\n⟨b"), "a\n⟨U+27E8⟩b");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (one, other) => {
      if (one !== other) assert.notEqual(visibleText(one), visibleText(other));
    }),
  );
  assert.equal(visibleText("付款 12,000 €, 王"), "付款 12,000 €, 王");
});

test("of a file the name, the size and the SHA-256 are shown, each on a line of its own", () => {
  const sha256 = Uint8Array.from({ length: 32 }, (_, i) => i);
  const file = { type: "file", name: "a\nb.pdf", sha256, sizeBytes: 7 } as const;
  assert.equal(
    shownWhole({ ...file, name: "a.pdf" }),
    "a.pdf\n7\n000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  );
  assert.equal(shownWhole(file).split("\n").length, 3);
});
