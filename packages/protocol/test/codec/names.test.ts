import assert from "node:assert/strict";
import { test } from "node:test";

import { DisplayName, UserId, isNewUserId, nameFault, shownName } from "@signet/protocol";

const zwnj = "\u200C";
const zwj = "\u200D";

const fit: readonly string[] = [
  "A",
  "Ada Lovelace",
  "O'Brien-Ł.",
  "7",
  "Nguyễn Thị Minh Khai".normalize("NFD"),
  "שָׁלוֹם",
  "มณีรัตน์ ปิ่นเกล้า",
  "မြွေကြီး",
  "བསྒྲུབས",
  "ខ្ញុំ",
  "क्ष्म्यं",
  `می${zwnj}خواهم`,
  `علی${zwnj}رضا`,
  `ක්${zwj}ෂ`,
  `क्${zwj}ष`,
  `👨${zwj}👩${zwj}👧${zwj}👦 Smith`,
  `👩🏽${zwj}🚀`,
  `❤\uFE0F${zwj}🔥`,
  "❤\uFE0F",
  "1\uFE0F\u20E3",
  "🇳🇱",
  "山田\u3000太郎",
  "김민수",
  "Ünï",
  "x".repeat(64),
  "e\u0301\u0301\u0301\u0301",
];

const unfit: readonly (readonly [string, string])[] = [
  ["", "empty"],
  ["x".repeat(65), "long"],
  [" a", "edges"],
  ["a\u00A0", "edges"],
  ["\u3164", "hidden"],
  ["a\u3164", "hidden"],
  ["\u115F", "hidden"],
  ["\u1160\uFFA0", "hidden"],
  ["\u2800", "invisible"],
  ["\u2800\u2800", "invisible"],
  ["\u{1D159}", "invisible"],
  ["a\u2800b", "hidden"],
  ["\u0301", "invisible"],
  ["\u034F", "hidden"],
  ["\u17B4", "hidden"],
  ["a\u200B", "hidden"],
  ["a\u2060b", "hidden"],
  ["a\u00ADb", "hidden"],
  ["a\u202Eb", "hidden"],
  ["a\u2066b", "hidden"],
  ["a\u061Cb", "hidden"],
  ["a\u180Eb", "hidden"],
  ["a\uFE0Eb", "hidden"],
  ["a\u{E0100}", "hidden"],
  ["a\u{E0041}", "hidden"],
  ["a\u2028b", "hidden"],
  ["a\nb", "hidden"],
  ["a\uE000", "hidden"],
  ["a\uD800", "hidden"],
  ["a\uFFFE", "hidden"],
  ["a\uFDD0b", "hidden"],
  ["a\u{10FFFF}", "hidden"],
  ["a\uFFFC", "hidden"],
  ["\uFFFC", "invisible"],
  [`a${zwnj}b`, "joiner"],
  [`a${zwj}b`, "joiner"],
  [`${zwj}a`, "joiner"],
  [zwnj, "joiner"],
  [`می${zwnj}`, "joiner"],
  [`می${zwnj}${zwnj}خ`, "joiner"],
  [`👨${zwj}a`, "joiner"],
  [`👨${zwj}`, "joiner"],
  [`👨${zwj}${zwj}👦`, "joiner"],
  ["a\uFE0F", "joiner"],
  ["e\u0301\u0301\u0301\u0301\u0301", "marks"],
  [`Z${"\u0336\u0321\u0322".repeat(5)}algo`, "marks"],
  [`ก${"\u0E49".repeat(5)}`, "marks"],
  ["\u0301a", "marks"],
  ["a \u0301b", "marks"],
];

test("names of many scripts, and families of emoji, fit", () => {
  for (const name of fit) {
    assert.equal(nameFault(name), undefined, JSON.stringify(name));
    assert.ok(DisplayName.safeParse(name).success, JSON.stringify(name));
    assert.equal(shownName({ userId: "ada", displayName: name }), name);
  }
});

test("what cannot be seen, covers others, or joins what needs no joiner does not", () => {
  for (const [name, fault] of unfit) {
    assert.equal(nameFault(name), fault, JSON.stringify(name));
    assert.equal(shownName({ userId: "ada", displayName: name }), "ada");
  }
});

test("a new user ID begins and ends with a letter or digit; one of before is read", () => {
  for (const userId of ["ab", "a1", "a.b", "a-_.b", "0".repeat(32)]) assert.ok(isNewUserId(userId), userId);
  for (const userId of [".a", "a.", "-a", "a-", "_a", "a_", "..", "a", "A1", "a b", "a".repeat(33), "ab\n"])
    assert.ok(!isNewUserId(userId), userId);
  for (const userId of [".a", "a-", "__"]) assert.ok(UserId.safeParse(userId).success, userId);
});
