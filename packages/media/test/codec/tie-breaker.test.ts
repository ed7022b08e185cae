import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withTieBreaker } from "../../src/relay/tie-breaker.ts";
import {
  attributeOf,
  buildStun,
  hasIntegrity,
  parseStun,
  stunAttributes,
  stunMethods,
} from "../../src/turn/stun-message.ts";
import type { StunAttribute } from "../../src/turn/stun-message.ts";

const password = "VOkJxbRl1RmTxUk/WvJxBt";
const username = { type: stunAttributes.username, value: Buffer.from("evtj:h6vY") };
const zero = Buffer.alloc(8);
const check = (
  attributes: readonly StunAttribute[],
  key: Buffer | undefined = Buffer.from(password),
): Buffer =>
  buildStun(
    { method: stunMethods.binding, class: "request", transactionId: Buffer.alloc(12, 7), attributes },
    { key, fingerprint: true },
  );

test("a tie-breaker of zero becomes one, on either side, and the message is sealed anew", () => {
  for (const type of [stunAttributes.iceControlling, stunAttributes.iceControlled]) {
    const before = check([username, { type, value: zero }]);
    const kept = Buffer.from(before);
    const after = withTieBreaker(before, ["another", password]);
    assert.deepEqual(before, kept, "what came is not changed itself");
    const message = parseStun(after);
    assert.ok(message !== undefined && hasIntegrity(after, Buffer.from(password)));
    assert.equal(attributeOf(message, type)?.readBigUInt64BE(0), 1n);
    assert.deepEqual(attributeOf(message, stunAttributes.username), username.value);
  }
});

test("everything else stays as it is", () => {
  const { iceControlling: type } = stunAttributes;
  const same = (data: Buffer, by: string | undefined = password): void =>
    assert.equal(withTieBreaker(data, [by]), data);
  same(check([username, { type, value: Buffer.from("932ff9b151263b36", "hex") }]));
  same(check([username]));
  same(check([username, { type, value: Buffer.alloc(4) }]));
  const zeroed = check([username, { type, value: zero }]);
  same(zeroed.subarray(0, -1));
  // Sealed by who does not know the password: it becomes none of who does.
  same(zeroed, "another password");
  same(buildStun(parseStun(zeroed)!));
  assert.equal(withTieBreaker(zeroed, []), zeroed, "the SFU has not answered");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => same(Buffer.from(bytes))));
});
