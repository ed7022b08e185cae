/** Those in a call approve or reject with their devices what somebody puts to them; each terminal works out from the signatures alone what came of it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { parseRecord, verifyFile } from "@signet/record";
import type { ShownResolution } from "@signet/terminal";

import type { Headless } from "./support/headless.ts";
import { agree, answer, callAll, sceneWithServer } from "./support/scene.ts";

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

test("n of those present; rejected when not enough can approve any more; withdrawn by who proposed it; open when the call ends", async () => {
  const [dan, eva, fay] = await scene.people("dan", "eva", "fay");
  await callAll(dan, eva, fay);
  const propose = (text: string) =>
    eva.terminal.resolutions.propose({ type: "text", text }, { type: "some", needed: 2 });
  await propose("Two of us");
  await decide(dan, 1, "reject");
  await decide(fay, 1, "approve");
  await decide(eva, 1, "approve");
  const adopted = await seen(dan, 1, "adopted", inState("adopted"));
  assert.deepEqual([adopted.approvedBy, adopted.rejectedBy], [["fay", "eva"], ["dan"]]);
  await propose("Not this");
  await decide(dan, 2, "reject");
  await decide(fay, 2, "reject");
  await seen(eva, 2, "rejected", inState("rejected"));
  await assert.rejects(decide(eva, 2, "approve"), { code: "resolution.closed" });
  const third = await propose("Never mind");
  await seen(dan, 3, "proposed");
  await eva.terminal.resolutions.withdraw(third);
  await seen(fay, 3, "withdrawn", inState("withdrawn"));
  await assert.rejects(eva.terminal.resolutions.propose({ type: "text", text: " " }, { type: "all" }), {
    code: "resolution.badText",
  });
  for (const needed of [0, 4, 1.5])
    await assert.rejects(
      eva.terminal.resolutions.propose({ type: "text", text: "x" }, { type: "some", needed }),
      {
        code: "resolution.badRule",
      },
    );
  await propose("Too late");
  await seen(fay, 4, "proposed");
  await dan.terminal.endForAll();
  for (const person of [dan, eva, fay]) {
    await person.until(({ call }) => call?.phase === "ended", "the end");
    assert.deepEqual(
      shownAt(person).map(({ state }) => state),
      ["adopted", "rejected", "withdrawn", "lapsed"],
    );
  }
  await assert.rejects(decide(fay, 4, "approve"), { code: "call.notMember" });
  const text = (await fay.terminal.resolutions.saved())!;
  const verified = await verifyFile(text);
  assert.ok(verified.kind === "record", JSON.stringify(verified));
  const saved = parseRecord(text);
  assert.ok(saved.ok);
  const { epochs, people, resolutions, server } = saved.record;
  assert.deepEqual(
    resolutions.map(({ said }) => said.length),
    [3, 2, 1, 0],
  );
  assert.deepEqual(
    people.map(({ entry }) => entry.userId),
    ["dan", "eva", "fay"],
  );
  assert.deepEqual([epochs, server], [[], []]);
});

test("what was not shown whole is not signed; a file is its name, size and SHA-256", async () => {
  const [gus, hal] = await scene.people("gus", "hal");
  await callAll(gus, hal);
  const sha256 = new Uint8Array(32).fill(0xab);
  await gus.terminal.resolutions.propose(
    { type: "file", name: "contract.pdf", sha256, sizeBytes: 12_345 },
    { type: "named", userIds: [hal.userId] },
  );
  const { id, whole } = await seen(hal, 1, "the file");
  assert.equal(whole, `contract.pdf\n12345\n${"ab".repeat(32)}`);
  for (const less of ["", whole.slice(0, -1), `${whole} `, "contract.pdf"])
    await assert.rejects(hal.terminal.resolutions.decide(id, "approve", less), {
      code: "resolution.notShown",
    });
  await assert.rejects(hal.terminal.resolutions.decide("unknown", "approve", whole), {
    code: "resolution.unknown",
  });
  await assert.rejects(gus.terminal.resolutions.decide(id, "approve", whole), {
    code: "resolution.notAsked",
  });
  const both = await Promise.allSettled([
    hal.terminal.resolutions.decide(id, "approve", whole),
    hal.terminal.resolutions.decide(id, "reject", whole),
  ]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ["fulfilled", "rejected"],
    "one touch at a time",
  );
  await seen(gus, 1, "adopted", inState("adopted"));
  await gus.terminal.endForAll();
});

test("who comes in later, or back at another terminal, is shown what is open and decided, and verifies it", async () => {
  const [ida, joe, kim] = await scene.people("ida", "joe", "kim");
  await ida.terminal.call([joe.userId, kim.userId]);
  await answer(joe);
  await agree(ida, joe);
  await ida.terminal.resolutions.propose({ type: "text", text: "Decided" }, { type: "all" });
  await decide(joe, 1, "approve");
  await decide(ida, 1, "approve");
  await joe.terminal.resolutions.propose({ type: "text", text: "Open" }, { type: "all" });
  await decide(joe, 2, "approve");
  await seen(ida, 2, "half", ({ approvedBy }) => approvedBy.length === 1);
  await answer(kim);
  await agree(ida, joe, kim);
  const decided = await seen(kim, 1, "what was decided", inState("adopted"));
  assert.deepEqual(
    [decided.rule.userIds, decided.approvedBy],
    [
      ["ida", "joe"],
      ["joe", "ida"],
    ],
  );
  const open = await seen(kim, 2, "what is open", ({ approvedBy }) => approvedBy.length === 1);
  assert.deepEqual([open.proposer, open.missing, open.mayDecide], ["joe", ["ida"], false]);
  await assert.rejects(decide(kim, 2, "approve"), { code: "resolution.notAsked" });
  // The one who proposed it goes: the others have it, and so has who comes back.
  await joe.terminal.leave();
  await agree(ida, kim);
  await decide(ida, 2, "approve");
  await seen(kim, 2, "adopted without its proposer", inState("adopted"));
  joe.terminal.dismissCall();
  const { joinable } = await joe.until((state) => state.joinable.length > 0, "a way back");
  await joe.terminal.answer(joinable[0]!.callId);
  await agree(ida, joe, kim);
  await seen(joe, 2, "adopted", inState("adopted"));
  await seen(joe, 1, "adopted", inState("adopted"));
  for (const person of [ida, joe, kim])
    assert.deepEqual(person.terminal.state.call?.resolutions?.troubles, [], person.userId);
  await ida.terminal.endForAll();
});
