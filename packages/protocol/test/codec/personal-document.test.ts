/** The document that follows a person: what is written is read, as bytes too, and each bound on both sides. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  addCall,
  boundedDocument,
  CallId,
  changePerson,
  changeSettings,
  clearHistory,
  concatBytes,
  decodeDocument,
  emptyDocument,
  encodeDocument,
  GroupId,
  isReplacedKey,
  longestNote,
  mergeDocuments,
  mostDocumentBytes,
  mostGroups,
  mostHistory,
  mostHistoryPeople,
  mostListedPeople,
  mostRemoved,
  mostRemovedKeys,
  mostValueBytes,
  nameGroup,
  putInGroup,
  removeGroup,
  removePerson,
  requireFits,
  takeOver,
  TerminalId,
  toBase64Url,
  UserId,
  utf8,
  viewDocument,
  withKeyMaker,
} from "@signet/protocol";
import type { AddedCall, PersonalDocument } from "@signet/protocol";

const id = (number: number): string => {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, number);
  return toBase64Url(bytes);
};
const terminalId = TerminalId.parse(id(1));
const other = TerminalId.parse(id(2));
const at = (nowMs: number, by: TerminalId = terminalId) => ({ terminalId: by, nowMs });
const anna = UserId.parse("anna");
const ben = UserId.parse("ben");
const team = GroupId.parse(id(7));
const person = (number: number): UserId => UserId.parse(`person-${number}`);

const call = (number: number, startedAtMs = number): AddedCall => ({
  callId: CallId.parse(id(number)),
  startedAtMs,
  partMs: 0,
  userIds: [anna],
  direction: "in",
  outcome: "missed",
  verified: [],
});

const withPeople = (count: number): PersonalDocument => {
  let document = emptyDocument;
  for (let i = 0; i < count; i++) document = changePerson(document, person(i), {}, at(i));
  return document;
};
const again = (document: PersonalDocument): PersonalDocument => decodeDocument(encodeDocument(document));
const people = (document: PersonalDocument): UserId[] =>
  viewDocument(document).people.map(({ userId }) => userId);

describe("what a person keeps", () => {
  test("a guest is never on the list: there is nobody to reach, and terminals of before could read none of it", () => {
    const guest = UserId.parse(`~${"a".repeat(26)}`);
    assert.throws(() => changePerson(emptyDocument, guest, {}, at(1)), /expected no guest/);
  });

  const head = new Uint8Array(32).fill(9);
  const ownHead = new Uint8Array(32).fill(8);
  let document = changePerson(emptyDocument, anna, { note: "met in Oslo 🚲", favourite: true }, at(10));
  document = changePerson(document, anna, { comparedHeads: { atMs: 11, head, ownHead } }, at(11));
  document = nameGroup(document, team, "team", at(12));
  document = putInGroup(document, ben, team, true, at(13));
  document = changeSettings(document, { language: "zh-Hans", presenceFor: "people" }, at(14));
  document = addCall(document, { ...call(5), outcome: "talked", partMs: 60_000, verified: [anna] });
  document = addCall(document, call(6));

  test("is read as it was written, and comes back from bytes", () => {
    const view = viewDocument(again(document));
    assert.deepEqual(view, {
      people: [
        {
          userId: anna,
          groupIds: [],
          favourite: true,
          note: "met in Oslo 🚲",
          comparedHeads: { atMs: 11, head, ownHead },
        },
        { userId: ben, groupIds: [team] },
      ],
      groups: [{ groupId: team, name: "team" }],
      settings: { language: "zh-Hans", presenceFor: "people" },
      history: [call(6), { ...call(5), outcome: "talked", partMs: 60_000, verified: [anna] }],
    });
    assert.deepEqual(again(document), document);
  });

  test("goes when it is removed, and a group takes its members along", () => {
    const less = removeGroup(removePerson(document, anna, at(20)), team, at(21));
    assert.deepEqual(viewDocument(again(less)).people, [{ userId: ben, groupIds: [] }]);
    assert.deepEqual(viewDocument(less).groups, []);
    const back = changePerson(less, anna, {}, at(22));
    assert.deepEqual(viewDocument(back).people[0], { userId: anna, groupIds: [] });
    assert.deepEqual(people(mergeDocuments(back, document)), [anna, ben]);
    assert.equal(viewDocument(mergeDocuments(back, document)).people[0]?.note, undefined);
  });

  test("is the later of two changes, also where the clock of the later one is slow", () => {
    const later = changePerson(document, anna, { note: "moved" }, at(1, other));
    assert.equal(viewDocument(mergeDocuments(document, later)).people[0]?.note, "moved");
  });

  test("is lost to neither of two terminals that change different things of one person", () => {
    const here = changePerson(document, anna, { note: "here" }, at(30));
    const there = changePerson(document, anna, { favourite: false }, at(30, other));
    const both = viewDocument(mergeDocuments(there, here)).people[0];
    assert.deepEqual([both?.note, both?.favourite], ["here", false]);
  });

  test("is of a call what the terminal knows that was in it longer", () => {
    const missed = addCall(emptyDocument, call(5));
    for (const merged of [mergeDocuments(missed, document), mergeDocuments(document, missed)])
      assert.deepEqual(
        viewDocument(merged).history.map(({ outcome }) => outcome),
        ["missed", "talked"],
      );
  });

  test("is without the calls that were cleared, also when another copy has them", () => {
    const cleared = clearHistory(document, 6);
    const merged = mergeDocuments(cleared, document);
    assert.deepEqual(viewDocument(again(merged)).history, [call(6)]);
    assert.deepEqual(viewDocument(addCall(merged, call(5))).history, [call(6)]);
  });
});

test("what a newer version wrote is kept as it is through an older one", () => {
  const stamp = { atMs: 50, counter: 0, terminalId: other };
  const register = (text: string) => ({ stamp, value: utf8(text) });
  const newer: PersonalDocument = {
    ...emptyDocument,
    items: new Map([
      [
        "people/anna",
        {
          removed: undefined,
          fields: new Map([
            ["ringtone", register("\u0000x")],
            ["note", register("[1]")],
          ]),
        },
      ],
      ["rooms/kitchen/1", { removed: undefined, fields: new Map([["light", register("on")]]) }],
    ]),
    history: [{ startedAtMs: 3, callId: CallId.parse(id(3)), partMs: 1, value: utf8("{}") }],
  };
  const changed = again(boundedDocument(changePerson(again(newer), anna, { favourite: true }, at(1))));
  assert.equal(changed.items.get("people/anna")?.fields.get("ringtone")?.value.length, 2);
  assert.deepEqual(changed.items.get("people/anna")?.fields.get("note"), register("[1]"));
  assert.deepEqual(changed.items.get("rooms/kitchen/1"), newer.items.get("rooms/kitchen/1"));
  assert.deepEqual(changed.history, newer.history);
  assert.deepEqual(viewDocument(changed).people, [{ userId: anna, groupIds: [], favourite: true }]);
  assert.deepEqual(viewDocument(changed).history, []);
});

describe("bounds", () => {
  test("people on the list", () => {
    const full = withPeople(mostListedPeople);
    assert.equal(viewDocument(full).people.length, mostListedPeople);
    assert.throws(() => changePerson(full, anna, {}, at(1)), { code: "document.full" });
    assert.doesNotThrow(() => changePerson(full, person(0), { favourite: true }, at(1)));
    const free = removePerson(full, person(0), at(1));
    assert.equal(viewDocument(changePerson(free, anna, {}, at(1))).people.length, mostListedPeople);
  });

  test("groups", () => {
    let document = emptyDocument;
    const group = (number: number) => GroupId.parse(id(number));
    for (let i = 0; i < mostGroups; i++) document = nameGroup(document, group(i), "one", at(i));
    assert.throws(() => nameGroup(document, group(mostGroups), "one", at(1)), { code: "document.full" });
    assert.doesNotThrow(() => nameGroup(document, group(0), "another", at(1)));
  });

  test("a note, and the people of a call", () => {
    const note = "\u0007".repeat(longestNote);
    const longest = changePerson(emptyDocument, anna, { note }, at(1));
    assert.equal(viewDocument(again(longest)).people[0]?.note, note);
    assert.throws(() => changePerson(emptyDocument, anna, { note: `${note}.` }, at(1)));
    const many = Array.from({ length: mostHistoryPeople }, (_, i) =>
      UserId.parse(`${"x".repeat(29)}${i + 100}`),
    );
    const large = addCall(emptyDocument, { ...call(1), userIds: many, verified: many });
    assert.deepEqual(viewDocument(again(large)).history[0]?.userIds, many);
    assert.throws(() => addCall(emptyDocument, { ...call(1), userIds: [...many, anna] }));
  });

  test("history: the oldest calls go, whoever meets whom first", () => {
    const calls = (first: number, count: number): PersonalDocument => ({
      ...emptyDocument,
      history: Array.from({ length: count }, (_, i) => ({
        startedAtMs: first + i,
        callId: CallId.parse(id(first + i)),
        partMs: 0,
        value: utf8("{}"),
      })),
    });
    const full = calls(0, mostHistory);
    assert.equal(again(full).history.length, mostHistory);
    const more = mergeDocuments(full, calls(mostHistory, 1));
    assert.deepEqual([more.history.length, more.history[0]?.startedAtMs], [mostHistory, 1]);
    assert.throws(() => again(calls(0, mostHistory + 1)), { code: "document.malformed" });
    const [a, b, c] = [calls(0, 700), calls(400, 700), calls(900, 700)];
    const merged = mergeDocuments(mergeDocuments(a, b), c);
    assert.deepEqual(mergeDocuments(a, mergeDocuments(b, c)), merged);
    assert.deepEqual(mergeDocuments(mergeDocuments(c, a), b), merged);
  });

  test("removals that are remembered", () => {
    let document = emptyDocument;
    for (let i = 0; i < mostRemoved; i++)
      document = removePerson(changePerson(document, person(i), {}, at(i)), person(i), at(i));
    assert.equal(boundedDocument(document).items.size, mostRemoved);
    document = removePerson(changePerson(document, anna, {}, at(1)), anna, at(1));
    const bounded = boundedDocument(document);
    assert.equal(bounded.items.size, mostRemoved);
    assert.equal(bounded.items.has("people/person-0"), false);
    assert.equal(bounded.items.has("people/anna"), true);
    assert.deepEqual(mergeDocuments(bounded, document), mergeDocuments(document, bounded));
  });

  test("replaced keys that are remembered, however many people were removed since", () => {
    const keyId = (number: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? number : 1));
    const signature = { kind: "terminal", signature: new Uint8Array(64) } as const;
    const proof = { transcript: new Uint8Array(1), signature };
    const maker = { proof, binding: proof };
    let document = emptyDocument;
    for (let i = 0; i <= mostRemovedKeys; i++) document = withKeyMaker(document, keyId(i), maker, at(i));
    for (let i = 0; i <= mostRemoved; i++)
      document = removePerson(changePerson(document, person(i), {}, at(1_000)), person(i), at(1_000));
    const bounded = boundedDocument(document);
    assert.equal(bounded.items.size, mostRemovedKeys + 1 + mostRemoved);
    assert.equal(isReplacedKey(bounded, keyId(0)), true);
    assert.equal(isReplacedKey(bounded, keyId(mostRemovedKeys)), false);
    document = withKeyMaker(document, keyId(mostRemovedKeys + 1), maker, at(2_000));
    const next = boundedDocument(document);
    assert.deepEqual([isReplacedKey(next, keyId(0)), isReplacedKey(next, keyId(1))], [false, true]);
  });

  test("what two added at once stays, above the bound, too", () => {
    let here = withPeople(mostListedPeople - 1);
    const there = changePerson(here, anna, {}, at(1, other));
    here = changePerson(here, ben, {}, at(1));
    assert.equal(viewDocument(again(mergeDocuments(here, there))).people.length, mostListedPeople + 1);
  });

  /** With one item whose fields have so many bytes in all. */
  const ofSize = (bytes: number): PersonalDocument => {
    const stamp = { atMs: 1, counter: 0, terminalId };
    const fields = new Map<string, { stamp: typeof stamp; value: Uint8Array<ArrayBuffer> }>();
    for (let left = bytes, i = 100; left > 0; left -= mostValueBytes, i++)
      fields.set(`field-${i}`, { stamp, value: new Uint8Array(Math.min(left, mostValueBytes)) });
    return { ...emptyDocument, items: new Map([["settings", { removed: undefined, fields }]]) };
  };
  /** Values of so many bytes fill a document. */
  const fullValues = (): number => {
    const estimate = mostDocumentBytes - 4_000;
    return estimate + mostDocumentBytes - encodeDocument(ofSize(estimate)).length;
  };

  test("the whole, to a byte", () => {
    assert.equal(encodeDocument(ofSize(fullValues())).length, mostDocumentBytes);
    assert.doesNotThrow(() => again(ofSize(fullValues())));
    assert.throws(() => encodeDocument(ofSize(fullValues() + 1)), { code: "document.tooLarge" });
    assert.throws(() => boundedDocument(ofSize(fullValues() + 1)), { code: "document.tooLarge" });
  });

  test("what is too large can be made smaller, and no larger", () => {
    const most = fullValues();
    assert.doesNotThrow(() => requireFits(ofSize(most), emptyDocument));
    assert.throws(() => requireFits(ofSize(most + 1), ofSize(most)), { code: "document.tooLarge" });
    assert.throws(() => requireFits(ofSize(most + 9), ofSize(most + 9)), { code: "document.tooLarge" });
    assert.doesNotThrow(() => requireFits(ofSize(most + 8), ofSize(most + 9)));
  });

  test("history gives way to people and settings, the oldest first", () => {
    const small = addCall(emptyDocument, call(1));
    const callBytes = encodeDocument(small).length - encodeDocument(emptyDocument).length;
    const withCalls = (free: number) => {
      const document = addCall(addCall(ofSize(fullValues() - free), call(1)), call(2));
      return boundedDocument(document).history.map(({ startedAtMs }) => startedAtMs);
    };
    assert.deepEqual(withCalls(2 * callBytes), [1, 2]);
    assert.deepEqual(withCalls(2 * callBytes - 1), [2]);
    assert.deepEqual(withCalls(callBytes - 1), []);
  });

  test("a value, and a name", () => {
    const valued = (bytes: number, name = "x"): PersonalDocument => {
      const stamp = { atMs: 1, counter: 0, terminalId };
      const fields = new Map([[name, { stamp, value: new Uint8Array(bytes) }]]);
      return { ...emptyDocument, items: new Map([["settings", { removed: undefined, fields }]]) };
    };
    assert.doesNotThrow(() => again(valued(mostValueBytes, "x".repeat(128))));
    assert.throws(() => again(valued(mostValueBytes + 1)), { code: "document.malformed" });
    assert.throws(() => again(valued(1, "x".repeat(129))), { code: "document.malformed" });
    assert.throws(() => again(valued(1, "x y")), { code: "document.malformed" });
  });
});

describe("what no document is", () => {
  const whole = encodeDocument(addCall(removePerson(withPeople(3), person(1), at(9)), call(4)));

  test("a newer form is told from what is none", () => {
    const newer = Uint8Array.from(whole);
    newer.set(utf8("signet/document/v2"));
    assert.throws(() => decodeDocument(newer), { code: "document.newer" });
    assert.throws(() => decodeDocument(utf8("signet/dokument/v1")), { code: "document.malformed" });
    assert.throws(() => decodeDocument(new Uint8Array()), { code: "document.malformed" });
  });

  test("cut off anywhere, or with more at the end", () => {
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => decodeDocument(whole.slice(0, length)), { code: "document.malformed" });
    assert.throws(() => decodeDocument(concatBytes(whole, Uint8Array.of(0))), { code: "document.malformed" });
  });

  test("whatever is altered in it is refused, or is another document written in the one way", () => {
    for (let i = 18; i < whole.length; i++) {
      const altered = Uint8Array.from(whole);
      altered[i] = (altered[i] ?? 0) ^ 1;
      try {
        assert.deepEqual(encodeDocument(decodeDocument(altered)), altered);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "document.malformed");
      }
    }
  });

  test("with an item of nothing, or a field older than the removal", () => {
    const stamp = { atMs: 5, counter: 0, terminalId };
    const fields = new Map([["note", { stamp, value: utf8("1") }]]);
    const none = new Map<string, never>();
    const document = (item: { removed: typeof stamp | undefined; fields: typeof fields }) =>
      again({ ...emptyDocument, items: new Map([["people/anna", item]]) });
    assert.doesNotThrow(() => document({ removed: { ...stamp, atMs: 4 }, fields }));
    assert.throws(() => document({ removed: stamp, fields }), { code: "document.malformed" });
    assert.throws(() => document({ removed: undefined, fields: none }), { code: "document.malformed" });
  });
});

test("what was kept elsewhere is taken over as a copy is merged: nobody is changed, nor brought back who was removed since", () => {
  const clara = UserId.parse("clara");
  let document = changePerson(emptyDocument, anna, { note: "of here" }, at(100));
  document = changePerson(document, ben, {}, at(101));
  document = removePerson(document, ben, at(102));
  document = clearHistory(addCall(document, call(5, 500)), 300);
  const kept = {
    people: [
      { userId: anna, lastAtMs: 200, fields: { name: "Anna" } },
      { userId: ben, lastAtMs: 102, fields: { name: "Ben" } },
      { userId: clara, lastAtMs: 1, fields: { name: "Clara" } },
    ],
    // The first one is known by another time; the second was cleared.
    calls: [call(5, 501), call(6, 299), call(7, 300)],
  };
  const once = takeOver(document, kept, at(400));
  assert.deepEqual(viewDocument(once).people, [
    { userId: anna, groupIds: [], note: "of here" },
    { userId: clara, groupIds: [], name: "Clara" },
  ]);
  assert.deepEqual(viewDocument(once).history, [call(5, 500), call(7, 300)]);
  assert.deepEqual(takeOver(once, kept, at(401)), once, "once or several times comes to the same");
  assert.deepEqual(takeOver(document, { people: [], calls: [] }, at(402)), document);
  const metSince = { people: [{ userId: ben, lastAtMs: 103, fields: {} }], calls: [] };
  assert.deepEqual(people(takeOver(document, metSince, at(403))), [anna, ben]);
  // Where a removal becomes known only later, it counts as well.
  const removedElsewhere = removePerson(changePerson(emptyDocument, clara, {}, at(2)), clara, at(3));
  assert.deepEqual(people(mergeDocuments(once, removedElsewhere)), [anna]);
  // As many as there are in all: what was kept is not lost for a bound.
  const many = takeOver(withPeople(mostListedPeople), kept, at(1_000));
  assert.equal(people(many).length, mostListedPeople + 3);
  assert.throws(() => changePerson(many, person(mostListedPeople), {}, at(1_001)), { code: "document.full" });
});
