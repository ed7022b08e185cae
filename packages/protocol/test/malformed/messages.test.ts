import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import {
  decodeReply,
  decodeRequest,
  decodeServerMessage,
  encodeMessage,
  events,
  requests,
} from "@signet/protocol";
import type { EventType, RequestType } from "@signet/protocol";

import { eventBodies, replyBodies, requestBodies } from "../messages.ts";

const types = Object.keys(requests) as RequestType[];

test("no text makes decoding throw", () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(text, fc.constantFrom(...types), (random, type) => {
      decodeRequest(random);
      decodeServerMessage(random);
      decodeReply(type, random);
    }),
    { numRuns: 1000 },
  );
});

test("a message with anything in place of a part is refused or says the same, and never throws", () => {
  const message = fc
    .constantFrom(...types)
    .chain((type) => requestBodies[type].map((body) => encodeMessage({ id: 1, type, body })));
  fc.assert(
    fc.property(message, fc.nat(), fc.nat(40), fc.string({ maxLength: 8 }), (text, seed, length, instead) => {
      const at = seed % text.length;
      const altered = text.slice(0, at) + instead + text.slice(at + length);
      const decoded = decodeRequest(altered);
      if (!decoded.ok) return;
      const { id, type, body } = decoded.request;
      // What is accepted is canonical: nothing was dropped or mended on the way in.
      assert.deepEqual(JSON.parse(encodeMessage({ id, type, body })), JSON.parse(altered));
    }),
    { numRuns: 500 },
  );
});

const refused = [
  ["", "protocol.badJson", undefined],
  ["null", "protocol.badJson", undefined],
  ["[]", "protocol.badJson", undefined],
  ['{"id":1}', "protocol.badJson", undefined],
  ['{"id":-1,"type":"session.ping","body":{}}', "protocol.badJson", undefined],
  ['{"id":1.5,"type":"session.ping","body":{}}', "protocol.badJson", undefined],
  ['{"id":"1","type":"session.ping","body":{}}', "protocol.badJson", undefined],
  ['{"id":1,"type":"session.ping","body":{},"more":0}', "protocol.badJson", undefined],
  [`{"id":1,"type":"${"x".repeat(65)}","body":{}}`, "protocol.badJson", undefined],
  ['{"id":1,"type":"session.pong","body":{}}', "protocol.unknownType", 1],
  ['{"id":2,"type":"constructor","body":{}}', "protocol.unknownType", 2],
  ['{"id":3,"type":"__proto__","body":{}}', "protocol.unknownType", 3],
  ['{"id":4,"type":"call.ring","body":{}}', "protocol.unknownType", 4],
  ['{"id":5,"type":"session.ping","body":{"__proto__":{}}}', "protocol.badMessage", 5],
  ['{"id":6,"type":"session.ping","body":[]}', "protocol.badMessage", 6],
  ['{"id":7,"type":"session.ping","body":null}', "protocol.badMessage", 7],
  ['{"id":8,"type":"sign-in.begin","body":{"userId":7}}', "protocol.badMessage", 8],
  [
    '{"id":9,"type":"call.offerGroupInfo","body":{"callId":"QEFCQ0RFRkdISUpLTE1OTw","epoch":2,"groupInfo":"AAEABA"}}',
    "protocol.badMessage",
    9,
  ],
] as const;

for (const [text, code, id] of refused) {
  test(`${text.slice(0, 60)}: ${code}`, () => {
    assert.deepEqual(decodeRequest(text), { ok: false, code, ...(id === undefined ? {} : { id }) });
  });
}

for (const text of [
  "",
  "7",
  '{"type":"call.later","body":{}}',
  '{"type":"toString","body":{}}',
  '{"type":"call.ended","body":{}}',
  '{"type":"call.ended","body":{},"id":1}',
  '{"id":1,"body":{},"error":{"code":"x","message":"y"}}',
  '{"error":{"code":7,"message":"y"}}',
]) {
  test(`a terminal does not take ${text === "" ? "an empty text" : text}`, () =>
    assert.equal(decodeServerMessage(text), undefined));
}

const given = {
  type: "given",
  epoch: 2,
  groupInfo: "AAEABA",
  by: "ada",
  digest: "YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8",
};
test("a GroupInfo of nobody, or of which its giver says nothing, is not read; nor as one that is yet to come", () => {
  assert.ok(decodeReply("call.groupInfo", given) !== undefined);
  for (const name of Object.keys(given))
    assert.equal(decodeReply("call.groupInfo", { ...given, [name]: undefined }), undefined, name);
});

/** Every object that the schema of a server's words opens, with a field more. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  // A proof is signed, and read to the last field.
  const isProof = "transcript" in value && "signature" in value;
  if (isProof) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, withMore(part)]);
  return { ...Object.fromEntries(parts), later: { more: [1] } };
}

for (const type of types)
  test(`${type}: fields of a newer server are dropped from the reply, those of a newer terminal refused`, () => {
    fc.assert(
      fc.property(requestBodies[type], replyBodies[type], (request, reply) => {
        const wire = JSON.parse(encodeMessage(reply)) as unknown;
        assert.deepEqual(decodeReply(type, withMore(wire)), decodeReply(type, wire));
        assert.notEqual(decodeReply(type, wire), undefined);
        const text = encodeMessage({ id: 1, type, body: { ...request, later: 1 } });
        assert.deepEqual(decodeRequest(text), { ok: false, code: "protocol.badMessage", id: 1 });
      }),
      { numRuns: 20 },
    );
  });

for (const type of Object.keys(events) as EventType[])
  test(`${type}: fields of a newer server are dropped from the event`, () => {
    fc.assert(
      fc.property(eventBodies[type], (body) => {
        const wire = JSON.parse(encodeMessage({ type, body })) as Record<string, unknown>;
        const message = decodeServerMessage(JSON.stringify(withMore(wire)));
        assert.deepEqual(message, decodeServerMessage(JSON.stringify(wire)));
        assert.equal(message?.kind, "event");
      }),
      { numRuns: 20 },
    );
  });

test("a field more in a proof is refused, whoever passes it on", () => {
  fc.assert(
    fc.property(eventBodies["call.ring"], (body) => {
      const wire = JSON.parse(encodeMessage(body)) as { proof: Record<string, unknown> };
      for (const proof of [
        { ...wire.proof, later: 1 },
        { ...wire.proof, signature: { ...(wire.proof["signature"] as object), later: 1 } },
      ])
        assert.equal(
          decodeServerMessage(JSON.stringify({ type: "call.ring", body: { ...wire, proof } })),
          undefined,
        );
    }),
    { numRuns: 20 },
  );
});

const one = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 1 })[0] as T;
const times = (count: number, value: unknown): unknown[] => Array.from({ length: count }, () => value);

/** Lists in a server's words, each as long as a terminal reads it, and one longer. */
test("what a server lists is read up to its bound and not beyond", () => {
  const invite = one(
    eventBodies["call.ring"].map(({ expiresAtMs: _, ...rest }) => ({ ...rest, members: [] })),
  );
  const { entry } = one(replyBodies["sign-in.finish"]);
  const member = { userId: "ann", state: "joined" };
  const { callId } = invite;
  const joiner = { userId: "ann", terminalId: callId, entry, proof: entry.proof, keyPackage: "AA" };
  const leaving = { userId: "ann", terminalId: callId, leaf: 1 };
  const people = [{ userId: "ann", reachable: true }];
  const reply = (type: RequestType, body: object) =>
    decodeReply(type, JSON.parse(encodeMessage(body))) !== undefined;
  const event = (type: EventType, body: object) =>
    decodeServerMessage(encodeMessage({ type, body })) !== undefined;
  const task = { callId, task: 1, epoch: 1, admit: [], remove: [] };
  const commit = { callId, epoch: 1, number: 2, by: "ann", commit: "AA", admitted: [], removed: [] };
  const limits = { callMembers: 1, messageBytes: 1, slots: 1, ringMs: 1, bindingMs: 1 };
  const terms = { serverOrigin: "https://a.example", serverTimeMs: 1, registration: "open", limits };
  const bounds: readonly (readonly [number, (length: number) => boolean])[] = [
    [64, (length) => reply("session.hello", { ...terms, features: times(length, "later") })],
    [64, (length) => reply("session.resume", { entry, expiresAtMs: 1, calls: times(length, invite) })],
    [256, (length) => reply("call.join", { callId, members: times(length, member) })],
    [256, (length) => reply("call.request", { callId, members: times(length, member) })],
    [
      256,
      (length) =>
        reply("call.sync", { epoch: 1, commits: [], members: times(length, member), strayed: false }),
    ],
    [
      16_384,
      (length) =>
        reply("call.sync", {
          epoch: 1,
          commits: times(length, {
            epoch: 1,
            number: 2,
            by: "ann",
            commit: "AA",
            admitted: [],
            removed: [],
          }),
          members: [],
          strayed: false,
        }),
    ],
    [256, (length) => reply("directory.lookup", { people: times(length, people[0]) })],
    [256, (length) => reply("presence.watch", { people: times(length, people[0]) })],
    [
      256,
      (length) =>
        reply("sign-in.begin", {
          challenge: new Uint8Array(32),
          expiresAtMs: 1,
          entries: times(length, entry),
          certified: [],
        }),
    ],
    [
      320,
      (length) =>
        reply("sign-in.begin", {
          challenge: new Uint8Array(32),
          expiresAtMs: 1,
          entries: [],
          certified: times(length, { deviceId: callId, certificatesDigest: new Uint8Array(32) }),
        }),
    ],
    [256, (length) => event("call.members", { callId, members: times(length, member) })],
    [256, (length) => event("call.ring", { ...invite, expiresAtMs: 1, members: times(length, member) })],
    [256, (length) => event("call.commitNeeded", { ...task, admit: times(length, joiner) })],
    [256, (length) => event("call.commitNeeded", { ...task, remove: times(length, leaving) })],
    [256, (length) => event("call.committed", { ...commit, admitted: times(length, "ann") })],
    [256, (length) => event("call.committed", { ...commit, removed: times(length, "ann") })],
  ];
  for (const [most, reads] of bounds)
    assert.deepEqual([reads(0), reads(most), reads(most + 1)], [true, true, false], String(reads));
});

test("a server's name, its authorities and its numbers are read up to their bounds", () => {
  const hello = {
    serverOrigin: "https://a.example",
    serverTimeMs: 1,
    registration: "open",
    limits: { callMembers: 1, messageBytes: 1, slots: 1, ringMs: 1, bindingMs: 1 },
  };
  const certificates = (count: number) => ({ anchors: times(count, "AA"), userIdFrom: "email" });
  const reads = (more: object) => decodeReply("session.hello", { ...hello, ...more }) !== undefined;
  assert.ok(reads({ serverOrigin: "x".repeat(256), certificates: certificates(16) }));
  for (const beyond of [
    { serverOrigin: "x".repeat(257) },
    { certificates: certificates(0) },
    { certificates: certificates(17) },
    { serverTimeMs: -1 },
    { serverTimeMs: 0.5 },
    { serverTimeMs: 2 ** 53 },
    { limits: { ...hello.limits, slots: 0.5 } },
  ])
    assert.ok(!reads(beyond), JSON.stringify(beyond).slice(0, 80));
  const callId = one(eventBodies["call.ring"]).callId;
  const removes = (task: number, leaf: number) =>
    decodeServerMessage(
      encodeMessage({
        type: "call.commitNeeded",
        body: { callId, task, epoch: 1, admit: [], remove: [{ userId: "ann", terminalId: callId, leaf }] },
      }),
    ) !== undefined;
  assert.ok(removes(0, 0) && removes(0xffff_ffff, 65_535));
  assert.ok(!removes(-1, 0) && !removes(0x1_0000_0000, 0) && !removes(0, -1) && !removes(0, 65_536));
});

test("a reply of another type is not taken for this one", () => {
  assert.equal(decodeReply("call.commit", { epoch: -1 }), undefined);
  assert.equal(decodeReply("session.ping", {}), undefined);
  assert.equal(decodeReply("call.leave", []), undefined);
});
