/** What those in a call say to each other: whatever a server or a member does to it, nobody is shown as having said or approved what they did not. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256 } from "@signet/device";
import { noWordSeen } from "@signet/e2ee";
import type { WordEpoch } from "@signet/e2ee";
import {
  encodeFields,
  encodeProof,
  encodeResolution,
  fromBase64Url,
  sortedPeople,
  u64,
} from "@signet/protocol";
import type { Bytes, EventBody, Resolution, Transcript, UserId } from "@signet/protocol";
import type { ShownResolution } from "@signet/terminal";

import { newDevice } from "./support/forgery.ts";
import type { Rogue } from "./support/rogue.ts";
import { answer, callAll, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

const shownAt = ({ terminal }: Deceived): readonly ShownResolution[] =>
  terminal.state.call?.resolutions?.shown ?? [];
const troublesAt = ({ terminal }: Deceived): readonly string[] =>
  (terminal.state.call?.resolutions?.troubles ?? []).map(({ code, userId }) =>
    `${code} ${userId ?? ""}`.trim(),
  );

const textsAt = (person: Deceived): readonly string[] => shownAt(person).map(({ whole }) => whole);

const propose = ({ terminal }: Deceived, text: string): Promise<string> =>
  terminal.resolutions.propose({ type: "text", text }, { type: "all" });

const until = async (person: Deceived, what: string, test: () => boolean): Promise<void> =>
  void (await person.until(test, what));
const shows = (person: Deceived, text: string): Promise<void> =>
  until(person, `shown "${text}"`, () => textsAt(person).includes(text));
const isTold = (person: Deceived, trouble: string): Promise<void> =>
  until(person, `told ${trouble}`, () => troublesAt(person).includes(trouble));

let calls = 0;

/** A call of three, each behind a server of their own that can lie. */
async function three(): Promise<readonly [Deceived, Deceived, Deceived]> {
  calls += 1;
  const people = await scene.people(`ann${calls}`, `ben${calls}`, `cleo${calls}`);
  await callAll(...people);
  return people;
}

type Said = EventBody<"call.said">;

test("a word that the server repeats, also as another one, is one", async () => {
  const [ann, ben] = await three();
  ben.server.onEvent("call.said", (said) => [said, said, { ...said, number: said.number + 1 }]);
  await propose(ann, "Once");
  await shows(ben, "Once");
  ben.server.repent();
  ben.server.onEvent("call.said", (said) => [{ ...said, number: said.number + 1 }]);
  await propose(ann, "Twice");
  await shows(ben, "Twice");
  assert.deepEqual(textsAt(ben), ["Once", "Twice"]);
});

test("what the server leaves out is told as missing: by its own numbers, and by the sender's where it renumbers", async () => {
  const [ann, ben, cleo] = await three();
  ben.server.onEvent("call.said", () => []);
  await propose(ann, "First");
  await shows(cleo, "First");
  ben.server.repent();
  cleo.server.onEvent("call.said", () => []);
  await propose(ann, "Second");
  await shows(ben, "Second");
  await isTold(ben, "word.gap");
  cleo.server.repent();
  cleo.server.onEvent("call.said", (said) => [{ ...said, number: said.number - 1 }]);
  await propose(ann, "Third");
  await isTold(cleo, `word.gap ${ann.userId}`);
  assert.ok(!troublesAt(cleo).includes("word.gap"), "its numbers have no gap");
  assert.deepEqual(textsAt(ben).includes("First"), false);
});

test("the first word that is left out is told, too", async () => {
  const [ann, ben] = await three();
  ann.server.onEvent("call.said", () => []);
  await propose(ben, "First");
  ann.server.repent();
  ann.server.onEvent("call.said", (said) => [{ ...said, number: said.number - 1 }]);
  await propose(ben, "Second");
  await isTold(ann, `word.gap ${ben.userId}`);
});

test("another order than the others have is found with the next word of one who has theirs", async () => {
  const [ann, ben, cleo] = await three();
  const held: Said[] = [];
  cleo.server.onEvent("call.said", (said) => {
    held.push(said);
    const [first, second] = held;
    if (first === undefined || second === undefined) return [];
    return held.length > 2
      ? [said]
      : [
          { ...second, number: 1 },
          { ...first, number: 2 },
        ];
  });
  await propose(ann, "Pay");
  await shows(ben, "Pay");
  await propose(ben, "Do not pay");
  await until(cleo, "both", () => shownAt(cleo).length === 2);
  await shows(ann, "Do not pay");
  await propose(ann, "Third");
  await until(cleo, "told", () => troublesAt(cleo).some((trouble) => trouble.startsWith("word.otherOrder")));
  assert.deepEqual(troublesAt(ben), []);
});

test("a word that the server puts in another's name, or changes, is not read", async () => {
  const [ann, ben, cleo] = await three();
  const leafOf = (said: Said, leaf: number): Said => {
    const sealed = Uint8Array.from(said.sealed);
    // Fields: epoch, leaf, counter, ciphertext; each with its length.
    sealed.set(u64(leaf), 4 + 8 + 4);
    return { ...said, sealed };
  };
  ben.server.onEvent("call.said", (said) => [leafOf(said, 2)]);
  await propose(ann, "As somebody else");
  await isTold(ben, "word.unreadable");
  assert.deepEqual(shownAt(ben), []);
  await shows(cleo, "As somebody else");
});

test("a word that was on its way when the connection broke is said once", async () => {
  const [ann, ben] = await three();
  ann.server.onReply("call.say", () => {
    ann.server.repent();
    ann.server.cut();
    return [];
  });
  await propose(ann, "Over a bad network");
  await propose(ann, "And another");
  await shows(ben, "And another");
  assert.deepEqual(textsAt(ben), ["Over a bad network", "And another"]);
  assert.deepEqual([troublesAt(ann), troublesAt(ben)], [[], []]);
});

test("who was away is given what was said meanwhile", async () => {
  const [ann, ben] = await three();
  ben.server.isDown = true;
  ben.server.cut();
  await ben.until(({ connection }) => connection.status !== "online", "offline");
  await propose(ann, "Meanwhile");
  ben.server.isDown = false;
  ben.terminal.retryNow();
  await shows(ben, "Meanwhile");
  assert.deepEqual(troublesAt(ben), []);
});

/** A call of a rogue with two others. */
async function withRogue(): Promise<{
  readonly rogue: Rogue;
  readonly eva: Deceived;
  readonly fred: Deceived;
}> {
  calls += 1;
  const rogue = await scene.rogue(`rita${calls}`);
  const [eva, fred] = await scene.people(`eva${calls}`, `fred${calls}`);
  await rogue.call([eva.userId, fred.userId]);
  for (const person of [eva, fred]) {
    await person.until(rings, "ringing");
    await answer(person);
  }
  const isThere = ({ call }: Deceived["terminal"]["state"]) =>
    call?.phase === "active" && call.participants.every(({ state }) => state === "joined");
  for (const person of [eva, fred]) await person.until(isThere, "all in the group");
  return { rogue, eva, fred };
}

type RogueWords = Awaited<ReturnType<Rogue["words"]>>;

const sealWord = (
  { epoch, sealer }: RogueWords,
  counter: number,
  kind: string,
  contents: Bytes,
): Promise<Bytes> => sealer.seal(epoch, counter, { kind, contents, seen: noWordSeen });

/** What the rogue proposes, as it is proposed. */
async function proposal(
  rogue: Rogue,
  words: RogueWords,
  people: readonly UserId[],
  over: Partial<Resolution> = {},
): Promise<{ readonly resolution: Resolution; readonly digest: Bytes; readonly contents: Bytes }> {
  const { callId, callProofDigest, serverOrigin } = words.ofCall;
  const userIds = sortedPeople(people);
  const resolution: Resolution = {
    serverOrigin,
    callId,
    callProofDigest,
    proposer: rogue.userId,
    number: 1,
    epoch: words.epoch.epoch,
    rule: { type: "all", userIds, needed: userIds.length },
    subject: { type: "text", text: "Pay Acme" },
    ...over,
  };
  const digest = await sha256(encodeResolution(resolution));
  const stated = { number: resolution.number, resolutionDigest: digest };
  const proof = await words.terminalKey.sign({ purpose: "propose", ...words.ofCall, ...stated });
  const signed = encodeFields([encodeProof(proof), encodeProof(rogue.registered!)]);
  return { resolution, digest, contents: encodeFields([encodeResolution(resolution), signed]) };
}

test("a member cannot say anything in another's name, nor propose for others than there are, nor two things under one number", async () => {
  const { rogue, eva, fred } = await withRogue();
  const words = await rogue.words();
  const all = [rogue.userId, eva.userId, fred.userId];
  const made = await proposal(rogue, words, all);
  const leaf = [...words.epoch.senders.values()].find(({ userId }) => userId === fred.userId)!.leaf;
  const asFred: WordEpoch = { ...words.epoch, ownLeaf: leaf };
  await rogue.say(
    await sealWord({ ...(await rogue.words()), epoch: asFred }, 0, "resolution.propose", made.contents),
  );
  await isTold(eva, "word.notSigned");
  assert.deepEqual(shownAt(eva), []);

  let counter = 0;
  const say = async (kind: string, contents: Bytes): Promise<void> =>
    rogue.say(await sealWord(words, counter++, kind, contents));
  const refused = async (code: string): Promise<void> => {
    for (const person of [eva, fred]) await isTold(person, `${code} ${rogue.userId}`);
    assert.deepEqual(shownAt(eva), []);
  };
  await say("resolution.propose", (await proposal(rogue, words, [rogue.userId, eva.userId])).contents);
  await refused("resolution.otherPeople");
  await say(
    "resolution.propose",
    (await proposal(rogue, words, all, { callProofDigest: new Uint8Array(32) })).contents,
  );
  await refused("resolution.otherCall");
  await say("resolution.propose", (await proposal(rogue, words, all, { proposer: eva.userId })).contents);
  await refused("resolution.otherPerson");
  await say("resolution.propose", made.contents.slice(0, -1));
  await refused("resolution.malformed");
  // Of a signature for one text another text.
  const other = encodeResolution({ ...made.resolution, subject: { type: "text", text: "Pay more" } });
  const first = encodeResolution(made.resolution);
  await say("resolution.propose", encodeFields([other, made.contents.slice(4 + first.length + 4)]));
  await refused("resolution.otherText");

  await say("resolution.propose", made.contents);
  for (const person of [eva, fred]) await shows(person, "Pay Acme");
  const second = await proposal(rogue, words, all, { subject: { type: "text", text: "Pay more" } });
  await say("resolution.propose", second.contents);
  for (const person of [eva, fred]) await isTold(person, `resolution.numberTaken ${rogue.userId}`);
  assert.deepEqual(textsAt(eva), ["Pay Acme"]);
  // Words of a kind that nobody knows yet are passed over.
  await say("message.text", made.contents);
});

test("an approval for another call, number, text, decision or person, by another device, or of who is not asked does not count", async () => {
  const { rogue, eva, fred } = await withRogue();
  const words = await rogue.words();
  const id = await eva.terminal.resolutions.propose(
    { type: "text", text: "Pay Acme" },
    { type: "named", userIds: [rogue.userId, eva.userId] },
  );
  const only = await eva.terminal.resolutions.propose(
    { type: "text", text: "Between us" },
    { type: "named", userIds: [eva.userId, fred.userId] },
  );
  await until(fred, "both", () => shownAt(fred).length === 2);
  const digest = fromBase64Url(id)!;
  const approval = {
    purpose: "approve",
    ...words.ofCall,
    head: words.head,
    number: 1,
    resolutionDigest: digest,
    decision: "approve",
  } satisfies Transcript<"approve">;
  let counter = 0;
  const say = async (over: Partial<Transcript<"approve">>, device = rogue.device): Promise<void> => {
    const proof = await device.sign({ ...approval, ...over });
    const contents = encodeFields([encodeFields([encodeProof(proof)])]);
    await rogue.say(await sealWord(words, counter++, "resolution.say", contents));
  };
  const refused = async (code: string): Promise<void> => {
    for (const person of [eva, fred]) await isTold(person, `${code} ${rogue.userId}`);
    for (const person of [eva, fred])
      for (const { approvedBy, rejectedBy } of shownAt(person))
        assert.deepEqual([...approvedBy, ...rejectedBy], []);
  };
  await say({ callId: "AAAAAAAAAAAAAAAAAAAAAA" });
  await refused("proof.call");
  await say({ number: 2 });
  await refused("resolution.otherText");
  await say({ number: 9, resolutionDigest: new Uint8Array(32) });
  await refused("resolution.unknown");
  await say({ decision: "maybe" });
  await refused("resolution.malformed");
  await say({ userId: fred.userId });
  await refused("resolution.otherPerson");
  const stranger = await newDevice();
  await say({ deviceId: stranger.deviceId }, stranger);
  await refused("history.deviceUnknown");
  await say({}, stranger);
  await refused("proof.signature");
  await say({ issuedAtMs: words.ofCall.issuedAtMs - 600_000 });
  await refused("proof.time");
  await say({ number: 2, resolutionDigest: fromBase64Url(only)! });
  await refused("resolution.notAsked");
  const withdrawal = await words.terminalKey.sign({
    purpose: "withdraw",
    ...words.ofCall,
    number: 1,
    resolutionDigest: digest,
  });
  const taken = encodeFields([encodeFields([encodeProof(withdrawal), encodeProof(rogue.registered!)])]);
  await rogue.say(await sealWord(words, counter++, "resolution.say", taken));
  await refused("resolution.notProposer");

  await say({});
  await until(fred, "the approval", () => shownAt(fred)[0]?.approvedBy.length === 1);
  await say({ decision: "reject" });
  for (const person of [eva, fred]) await isTold(person, `resolution.decided ${rogue.userId}`);
  assert.deepEqual(shownAt(fred)[0]?.approvedBy, [rogue.userId]);
  const [{ whole } = { whole: "" }] = shownAt(eva);
  await eva.terminal.resolutions.decide(id, "approve", whole);
  for (const person of [eva, fred])
    await until(person, "adopted", () => shownAt(person)[0]?.state === "adopted");
});

test("who is shown another text than the others, by member and server together, is found to have approved another one", async () => {
  const { rogue, eva, fred } = await withRogue();
  const words = await rogue.words();
  const all = [rogue.userId, eva.userId, fred.userId];
  const shown = await proposal(rogue, words, all);
  const hidden = await proposal(rogue, words, all, { subject: { type: "text", text: "Pay Mallory" } });
  const forFred = await sealWord(await rogue.words(), 0, "resolution.propose", hidden.contents);
  fred.server.onEvent("call.said", (said) => [said.number === 1 ? { ...said, sealed: forFred } : said]);
  await rogue.say(await sealWord(words, 0, "resolution.propose", shown.contents));
  await shows(eva, "Pay Acme");
  await shows(fred, "Pay Mallory");
  const [one] = shownAt(eva);
  await eva.terminal.resolutions.decide(one!.id, "approve", one!.whole);
  await isTold(fred, `resolution.otherText ${eva.userId}`);
  await isTold(fred, `word.otherOrder ${eva.userId}`);
  assert.deepEqual(shownAt(fred)[0]?.approvedBy, []);
});

test("what somebody is said to have approved and did not sign speaks neither against them nor against the server", async () => {
  const { rogue, eva, fred } = await withRogue();
  const words = await rogue.words();
  const made = await proposal(rogue, words, [rogue.userId, eva.userId, fred.userId]);
  let counter = 0;
  await rogue.say(await sealWord(words, counter++, "resolution.propose", made.contents));
  await shows(fred, "Pay Acme");
  const { session } = eva.terminal.state;
  assert.ok(session.status === "signedIn");
  const { deviceId } = session.device;
  const proof = await rogue.device.sign({
    purpose: "approve",
    ...words.ofCall,
    userId: eva.userId,
    deviceId,
    issuedAtMs: words.ofCall.issuedAtMs + 1,
    head: new Uint8Array(32),
    number: 1,
    resolutionDigest: made.digest,
    decision: "approve",
  });
  const said = encodeFields([encodeFields([encodeProof(proof)])]);
  const again = new Uint8Array([...made.contents, ...said]);
  await rogue.say(await sealWord(words, counter++, "resolution.again", again));
  await isTold(fred, `proof.signature ${rogue.userId}`);
  assert.deepEqual(fred.terminal.state.warnings, []);
  assert.deepEqual(shownAt(fred)[0]?.approvedBy, []);
});
