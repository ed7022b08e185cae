/** What belongs to Alice at all of her terminals: people, groups, and what was. */
import {
  addCall,
  CallId,
  changePerson,
  emptyDocument,
  GroupId,
  nameGroup,
  putInGroup,
  TerminalId,
  UserId,
} from "@signet/protocol";
import type { AddedCall, PersonalDocument, PersonFields } from "@signet/protocol";

/** As their devices signed them. */
export const names: ReadonlyMap<string, string> = new Map([
  ["bob", "Bob Builder"],
  ["carol", "Carol Danvers"],
  ["dora", "Dora Maar"],
  ["emil", "Émile Zola"],
  ["xiaoming", "王小明"],
  ["greta", "Greta Thunberg"],
  ["henri", "W".repeat(64)],
]);

const hourMs = 3_600_000;
const terminalId = TerminalId.parse("AAAAAAAAAAAAAAAAAAAAAA");
const written: readonly (readonly [string, Partial<PersonFields>])[] = [
  [
    "bob",
    { favourite: true, note: "Plumber. Ask for the key of the cellar before he comes; he rings twice." },
  ],
  ["carol", {}],
  ["dora", { note: "choir" }],
  ["emil", { note: "met in Paris" }],
  ["xiaoming", { favourite: true, note: "合唱团" }],
  ["greta", {}],
  ["henri", { note: "w".repeat(80) }],
];

/** Of somebody who has used it for a while. */
export function ownPeople(nowMs: number): PersonalDocument {
  const by = { terminalId, nowMs };
  let document = emptyDocument;
  for (const [userId, fields] of written) {
    const name = names.get(userId) ?? userId;
    document = changePerson(document, UserId.parse(userId), { name, ...fields }, by);
  }
  const groupId = GroupId.parse("BBBBBBBBBBBBBBBBBBBBBA");
  document = nameGroup(document, groupId, "Choir", by);
  for (const userId of ["dora", "xiaoming", "bob"])
    document = putInGroup(document, UserId.parse(userId), groupId, true, by);
  const [head, ownHead] = [new Uint8Array(32), new Uint8Array(32)];
  const comparedHeads = { atMs: nowMs - 40 * 24 * hourMs, head, ownHead };
  document = changePerson(document, UserId.parse("bob"), { comparedHeads }, by);
  return pastCalls(nowMs).reduce(addCall, document);
}

export function pastCalls(nowMs: number): readonly AddedCall[] {
  const past = (
    number: number,
    hours: number,
    call: Partial<Pick<AddedCall, "direction" | "outcome" | "partMs">>,
    userIds: readonly string[],
    verified: readonly string[] = userIds,
  ): AddedCall => ({
    callId: CallId.parse(`${String.fromCodePoint(65 + number).repeat(21)}A`),
    startedAtMs: nowMs - hours * hourMs,
    partMs: 0,
    direction: "in",
    outcome: "talked",
    ...call,
    userIds: userIds.map((userId) => UserId.parse(userId)),
    verified: verified.map((userId) => UserId.parse(userId)),
  });
  return [
    past(0, 1, { partMs: 754_000, direction: "out" }, ["bob", "carol"], ["bob"]),
    past(1, 2, { outcome: "missed" }, ["ivan"]),
    past(2, 5, { outcome: "unanswered", direction: "out" }, ["dora"], []),
    past(3, 26, { outcome: "declined" }, ["bob"]),
    past(4, 30, { outcome: "declined", direction: "out" }, ["henri"], []),
    past(5, 50, { partMs: 61_000 }, ["bob"]),
    past(6, 51, { partMs: 3_725_000, direction: "out" }, ["bob", "carol", "dora", "xiaoming", "greta"]),
    past(7, 52, { outcome: "failed", direction: "out" }, ["emil"], []),
    past(8, 53, { outcome: "unanswered" }, ["emil"], []),
    past(9, 54, { partMs: 5_000 }, ["emil"], []),
  ];
}
