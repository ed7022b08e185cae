import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createTerminalKey, verifyBinding } from "@signet/device";
import type { TerminalKey } from "@signet/device";
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

const boundBy = ({ userId, device, head }: TestPerson, terminalKey: TerminalKey): Promise<ProofIn> =>
  device.sign({
    purpose: "sign-in",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs: nowMs,
    serverChallenge: randomBytes(32),
    terminalId: randomId(),
    terminalKey: terminalKey.publicKey,
    expiresAtMs: nowMs + 60_000,
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

test("the end of a call is signed by the terminal that calls, for this call", async () => {
  const known = await directory.person(ben.userId);
  const bound = await verifyBinding(binding, { serverOrigin, person: known.person, nowMs });
  assert.ok(bound.ok);
  const end = async (change: Partial<Transcript<"end">> = {}, by = key) => {
    const { userId, device } = ben;
    const common = { serverOrigin, userId, deviceId: device.deviceId, issuedAtMs: nowMs };
    const proof = await by.sign({ purpose: "end", ...common, callId, reason: "ended", ...change });
    const context = { call: { serverOrigin }, initiatorBinding: bound.binding };
    return isEndSigned({ callId, reason: "ended", proof }, context);
  };
  assert.equal(await end(), true);
  assert.equal(await end({ callId: randomId() }), false);
  assert.equal(await end({}, await createTerminalKey()), false);
  const unsigned = { callId, reason: "ended" } as const;
  const context = { call: { serverOrigin }, initiatorBinding: bound.binding };
  assert.equal(await isEndSigned(unsigned, context), false);
  const proof = await left();
  assert.equal(await isEndSigned({ ...unsigned, proof }, context), false, "a leave ends no call");
});
