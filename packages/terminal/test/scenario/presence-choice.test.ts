/** What a terminal tells the server of who may see the person, and when; with a scripted server. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { SignetError, UserId } from "@signet/protocol";
import type { ErrorCode, RequestBody } from "@signet/protocol";

import { PresenceChoice } from "../../src/document/presence-choice.ts";
import type { PersonalState } from "../../src/index.ts";
import type { Session } from "../../src/session/session.ts";

const person = (userId: string) => ({ userId: UserId.parse(userId), groupIds: [] });

function open(features: readonly string[] = ["presenceChoice"]) {
  const told: RequestBody<"presence.choose">[] = [];
  const script: { fails?: ErrorCode } = {};
  const request = (_type: string, body: RequestBody<"presence.choose">): Promise<object> => {
    told.push(body);
    return script.fails === undefined ? Promise.resolve({}) : Promise.reject(new SignetError(script.fails));
  };
  const session = { server: { features }, link: { request } } as unknown as Session;
  let changes = 0;
  const choice = new PresenceChoice(session, () => (changes += 1));
  const follow = async (
    settings: PersonalState["settings"],
    carrying: PersonalState["carrying"] = { status: "carried" },
    people = ["ben"],
  ): Promise<RequestBody<"presence.choose">[]> => {
    choice.follow({ settings, carrying, people: people.map(person) });
    await new Promise((resolve) => setImmediate(resolve));
    return told.splice(0);
  };
  return { changes: () => changes, choice, follow, script };
}

test("what was chosen is told once it is known, once for each sign-in and change; who chose nothing tells nothing, and the list goes only where it is for it", async () => {
  const { changes, choice, follow } = open();
  assert.deepEqual(await follow({}), []);
  assert.deepEqual(await follow({ presenceFor: "nobody" }, { status: "pending" }), []);
  const nobody = { who: "nobody", userIds: [], doNotDisturb: false };
  assert.deepEqual(await follow({ presenceFor: "nobody" }), [nobody]);
  assert.deepEqual(await follow({ presenceFor: "nobody" }, undefined, ["ben", "cleo"]), []);
  const people = { who: "people", userIds: ["ben", "cleo"], doNotDisturb: true };
  const both = { presenceFor: "people", doNotDisturb: true } as const;
  assert.deepEqual(await follow(both, undefined, ["ben", "cleo"]), [people]);
  assert.deepEqual(await follow(both), [{ ...people, userIds: ["ben"] }]);
  assert.deepEqual(await follow({ doNotDisturb: true }), [
    { who: "everybody", userIds: [], doNotDisturb: true },
  ]);
  choice.signedOut();
  // Kept at each terminal alone, it is what the person chose here.
  const alone = { status: "keptHere", code: "document.notOffered" } as const;
  assert.deepEqual(await follow({ presenceFor: "everybody" }, alone), [{ ...nobody, who: "everybody" }]);
  assert.deepEqual([choice.state, changes()], [{}, 0]);
});

test("a terminal that does not have what the others chose shows the person to nobody to whom they may hide: it tells nothing but that they hide, and says why", async () => {
  const { choice, follow } = open();
  const unopened = { status: "keptHere", code: "document.otherKey" } as const;
  for (const settings of [
    { presenceFor: "everybody" },
    { presenceFor: "people" },
    { doNotDisturb: true },
  ] as const) {
    assert.deepEqual(await follow(settings, unopened), []);
    assert.deepEqual(choice.state, { presenceUntold: "document.otherKey" });
  }
  const nobody = { who: "nobody", userIds: [], doNotDisturb: false };
  assert.deepEqual(await follow({ presenceFor: "nobody" }, unopened), [nobody]);
  assert.deepEqual(choice.state, {});
  await follow({ presenceFor: "everybody" }, unopened);
  // Once it has what the others have, that counts, the very same as before too.
  assert.deepEqual(await follow({ presenceFor: "nobody" }), [nobody]);
});

test("where the server does not know it, that is said: one of before, one that refuses; a lost connection is tried anew", async () => {
  const before = open([]);
  assert.deepEqual(await before.follow({ presenceFor: "everybody", doNotDisturb: true }), []);
  assert.deepEqual(before.choice.state, {});
  assert.deepEqual(await before.follow({ presenceFor: "nobody" }), []);
  assert.deepEqual([before.choice.state, before.changes()], [{ presenceUntold: "presence.off" }, 1]);
  await before.follow({ presenceFor: "everybody" });
  assert.deepEqual(before.choice.state, {});

  const { choice, follow, script } = open();
  script.fails = "protocol.askedTooMuch";
  assert.equal((await follow({ presenceFor: "nobody" })).length, 1);
  assert.deepEqual(choice.state, { presenceUntold: "protocol.askedTooMuch" });
  script.fails = "connection.lost";
  await follow({ presenceFor: "people" });
  delete script.fails;
  assert.equal((await follow({ presenceFor: "people" })).length, 1);
  assert.deepEqual(choice.state, {});
});
