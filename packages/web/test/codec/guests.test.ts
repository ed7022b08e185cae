/** What is said about guests outside of the call: to the two whom a link brought together, in the history, and to the other tabs. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { viewDocument } from "@signet/protocol";
import { errorTable, UserId } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { looksLikeWords, takeLanguageFrom } from "@signet/words";
import type { Language } from "@signet/words";

import { guestFailure, guestHelp } from "../../src/lib/guest-words.ts";
import { guestsWords } from "../../src/lib/history.ts";
import { deedOf } from "../../src/model/other-tabs.ts";
import { documentWithGuest, guestOf } from "../support/harness/guest-scenes.ts";
import { scenes } from "../support/harness/scenes.ts";

const me = UserId.parse("alice");
const nowMs = Date.UTC(2026, 10, 30, 9, 41);

const codes = (Object.keys(errorTable) as ErrorCode[]).filter(
  (one) => one.startsWith("pairing.") && one !== "pairing.badCode",
);

let language: Language = "en";
takeLanguageFrom(() => language);
after(() => {
  language = "en";
});

test("why nobody came in is told in words of people and links: there is no device to look at, and no terminal", () => {
  for (language of ["en", "zh-Hans"] as const)
    for (const code of codes)
      for (const whose of ["guest", "inviter"] as const) {
        // The inviter's terminal enters no code.
        if (code === "pairing.unknown" && whose === "inviter") continue;
        assert.doesNotMatch(guestFailure(code, whose), /device|terminal|设备|终端/, `${code} ${whose}`);
      }
  for (const code of codes) assert.equal(guestHelp(code), "guests");
  assert.equal(guestHelp("connection.lost"), "connection");
  language = "en";
  assert.match(guestFailure("pairing.ended", "guest"), /withdrew the link.*Ask for a new link\.$/);
  assert.match(guestFailure("pairing.ended", "inviter"), /^The guest gave up.*make another one\.$/);
  // It is a guest's page that says it, which may say anything.
  assert.doesNotMatch(guestFailure("pairing.refused", "inviter"), /invited you|vouch/);
});

test("in the history a guest was invited by somebody with a name, as the others have one", () => {
  const [call] = viewDocument(documentWithGuest(nowMs)).history;
  assert.ok(call !== undefined);
  const nameOf = (userId: string): string => (userId === "bob" ? "Bob Builder" : userId);
  assert.match(guestsWords(call, nameOf).join(), /guest “Gus”.*invited by Bob Builder/);
  const two = [...(call.guests ?? []), { name: "Eve", invitedBy: me }];
  for (language of ["en", "zh-Hans"] as const) {
    const [first = "", second = "", ...others] = guestsWords({ ...call, guests: two }, nameOf, me);
    // What is said of one stands beside no other.
    assert.match(first, /Gus.*Bob Builder/);
    assert.doesNotMatch(first, /Eve/);
    assert.match(second, /Eve.*(invited by you|由您邀请)/);
    assert.deepEqual(others, []);
  }
});

test("of a name that looks like a guest's the guest's ID is not said, which says nothing to anybody", () => {
  for (language of ["en", "zh-Hans"] as const) {
    assert.doesNotMatch(looksLikeWords(guestOf(0).userId), /~/);
    assert.match(looksLikeWords(guestOf(0).userId), /another guest|另一位访客/);
  }
});

test("the other tabs of the browser hear nothing of a guest, who is signed in nowhere", () => {
  const state = scenes.withGuests(nowMs);
  assert.equal(deedOf(state)?.doing, "inCall");
  assert.ok(state.session.status === "signedIn");
  const session = { ...state.session, userId: guestOf(0).userId };
  assert.equal(deedOf({ ...state, session }), undefined);
});
