import assert from "node:assert/strict";
import { test } from "node:test";

import type { UserId } from "@signet/terminal";
import { takeLanguageFrom } from "@signet/words";
import type { Language } from "@signet/words";

import { announcements } from "../../src/lib/announcements.ts";
import { forgetRisk } from "../../src/lib/forget.ts";
import {
  isLeftAfter,
  isLeftAfterMissed,
  newsCount,
  nobodyKeptWords,
  outcomeWords,
  seenWith,
  verifiedWords,
} from "../../src/lib/history.ts";
import { lastTalksIn, namesIn, peopleFound, shownPeople } from "../../src/lib/people.ts";
import { names, pastCalls } from "../support/harness/own-people.ts";
import { pageTitle } from "../../src/lib/title.ts";
import { scenes } from "../support/harness/scenes.ts";

const nowMs = Date.UTC(2026, 10, 22, 12);
const id = (userId: string) => userId as UserId;
const listed = (userId: string, more: object = {}) => ({ userId: id(userId), groupIds: [], ...more });

test("favourites come first, then names in the order of the language; a name that was heard now goes before one that was written", () => {
  const people = [
    listed("zoe", { name: "Zoe" }),
    listed("anna", { name: "Zora" }),
    listed("emil", { name: "Émile" }),
    listed("finn"),
    listed("yves", { favourite: true }),
  ];
  const shown = shownPeople(people, new Map([[id("anna"), "Anna"]]), new Map());
  assert.deepEqual(
    shown.map(({ displayName }) => displayName),
    ["yves", "Anna", "Émile", "finn", "Zoe"],
  );
});

test("each word that is typed has to be somewhere, without accents, capitals and full width", () => {
  const people = shownPeople(
    [
      listed("emil", { name: "Émile Zola", note: "met in Paris" }),
      listed("xiaoming", { name: "王小明", note: "合唱团" }),
      listed("i", { name: "Iñigo" }),
    ],
    new Map(),
    new Map(),
  );
  const found = (typed: string) => peopleFound(people, typed).map(({ userId }) => userId);
  assert.deepEqual(found("paris emile"), ["emil"]);
  assert.deepEqual(found("paris emilia"), []);
  assert.deepEqual(found("ＺＯＬＡ"), ["emil"]);
  assert.deepEqual(found("王 合唱"), ["xiaoming"]);
  assert.deepEqual(found("inigo"), ["i"]);
  assert.deepEqual(found("\u0301"), found(""), "an accent alone is nothing");
});

test("one talked last with whoever was there alone, or was verified in it", () => {
  const talks = lastTalksIn(pastCalls(nowMs));
  const hours = (userId: string) => {
    const talk = talks.get(id(userId));
    return talk && [(nowMs - talk.atMs) / 3_600_000, talk.isVerified];
  };
  assert.deepEqual(["bob", "carol", "emil", "ivan"].map(hours), [
    [1, true],
    [51, true],
    [54, false],
    undefined,
  ]);
});

test("what was is said in the language of now", () => {
  const nameOf = (userId: string) => names.get(userId) ?? userId;
  const said = () =>
    pastCalls(nowMs).map((call) => [outcomeWords(call), verifiedWords(call, nameOf) ?? ""].join("; "));
  let chosen: Language = "en";
  takeLanguageFrom(() => chosen);
  assert.deepEqual(said(), [
    "Talked for 13 minutes; verified: Bob Builder",
    "Missed; verified",
    "Not reached; ",
    "You declined; verified",
    "Declined; ",
    "Talked for 1 minute; verified",
    "Talked for 1 hour 2 minutes; verified",
    "Failed; ",
    "Nobody was there; ",
    "Talked for 5 seconds; ",
  ]);
  chosen = "zh-Hans";
  assert.match(said().join(), /通话 13 分钟; 已验证：Bob Builder,未接; 已验证,未接通; ,您已拒接/);
  chosen = "en";
});

test("a call of which no user ID is kept is with its guests, or with an ID that nobody had", () => {
  const call = { ...pastCalls(nowMs)[2]!, userIds: [] };
  assert.equal(nobodyKeptWords(call), "A user ID that nobody had");
  assert.match(nobodyKeptWords({ ...call, guests: [{ name: "Greta", invitedBy: id("bob") }] }), /Greta/);
});

test("a missed call is counted once, wherever it was heard of, until it was seen", () => {
  const state = scenes.missed(nowMs);
  const history = pastCalls(nowMs);
  const personal = {
    people: [],
    groups: [],
    history,
    settings: {},
    carrying: { status: "carried" },
    phrase: "none",
  } as const;
  const { missed } = state;
  assert.equal(newsCount({ missed }), 2);
  assert.equal(newsCount({ personal }), 1);
  assert.equal(newsCount({ missed, personal }), 3);
  const same = { ...personal, history: [{ ...history[1]!, callId: missed[0]!.callId }] };
  assert.equal(newsCount({ missed, personal: same }), 2);
  const { startedAtMs } = history[1]!;
  assert.equal(newsCount({ personal: { ...personal, settings: { seenUntilMs: startedAtMs - 1 } } }), 1);
  assert.equal(newsCount({ personal: { ...personal, settings: { seenUntilMs: startedAtMs } } }), 0);
});

test("a message that was not heard counts as its call, once, and is in the title; one that was heard does not", () => {
  const { messages, missed, ...state } = scenes.messages(nowMs);
  const [heard, elsewhere, unheard] = messages;
  assert.equal(newsCount({ messages }), 2);
  assert.equal(newsCount({ messages: [unheard!], missed }), 1, "with the call that it was left after");
  assert.equal(newsCount({ messages: [heard!] }), 0);
  assert.equal(newsCount({ messages: [elsewhere!, { ...elsewhere!, id: "another" }] }), 1);
  assert.equal(pageTitle({ ...state, messages: [unheard!] }), "(1) Signet");
});

test("who is called back is seen to have been missed, and nobody else, nor by a call of another kind", () => {
  const [, ivan] = pastCalls(nowMs);
  const missed = (userId: string, hours: number) => ({
    ...ivan!,
    userIds: [id(userId)],
    startedAtMs: nowMs - hours * 3_600_000,
  });
  const talked = { ...missed("bob", 1), outcome: "talked" } as const;
  const [later, bob, anna, first] = [missed("bob", 2), missed("bob", 3), missed("anna", 4), missed("bob", 5)];
  const seen = (call: typeof talked | typeof later, seenUntilMs = 0) => {
    const history = [talked, later, bob, anna, first];
    const personal = {
      people: [],
      groups: [],
      history,
      settings: { seenUntilMs },
      carrying: { status: "carried" },
      phrase: "none",
    } as const;
    return seenWith(call, { personal });
  };
  assert.equal(seen(talked), undefined);
  assert.equal(seen(talked, anna.startedAtMs), undefined);
  assert.equal(seen(bob), first.startedAtMs, "anna's is not seen by that");
  assert.equal(seen(first), first.startedAtMs);
  assert.equal(seen(anna, first.startedAtMs), anna.startedAtMs);
  assert.equal(seen(bob, anna.startedAtMs), bob.startedAtMs);
  assert.equal(seen(later, anna.startedAtMs), later.startedAtMs);
});

test("names are those of whom devices signed for what is shown", () => {
  assert.deepEqual([...namesIn(scenes.active(nowMs)).keys()], ["bob", "carol"]);
  assert.deepEqual([...namesIn(scenes.incoming(nowMs))], [["bob", "Bob Builder"]]);
});

test("what would be lost with this browser is said, also where the server has all of it and only its key is here", () => {
  const carried = { status: "carried" } as const;
  const risk = (phrase: "none" | "kept" | "gone", carrying: Parameters<typeof forgetRisk>[0] & object) =>
    forgetRisk({ ...carrying, phrase }, true);
  const at = (carrying: typeof carried | { status: "pending" }) => ({ carrying, phrase: "none" }) as const;
  assert.equal(risk("kept", at(carried)), undefined);
  assert.equal(risk("none", at(carried)), "noPhrase");
  assert.equal(risk("gone", at(carried)), "noPhrase");
  assert.equal(risk("kept", at({ status: "pending" })), "onlyHere");
  assert.equal(forgetRisk(undefined, true), "unknown");
  assert.equal(forgetRisk(undefined, false), undefined);
});

test("a message stands with the call that it was left after, and with no other one that somebody gave its ID", () => {
  const [message] = scenes.messages?.(nowMs).messages ?? [];
  assert.ok(message !== undefined);
  const { call } = message;
  const { atMs, callId, from } = call;
  const past = { callId, startedAtMs: atMs, userIds: [from.userId, id("mal")] };
  assert.ok(isLeftAfter(message, past) && isLeftAfterMissed(message, call));
  // Of a call of two others, by one of them; at another time; of somebody who was not in it; brought in.
  const [later, byOther] = [
    { ...message, call: { ...call, atMs: atMs + 1 } },
    { ...message, call: { ...call, from: { ...from, userId: id("eve") } } },
  ];
  const other = { ...message, call: { ...call, callId: pastCalls(nowMs)[0]!.callId } };
  for (const one of [later, byOther, other])
    assert.deepEqual([isLeftAfter(one, past), isLeftAfterMissed(one, call)], [false, false]);
  assert.equal(isLeftAfter({ ...message, call: { ...call, startedBy: from } }, past), false);
});

test("a few messages that were left are read out by name, and more of them as a number", () => {
  const state = scenes.messages?.(nowMs);
  const [message] = state?.messages ?? [];
  assert.ok(state !== undefined && message !== undefined);
  const left = (count: number) =>
    announcements(
      { ...state, messages: [] },
      {
        ...state,
        messages: Array.from({ length: count }, (_, i) => ({ ...message, id: `${i}`, isHeard: false })),
      },
    );
  assert.equal(left(3).length, 3);
  assert.deepEqual(left(4), ["4 new voice messages were left."]);
});
