import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { decodeReply, decodeRequest, decodeServerMessage, encodeMessage, requests } from "@signet/protocol";
import type { RequestType } from "@signet/protocol";

import { requestBodies } from "../messages.ts";

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

test("a reply of another type is not taken for this one", () => {
  assert.equal(decodeReply("call.commit", { epoch: -1 }), undefined);
  assert.equal(decodeReply("session.ping", {}), undefined);
  assert.equal(decodeReply("call.leave", { epoch: 1 }), undefined);
});
