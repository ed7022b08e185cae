/** Whom the server showed another directory is named, in lines and events, in both languages. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { UserId } from "@signet/terminal";
import { otherViewWords, takeLanguageFrom } from "@signet/words";
import type { Language } from "@signet/words";

import { warningLines, wordsFor } from "../../src/output/error-words.ts";
import { aboutWhom } from "../../src/output/words.ts";

let language: Language = "en";
takeLanguageFrom(() => language);
after(() => takeLanguageFrom(() => "en"));

const userId = "bob" as UserId;
const plain = (text: string): string => text.replaceAll(/[\u2066-\u2069]/g, "");

test("a warning, and the end of a call, name the person once", () => {
  for (const [spoken, sentence] of [
    ["en", "the server showed bob another directory than you"],
    ["zh-Hans", "服务器向 bob 出示的目录与向您出示的不同"],
  ] as const) {
    language = spoken;
    const { hint, message } = warningLines({ code: "log.otherView", userId });
    assert.equal(plain(message), sentence);
    assert.notEqual(hint, "");
    const end = { type: "failed", code: "log.otherView", userId } as const;
    assert.equal(plain(`${aboutWhom(end)}${wordsFor(end.code, userId).message}`), sentence);
  }
  language = "en";
});

test("what they may have made up is said so, and what else is wrong does not name them", () => {
  const { message } = warningLines({ code: "log.unsignedView", userId });
  assert.match(plain(message), /^what bob signed .* or they made it up$/);
  assert.equal(otherViewWords("directory.keyChanged", "bob"), undefined);
  const end = { type: "failed", code: "directory.keyChanged", userId } as const;
  assert.equal(aboutWhom(end), "bob: ");
  assert.ok(!plain(warningLines({ code: "directory.keyChanged", userId }).message).includes("bob"));
});
