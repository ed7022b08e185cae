/** Those in a call approve or reject with their devices what somebody puts to them; each terminal works out from the signatures alone what came of it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ShownResolution } from "@signet/terminal";

import type { Headless } from "./support/headless.ts";
import { callAll, sceneWithServer } from "./support/scene.ts";

const scene = sceneWithServer();

const shownAt = ({ terminal }: Pick<Headless, "terminal">): readonly ShownResolution[] =>
  terminal.state.call?.resolutions?.shown ?? [];

/** The resolution of this number as they see it, as soon as `test` holds of it. */
async function seen(
  person: Headless,
  number: number,
  what: string,
  test: (resolution: ShownResolution) => boolean = () => true,
): Promise<ShownResolution> {
  const found = () => shownAt(person).find((one) => one.number === number && test(one));
  await person.until(() => found() !== undefined, what);
  return found()!;
}

const inState = (state: ShownResolution["state"]) => (one: ShownResolution) => one.state === state;

async function decide(person: Headless, number: number, decision: "approve" | "reject"): Promise<void> {
  const { id, whole } = await seen(person, number, "the resolution");
  await person.terminal.resolutions.decide(id, decision, whole);
}

test("a text is put to three, and all see who approved; one person is one, whoever began the call", async () => {
  const [ann, ben, cleo] = await scene.people("ann", "ben", "cleo");
  await callAll(ann, ben, cleo);
  const id = await ann.terminal.resolutions.propose(
    { type: "text", text: "Release 12,000 to Acme\u202e" },
    { type: "all" },
  );
  for (const person of [ann, ben, cleo]) {
    const one = await seen(person, 1, "what was proposed");
    assert.equal(one.id, id);
    assert.equal(one.proposer, "ann");
    assert.equal(one.whole, "Release 12,000 to Acme⟨U+202E⟩");
    assert.deepEqual(one.rule, { type: "all", userIds: ["ann", "ben", "cleo"], needed: 3 });
    assert.equal(one.state, "open");
    assert.deepEqual(one.missing, ["ann", "ben", "cleo"]);
  }
  await decide(ann, 1, "approve");
  await decide(ben, 1, "approve");
  const half = await seen(cleo, 1, "two approvals", ({ approvedBy }) => approvedBy.length === 2);
  assert.deepEqual([half.state, half.missing], ["open", ["cleo"]]);
  await assert.rejects(decide(ann, 1, "approve"), { code: "resolution.decided" });
  await assert.rejects(ben.terminal.resolutions.withdraw(id), { code: "resolution.notProposer" });
  await decide(cleo, 1, "approve");
  for (const person of [ann, ben, cleo]) {
    const one = await seen(person, 1, "adopted", inState("adopted"));
    assert.deepEqual(one.approvedBy, ["ann", "ben", "cleo"]);
    assert.deepEqual([one.mayDecide, one.mayWithdraw], [false, false]);
    assert.deepEqual(person.terminal.state.call?.resolutions?.troubles, []);
  }
  await assert.rejects(ann.terminal.resolutions.withdraw(id), { code: "resolution.closed" });
  await ann.terminal.endForAll();
});
