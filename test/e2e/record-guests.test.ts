/** Who is in a call without a device, or at a terminal that reads no words: what they see and cannot do, and what the record says of them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { parseRecord, verifyFile } from "@signet/record";
import { guestDevices } from "@signet/terminal";
import type { ShownResolution, UserId } from "@signet/terminal";
import type { RunningServer } from "@signet/server";

import { runCommand } from "./support/command-line.ts";
import type { DishonestServer } from "./support/dishonest.ts";
import { inviteGuest } from "./support/guest-link.ts";
import type { Headless } from "./support/headless.ts";
import { Scene, agree, callAll } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
const scene = new Scene(() => server.origin);

before(async () => {
  server = await startTestServer({ guests: true });
});
after(async () => {
  await scene.close();
  await server.close();
});

const shownAt = ({ terminal }: Headless, id: string): ShownResolution | undefined =>
  terminal.state.call?.resolutions?.shown.find((one) => one.id === id);

async function seen(
  person: Headless,
  id: string,
  what: string,
  holds: (one: ShownResolution) => boolean = () => true,
): Promise<ShownResolution> {
  const found = () => {
    const one = shownAt(person, id);
    return one !== undefined && holds(one);
  };
  await person.until(found, what);
  return shownAt(person, id)!;
}

const decide = async (person: Headless, id: string, decision: "approve" | "reject"): Promise<void> =>
  person.terminal.resolutions.decide(id, decision, (await seen(person, id, "the resolution")).whole);

/** Invited by `by`, and let in by `host`. */
async function guestOf(by: Headless, host: Headless, name: string): Promise<Headless> {
  const guest = await scene.visitor("visitor", { environment: { devices: guestDevices() } });
  const { code, done } = await inviteGuest(by);
  const entering = guest.terminal.guests.enter({ code, name });
  const userId = (await done) as UserId;
  await host.until((state) => state.call?.guestsWaiting !== undefined, "a guest at the door");
  await host.terminal.guests.letIn(userId);
  await entering;
  return { ...guest, userId };
}

test("a guest sees what is put to the others and what came of it, and does not count; the record says that they were a guest", async (context) => {
  const [ann, ben] = await scene.people("ann", "ben");
  await callAll(ann, ben);
  ann.terminal.record.keep(true);
  const early = await ben.terminal.resolutions.propose({ type: "text", text: "Before" }, { type: "all" });
  const gus = await guestOf(ben, ann, "Gus");
  await agree(ann, ben, gus);
  await gus.until(({ call }) => call?.record?.keepers.includes(ann.userId) === true, "told of the record");
  await seen(gus, early, "what was proposed before");

  const id = await ann.terminal.resolutions.propose({ type: "text", text: "Pay Acme" }, { type: "all" });
  const one = await seen(gus, id, "what is proposed");
  assert.deepEqual(one.rule, { type: "all", userIds: ["ann", "ben"], needed: 2 }, "the guest is not asked");
  assert.deepEqual([one.mayDecide, one.mayWithdraw, one.approvalSigns], [false, false, undefined]);
  const { resolutions } = gus.terminal;
  for (const decision of ["approve", "reject"] as const)
    await assert.rejects(resolutions.decide(id, decision, one.whole), { code: "resolution.guest" });
  await assert.rejects(resolutions.propose({ type: "text", text: "Pay me" }, { type: "all" }), {
    code: "resolution.guest",
  });
  await assert.rejects(resolutions.withdraw(id), { code: "resolution.notProposer" });
  await assert.rejects(
    ann.terminal.resolutions.propose(
      { type: "text", text: "x" },
      { type: "named", userIds: [ben.userId, gus.userId] },
    ),
    { code: "resolution.badRule" },
  );
  // More than those who have a device cannot approve.
  await assert.rejects(
    ann.terminal.resolutions.propose({ type: "text", text: "x" }, { type: "some", needed: 3 }),
    { code: "resolution.badRule" },
  );
  await decide(ann, id, "approve");
  await decide(ben, id, "approve");
  for (const person of [ann, ben, gus]) {
    const { approvedBy } = await seen(person, id, "adopted", ({ state }) => state === "adopted");
    assert.deepEqual(approvedBy, ["ann", "ben"]);
    assert.deepEqual(person.terminal.state.call?.resolutions?.troubles, []);
  }

  // Both who can sign have signed that the guest was in the group.
  const signed = async (): Promise<string> => {
    for (;;) {
      const text = await ann.terminal.record.save();
      const parsed = parseRecord(text);
      assert.ok(parsed.ok);
      const epoch = ann.terminal.state.call?.epoch;
      if (parsed.record.epochs.some(({ number, words }) => number === epoch && words.length === 2))
        return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await signed();
  await gus.terminal.leave();
  await agree(ann, ben);
  const text = await signed();
  const verified = await verifyFile(text);
  assert.ok(verified.kind === "record", JSON.stringify(verified));
  const { people, resolutions: decided } = verified.report;
  assert.deepEqual(
    people.map(({ guest, stays, userId }) => [
      userId,
      guest,
      stays.map(({ seen: span }) => span?.by.map(({ by }) => by)),
    ]),
    [
      ["ann", undefined, [["ann", "ben"]]],
      ["ben", undefined, [["ann", "ben"]]],
      [gus.userId, { vouchedBy: "ben", letInBy: "ann" }, [["ann", "ben"]]],
    ],
  );
  assert.deepEqual(
    decided.map(({ rule, state }) => [rule.userIds, state]),
    [
      [["ann", "ben"], "open"],
      [["ann", "ben"], "adopted"],
    ],
  );

  const folder = mkdtempSync(join(tmpdir(), "signet-record-guests-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "record.json");
  writeFileSync(file, text);
  const { code, err, out } = await runCommand(["verify", file]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /every signature in this record holds/);
  assert.match(out, /Gus.*not verified, for whom .*ben.* vouched/i);
  assert.match(out, /nobody verified who this is/);
  await ann.terminal.endForAll();
});

/** As a terminal of before there were words, and as its server is to it. */
function withoutWords(between: DishonestServer): void {
  const without = <Named extends { features?: string[] | undefined }>(named: Named): readonly Named[] => [
    { ...named, features: (named.features ?? []).filter((feature) => feature !== "words") },
  ];
  between.onRequest("session.hello", without);
  between.onReply("session.hello", without);
}

test("whose terminal reads no words is named, is asked all the same, and says nothing; with another terminal they are not any more", async () => {
  const [dan, eva] = await scene.people("dan", "eva");
  const fay = await scene.deceived("fay", { lies: withoutWords });
  await callAll(dan, eva, fay);
  const unreadAt = ({ terminal }: Headless) => terminal.state.call?.resolutions?.unread ?? [];
  const id = await dan.terminal.resolutions.propose({ type: "text", text: "Pay" }, { type: "all" });
  for (const person of [dan, eva]) {
    await person.until(() => unreadAt(person).length > 0, "told who reads nothing");
    assert.deepEqual(unreadAt(person), ["fay"]);
  }
  await assert.rejects(fay.terminal.resolutions.propose({ type: "text", text: "x" }, { type: "all" }), {
    code: "word.notOffered",
  });
  assert.equal(shownAt(fay, id), undefined);
  const { rule } = await seen(eva, id, "proposed");
  assert.deepEqual(rule.userIds, ["dan", "eva", "fay"], "who is not told is not left out either");
  await decide(dan, id, "approve");
  await decide(eva, id, "approve");
  const two = await seen(dan, id, "two approvals", ({ approvedBy }) => approvedBy.length === 2);
  assert.deepEqual([two.state, two.missing], ["open", ["fay"]]);

  await fay.terminal.leave();
  await agree(dan, eva);
  await dan.until(() => unreadAt(dan).length === 0, "that nobody is left who reads nothing");
  fay.terminal.dismissCall();
  fay.server.repent();
  fay.server.cut();
  await fay.until(({ connection }) => connection.status !== "online", "offline");
  await fay.until(
    ({ joinable, session }) => session.status === "signedIn" && joinable.length > 0,
    "a way back",
  );
  await fay.terminal.answer(fay.terminal.state.joinable[0]!.callId);
  await agree(dan, eva, fay);
  await decide(fay, id, "approve");
  for (const person of [dan, eva, fay]) {
    await seen(person, id, "adopted", ({ state }) => state === "adopted");
    assert.deepEqual(unreadAt(person), []);
  }
  await dan.terminal.endForAll();
});
