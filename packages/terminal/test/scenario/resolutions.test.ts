/** What a terminal takes of what is said about resolutions, and how many: with real signatures. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createTerminalKey, sha256 } from "@signet/device";
import { encodeResolution, mostPeople, mostResolutions, UserId } from "@signet/protocol";
import type { Transcript } from "@signet/protocol";

import type { CallContext } from "../../src/call/call-entry.ts";
import type { CallWords, HeardWord } from "../../src/call/call-words.ts";
import { GroupList } from "../../src/call/group-list.ts";
import { CallMemories } from "../../src/call/call-memory.ts";
import { Resolutions } from "../../src/call/resolutions/call-resolutions.ts";
import { decodeProposed, encodeProposed, wordKinds } from "../../src/call/resolutions/resolution-words.ts";
import type { CallResolutions } from "../../src/call/resolutions/resolutions-api.ts";
import { ownSystem } from "../../src/system.ts";
import { callBy, openedList } from "../support/call-lists.ts";
import { offlineDirectory } from "../support/directory.ts";
import { known, person, randomBytes, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

interface Seat {
  readonly resolutions: Resolutions;
  readonly shown: () => CallResolutions | undefined;
  /** Nothing that is said comes here. */
  isDeaf: boolean;
}

const guest = UserId.parse(`~${"a".repeat(26)}`);

/** Ann and Ben, and a guest who says nothing of their own; words are heard by all at once, in one order. */
async function inCall() {
  const [ann, ben] = await Promise.all([person("ann"), person("ben")]);
  const callProof = await callBy(ann, ["ben"]);
  const initiator = await known(ann.entry);
  const held = await openedList(callProof);
  const said: HeardWord[] = [];
  const seats: Seat[] = [];
  const sit = async ({ device, entry, head, userId }: TestPerson): Promise<Seat> => {
    const directory = offlineDirectory();
    for (const one of [ann, ben]) await directory.accept(one.entry);
    const key = await createTerminalKey();
    const { deviceId } = device;
    const common = () => ({ serverOrigin, userId, deviceId, issuedAtMs: Date.now() });
    const binding = await device.sign({
      purpose: "sign-in",
      ...common(),
      serverChallenge: randomBytes(32),
      head,
      terminalId: key.terminalId,
      terminalKey: key.publicKey,
      expiresAtMs: Date.now() + 3_600_000,
    });
    const session = {
      person: { device },
      requirePerson: () => ({ userId, binding, known: { person: entry } }),
      server: { features: ["words"] },
      signWithTerminalKey: (make: (fields: ReturnType<typeof common>) => Transcript) =>
        key.sign(make(common())),
    } as unknown as CallContext["session"];
    const words = {
      epoch: 1,
      membersOf: () => [ann.userId, ben.userId, guest],
      say: async (kind: string, contents: HeardWord["contents"]) => {
        const word = { number: said.length + 1, epoch: 1, userId, isOwn: false, kind, contents };
        said.push(word);
        for (const { isDeaf, resolutions } of seats) if (!isDeaf) await resolutions.hear(word);
      },
    } as unknown as CallWords;
    const environment = { ...ownSystem, nowMs: Date.now } as unknown as CallContext["environment"];
    const memory = new CallMemories().of("call" as never);
    const list = new GroupList(held, { serverOrigin, callProof, directory, memory, nowMs: Date.now });
    const call = { serverOrigin, callProof, initiator, list: held };
    let shown: CallResolutions | undefined;
    const resolutions = new Resolutions({
      context: { session, environment, directory } as unknown as CallContext,
      credentials: { call, list },
      words: () => words,
      onChange: (changed) => (shown = changed),
    });
    const seat = { resolutions, shown: () => shown, isDeaf: false };
    seats.push(seat);
    return seat;
  };
  return { said, first: await sit(ann), second: await sit(ben) };
}

const text = (words: string) => ({ type: "text", text: words }) as const;
const all = { type: "all" } as const;

test("what a guest says about resolutions is refused; what was put to the others they may pass on", async () => {
  const { first, said, second } = await inCall();
  second.isDeaf = true;
  await first.resolutions.propose(text("Pay"), all);
  const [word] = said;
  assert.ok(word !== undefined);
  for (const kind of [wordKinds.propose, wordKinds.say])
    await second.resolutions.hear({ ...word, kind, userId: guest });
  assert.deepEqual(second.shown()?.shown, []);
  assert.ok(
    second.shown()?.troubles.some(({ code, userId }) => code === "resolution.guest" && userId === guest),
  );
  await second.resolutions.hear({ ...word, kind: wordKinds.again, userId: guest });
  const [one] = second.shown()?.shown ?? [];
  assert.deepEqual([one?.proposer, one?.rule.userIds], ["ann", ["ann", "ben"]], "a guest is not counted");
});

test("a decision in a guest's word does not count", async () => {
  const { first, said, second } = await inCall();
  const id = await first.resolutions.propose(text("Pay"), all);
  await first.resolutions.withdraw(id);
  const last = said.at(-1);
  assert.ok(last?.kind === wordKinds.say);
  assert.deepEqual(second.shown()?.troubles, []);
  await second.resolutions.hear({ ...last, userId: guest });
  assert.deepEqual(second.shown()?.troubles, [{ code: "resolution.guest", userId: guest }]);
});

test("nobody is looked up for what somebody shows who was not asked", async () => {
  const { first, said, second } = await inCall();
  await first.resolutions.propose(text("Pay"), all);
  const [word] = said;
  const proposed = word === undefined ? undefined : decodeProposed(word.contents);
  assert.ok(word !== undefined && proposed !== undefined);
  const zoe = await person("zoe");
  const { resolution } = proposed;
  const { callId, callProofDigest, number } = resolution;
  const proof = await zoe.device.sign({
    purpose: "approve",
    serverOrigin,
    userId: zoe.userId,
    deviceId: zoe.device.deviceId,
    issuedAtMs: Date.now(),
    callId,
    callProofDigest,
    number,
    resolutionDigest: await sha256(encodeResolution(resolution)),
    head: zoe.head,
    decision: "approve",
  });
  const contents = encodeProposed({ ...proposed, said: [{ proof }] });
  await second.resolutions.hear({ ...word, kind: wordKinds.again, contents });
  assert.deepEqual(second.shown()?.troubles, [{ code: "resolution.notAsked", userId: "ann" }]);
});

test("a call has so many resolutions and no more: neither of one's own nor of anybody else", async () => {
  const { first, second } = await inCall();
  second.isDeaf = true;
  await first.resolutions.propose(text("The first"), all);
  second.isDeaf = false;
  for (let number = 2; number <= mostResolutions; number++)
    await first.resolutions.propose(text(`Number ${number}`), all);
  assert.equal(first.shown()?.shown.length, 64);
  await assert.rejects(first.resolutions.propose(text("One more"), all), { code: "resolution.tooMany" });
  assert.deepEqual(first.shown()?.troubles, []);
  // Who missed one has room for it still.
  assert.equal(second.shown()?.shown.length, 63);
  await second.resolutions.propose(text("From Ben"), all);
  assert.equal(second.shown()?.shown.length, 64);
  assert.equal(first.shown()?.shown.length, 64);
  assert.deepEqual(first.shown()?.troubles, [{ code: "resolution.tooMany", userId: "ben" }]);
});

test("what nobody would take is not proposed: too long a text or name, too many people, a guest, or more than are there", async () => {
  const { first } = await inCall();
  const { resolutions } = first;
  const file = (name: string) => ({ type: "file", name, sha256: new Uint8Array(32), sizeBytes: 1 }) as const;
  const named = (count: number) => ({
    type: "named" as const,
    userIds: Array.from({ length: count }, (_, i) => UserId.parse(`person${i}`)),
  });
  const some = (needed: number) => ({ type: "some", needed }) as const;
  for (const [subject, rule, code] of [
    [text("x".repeat(4_001)), all, "resolution.badText"],
    [file("x".repeat(256)), all, "resolution.badText"],
    [text("x"), named(mostPeople + 1), "resolution.badRule"],
    [text("x"), named(0), "resolution.badRule"],
    [text("x"), { type: "named", userIds: [UserId.parse("ben"), guest] }, "resolution.badRule"],
    [text("x"), some(0), "resolution.badRule"],
    [text("x"), some(3), "resolution.badRule"],
    [text("x"), some(1.5), "resolution.badRule"],
  ] as const)
    await assert.rejects(resolutions.propose(subject, rule), { code }, JSON.stringify([subject, rule]));
  await resolutions.propose(text("\u{1F600}".repeat(4_000)), named(mostPeople));
  await resolutions.propose(file("x".repeat(255)), some(2));
  assert.deepEqual(
    first.shown()?.shown.map(({ rule }) => [rule.userIds.length, rule.needed]),
    [
      [256, 256],
      [2, 2],
    ],
  );
});
