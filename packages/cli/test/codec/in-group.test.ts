/** Who is called by the name of a group: those who are in it, and nobody where it is not clear which one is meant. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { PersonalState } from "@signet/terminal";

import { inGroup } from "../../src/run/in-group.ts";
import { userId } from "../support/states.ts";

type Own = Pick<PersonalState, "groups" | "people">;
type GroupId = Own["groups"][number]["groupId"];

const own = (names: readonly string[], people: Readonly<Record<string, readonly number[]>> = {}): Own => ({
  groups: names.map((name, index) => ({ groupId: `g${index}` as GroupId, name })),
  people: Object.entries(people).map(([id, groups]) => ({
    userId: userId(id),
    groupIds: groups.map((index) => `g${index}` as GroupId),
  })),
});
const all = own(["Choir", "Équipe", "Empty"], { ben: [0], cara: [0, 1], dan: [] });

test("those who are in it, however its letters are written", () => {
  assert.deepEqual(inGroup(all, "Choir"), ["ben", "cara"]);
  assert.deepEqual(inGroup(all, " choir"), ["ben", "cara"]);
  assert.deepEqual(inGroup(all, "E\u0301QUIPE"), ["cara"]);
  // As it is written there counts before what only looks the same.
  assert.deepEqual(inGroup(own(["Team", "team"], { ben: [0], cara: [1] }), "team"), ["cara"]);
});

test("one that there is not, that is empty, or of which there are two calls nobody, and says which there are", () => {
  const refused = (of: Own, name: string, message: RegExp, hint: RegExp): void =>
    assert.throws(() => inGroup(of, name), { exitCode: 2, message, hint });
  refused(all, "Chor", /no group “Chor”/, /“Choir”.*“Équipe”.*“Empty”/);
  refused(own([]), "Choir", /no group/, /in the browser/);
  refused(all, "Empty", /nobody is in your group “Empty”/, /put people into it/);
  refused(own(["Team", "Team"], { ben: [0] }), "Team", /more than one/, /another name/);
  refused(own(["Team", "TEAM"], { ben: [0] }), "team", /more than one/, /another name/);
});
