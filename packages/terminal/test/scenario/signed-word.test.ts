import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createTerminalKey, verifyBinding } from "@signet/device";
import type { Binding, TerminalKey } from "@signet/device";
import type { CallId, EventBody, ProofIn, Transcript } from "@signet/protocol";

import { isEndSigned, signedAtMs } from "../../src/call/signed-word.ts";
import type { Directory } from "../../src/people/directory.ts";
import { offlineDirectory } from "../support/directory.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const nowMs = Date.now();
const callId = randomId() as CallId;

let ann: TestPerson;
let ben: TestPerson;
let directory: Directory;
let key: TerminalKey;
let binding: ProofIn;

before(async () => {
  [ann, ben] = await Promise.all([person("ann"), person("ben")]);
  directory = offlineDirectory();
  await directory.accept(ann.entry);
  await directory.accept(ben.entry);
  key = await createTerminalKey();
  binding = await boundBy(ben, key);
});

const boundBy = (
  { userId, device, head }: TestPerson,
  terminalKey: TerminalKey,
  issuedAtMs = nowMs,
): Promise<ProofIn> =>
  device.sign({
    purpose: "sign-in",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs,
    serverChallenge: randomBytes(32),
    terminalId: randomId(),
    terminalKey: terminalKey.publicKey,
    expiresAtMs: issuedAtMs + 60_000,
    head,
  });

const left = (change: Partial<Transcript<"leave">> = {}, by = key): Promise<ProofIn> =>
  by.sign({
    purpose: "leave",
    serverOrigin,
    userId: ben.userId,
    deviceId: ben.device.deviceId,
    issuedAtMs: nowMs,
    callId,
    reason: "left",
    ...change,
  });

type Said = EventBody<"call.member">;

const said = (change: Partial<Said>): Said => ({
  callId,
  member: { userId: ben.userId, state: "left" },
  reason: "left",
  binding,
  ...change,
});

const check = (word: Said) => signedAtMs(word, { serverOrigin, directory, nowMs });

test("a leave that a terminal signed for which the person's device vouches is the person's word", async () => {
  assert.equal(await check(said({ proof: await left() })), nowMs);
  const hours = nowMs - 3 * 3_600_000;
  assert.equal(await check(said({ proof: await left({ issuedAtMs: hours }) })), hours, "of any age");
});

test("anything else is the server's word", async () => {
  const proof = await left();
  const stranger = await createTerminalKey();
  const others: readonly [string, Said][] = [
    ["nothing is signed", said({})],
    ["another reason", said({ proof, reason: "deviceRemoved" })],
    ["no reason", { callId, member: { userId: ben.userId, state: "left" }, proof, binding }],
    ["another state", said({ proof, member: { userId: ben.userId, state: "declined" } })],
    ["a state that nobody signs", said({ proof, member: { userId: ben.userId, state: "noAnswer" } })],
    ["another person", said({ proof, member: { userId: ann.userId, state: "left" } })],
    ["somebody unknown", said({ proof, member: { userId: "eve" as never, state: "left" } })],
    ["another call", said({ proof, callId: randomId() as CallId })],
    ["of another call", said({ proof: await left({ callId: randomId() }) })],
    ["another terminal", said({ proof: await left({}, stranger) })],
    [
      "a terminal of somebody else",
      said({ proof: await left({}, stranger), binding: await boundBy(ann, stranger) }),
    ],
    ["no binding", { callId, member: { userId: ben.userId, state: "left" }, reason: "left", proof }],
  ];
  for (const [what, word] of others) assert.equal(await check(word), undefined, what);
});

type Ended = EventBody<"call.ended">;

const ended = async (change: Partial<Transcript<"end">> = {}, by = key): Promise<Ended> => {
  const { userId, device } = ben;
  const common = { serverOrigin, userId, deviceId: device.deviceId, issuedAtMs: nowMs };
  const proof = await by.sign({ purpose: "end", ...common, callId, reason: "ended", ...change });
  return { callId, reason: "ended", proof };
};

/** As ben is in it, who began the call at that terminal. */
async function isSigned(body: Ended, initiatorBinding?: Binding, answeredAtMs = nowMs): Promise<boolean> {
  const by = { initiatorId: ben.userId, initiatorBinding, answeredAtMs };
  return isEndSigned(body, { serverOrigin, directory, nowMs, ...by });
}

test("the end of a call is signed by the terminal that calls, for this call, since they are in it", async () => {
  const known = await directory.person(ben.userId);
  const bound = await verifyBinding(binding, { serverOrigin, person: known.person, nowMs });
  assert.ok(bound.ok);
  const check = (body: Ended) => isSigned(body, bound.binding);
  assert.equal(await check(await ended()), true);
  assert.equal(await check(await ended({ callId: randomId() })), false);
  assert.equal(await check(await ended({}, await createTerminalKey())), false);
  assert.equal(await check({ callId, reason: "ended" }), false);
  const proof = await left();
  assert.equal(await check({ callId, reason: "ended", proof }), false, "a leave ends no call");
  assert.equal(await check(await ended({ issuedAtMs: nowMs - 1 })), false, "they answered since");
  assert.equal(await isSigned(await ended()), false, "nobody vouches for the key");
});

test("or by the terminal to which they moved, whose key comes with what vouches for it", async () => {
  const there = await createTerminalKey();
  const ofThere = await boundBy(ben, there);
  assert.equal(await isSigned({ ...(await ended({}, there)), binding: ofThere }), true);
  const over = await boundBy(ben, there, nowMs - 13 * 3_600_000);
  const cases: readonly [string, Ended][] = [
    ["nothing is signed", { callId, reason: "ended", binding: ofThere }],
    ["by the terminal before", { ...(await ended()), binding: ofThere }],
    ["for another call", { ...(await ended({ callId: randomId() }, there)), binding: ofThere }],
    ["before they moved", { ...(await ended({ issuedAtMs: nowMs - 1 }, there)), binding: ofThere }],
    ["at a terminal of somebody else", { ...(await ended({}, there)), binding: await boundBy(ann, there) }],
    [
      "by somebody else, at their terminal",
      {
        ...(await ended({ userId: ann.userId, deviceId: ann.device.deviceId }, there)),
        binding: await boundBy(ann, there),
      },
    ],
    ["under a binding that is over", { ...(await ended({}, there)), binding: over }],
    ["a leave", { callId, reason: "ended", proof: await left({}, there), binding: ofThere }],
  ];
  for (const [what, body] of cases) assert.equal(await isSigned(body), false, what);
});
