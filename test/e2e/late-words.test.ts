/** What is said about resolutions while somebody comes into a call, or back into it, is theirs as well, in whatever order it all arrives. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import type { EventBody } from "@signet/protocol";
import type { ShownResolution } from "@signet/terminal";

import { agree, agreeOn, answer, callAll, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

const shownAt = ({ terminal }: Deceived): readonly ShownResolution[] =>
  terminal.state.call?.resolutions?.shown ?? [];

const shows = (person: Deceived, text: string, approvedBy: readonly Deceived[] = []): Promise<unknown> =>
  person.until(
    () =>
      shownAt(person).some(
        (one) => one.whole === text && approvedBy.every(({ userId }) => one.approvedBy.includes(userId)),
      ),
    `shown "${text}", approved by ${approvedBy.length}`,
  );

const propose = ({ terminal }: Deceived, text: string): Promise<string> =>
  terminal.resolutions.propose({ type: "text", text }, { type: "all" });

async function approve(person: Deceived, text: string): Promise<void> {
  await shows(person, text);
  const { id, whole } = shownAt(person).find((one) => one.whole === text)!;
  await person.terminal.resolutions.decide(id, "approve", whole);
}

function nobodyMisses(...people: readonly Deceived[]): void {
  for (const { terminal, userId } of people)
    assert.deepEqual(terminal.state.call?.resolutions?.troubles ?? [], [], userId);
}

/** What did not go through comes with the next connection. */
async function reconnect({ server, terminal, until }: Deceived): Promise<void> {
  server.repent();
  server.cut();
  await until(({ connection }) => connection.status !== "online", "offline");
  terminal.retryNow();
}

let calls = 0;

/** Two in a call; it rings at a third. */
async function twoAndOne(): Promise<readonly [Deceived, Deceived, Deceived]> {
  calls += 1;
  const people = await scene.people(`ann${calls}`, `ben${calls}`, `cleo${calls}`);
  const [ann, ben, cleo] = people;
  await ann.terminal.call([ben.userId, cleo.userId]);
  await answer(ben);
  await agree(ann, ben);
  return people;
}

test("who comes in before the proposer knows that the proposal was said is shown it", async () => {
  const [ann, ben, cleo] = await twoAndOne();
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  ann.server.answerLater("call.say", async (body) => {
    ann.server.send("call.say", body);
    await told;
    return { number: 1, unread: [] };
  });
  const proposed = propose(ann, "Said, and not known to be");
  await shows(ben, "Said, and not known to be");
  await answer(cleo);
  await agree(ann, ben, cleo);
  assert.deepEqual([shownAt(ann), shownAt(cleo)], [[], []]);
  ann.server.repent();
  tell();
  await proposed;
  await shows(cleo, "Said, and not known to be");
  nobodyMisses(ann, ben, cleo);
});

test("what is approved in an epoch that is over when it is said counts at those who came since, too", async () => {
  const [ann, ben, cleo] = await twoAndOne();
  await propose(ann, "Approved meanwhile");
  const held: EventBody<"call.committed">[] = [];
  ben.server.onEvent("call.committed", (committed) => {
    held.push(committed);
    return [];
  });
  await answer(cleo);
  await agreeOn([ann, ben, cleo], [ann, cleo]);
  await shows(cleo, "Approved meanwhile");
  const approved = approve(ben, "Approved meanwhile");
  await shows(cleo, "Approved meanwhile", [ben]);
  ben.server.repent();
  for (const body of held) ben.server.inject({ type: "call.committed", body });
  await approved;
  await agree(ann, ben, cleo);
  nobodyMisses(ann, ben, cleo);
});

test("what is approved before a newcomer is shown the resolution counts there, and nothing is told as unknown", async () => {
  const [ann, ben, cleo] = await twoAndOne();
  await propose(ann, "Approved at once");
  ann.server.onRequest("call.say", () => []);
  await answer(cleo);
  await agree(ann, ben, cleo);
  await approve(ben, "Approved at once");
  await cleo.until(
    ({ call }) => call?.resolutions?.troubles.some(({ code }) => code === "resolution.unknown") === true,
    "an approval of what is not known",
  );
  await shows(ann, "Approved at once", [ben]);
  assert.deepEqual(shownAt(cleo), []);
  await reconnect(ann);
  await shows(cleo, "Approved at once", [ben]);
  nobodyMisses(ann, ben, cleo);
});

test("where the one who is to show it goes, another does", async () => {
  const [ann, ben, cleo] = await twoAndOne();
  await propose(ben, "By who goes");
  await shows(ann, "By who goes");
  ben.server.onRequest("call.say", () => []);
  await answer(cleo);
  await agree(ann, ben, cleo);
  assert.deepEqual(shownAt(cleo), []);
  await ben.terminal.leave();
  await shows(cleo, "By who goes");
  await agree(ann, cleo);
  nobodyMisses(ann, cleo);
});

test("who comes back with the same key is shown what was said while they were away, and is told of nothing that is missing", async () => {
  const [ann, ben, cleo, dan] = await scene.people("ann", "ben", "cleo", "dan");
  await callAll(ann, ben, cleo, dan);
  await propose(ann, "Before");
  await shows(ben, "Before");
  // Ben cannot read a Commit, and is given nothing by which to come back for a while.
  let isBroken = false;
  ben.server.onEvent("call.committed", (commit) => {
    const broken = isBroken ? commit : { ...commit, commit: new Uint8Array(randomBytes(300)) };
    isBroken = true;
    return [broken];
  });
  ben.server.answer("call.groupInfo", () => undefined);
  const asks = ben.server.next("call.groupInfo");
  await dan.terminal.leave();
  await asks;
  await agreeOn([ann, ben, cleo], [ann, cleo]);
  await propose(ann, "Meanwhile");
  await approve(ann, "Before");
  await reconnect(ben);
  await shows(ben, "Meanwhile");
  await shows(ben, "Before", [ann]);
  assert.ok(ben.server.requests.some(({ type }) => type === "call.rejoin"));
  await agree(ann, ben, cleo);
  await propose(ann, "Afterwards");
  await shows(ben, "Afterwards");
  await approve(ben, "Meanwhile");
  await shows(ann, "Meanwhile", [ben]);
  nobodyMisses(ann, ben, cleo);
});
