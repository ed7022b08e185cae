import assert from "node:assert/strict";
import { isIPv6 } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import {
  addressValue,
  attributeAt,
  attributeOf,
  buildStun,
  errorValue,
  hasIntegrity,
  longTermKey,
  parseStun,
  readAddress,
  readErrorCode,
  sealStun,
  stunAttributes,
  stunMethods,
} from "../../src/turn/stun-message.ts";
import type { StunClass, StunMessage } from "../../src/turn/stun-message.ts";
import {
  TurnStream,
  channelFrame,
  firstChannel,
  lastChannel,
  maxTurnFrameBytes,
} from "../../src/turn/turn-stream.ts";
import type { TurnFrame } from "../../src/turn/turn-stream.ts";

/** RFC 5769 section 2: password of ICE, in all but the last. */
const icePassword = Buffer.from("VOkJxbRl1RmTxUk/WvJxBt");
const iceTransaction = "b7e7a701bc34d686fa87dfae";
const vector = (...fields: string[]): Buffer => Buffer.from(fields.join(""), "hex");
const request = vector(
  `000100582112a442${iceTransaction}`,
  "802200105354554e207465737420636c69656e74",
  "002400046e0001ff",
  "80290008932ff9b151263b36",
  "000600096576746a3a68367659202020",
  "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2",
  "80280004e57a3bcf",
);
const responseOverIpv4 = vector(
  `0101003c2112a442${iceTransaction}`,
  "8022000b7465737420766563746f7220",
  "002000080001a147e112a643",
  "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7",
  "80280004c07d4c96",
);
const responseOverIpv6 = vector(
  `010100482112a442${iceTransaction}`,
  "8022000b7465737420766563746f7220",
  "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
  "00080014a382954e4be67bf11784c97c8292c275bfe3ed41",
  "80280004c8fb0b4c",
);
const requestWithLongTermCredentials = vector(
  "000100602112a44278ad3433c6ad72c029da412e",
  "00060012e3839ee38388e383aae38383e382afe382b90000",
  "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341",
  "0014000b6578616d706c652e6f726700",
  "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666",
);

test("RFC 5769: a request of ICE", () => {
  const message = parseStun(request);
  assert.ok(message !== undefined);
  assert.deepEqual([message.method, message.class], [stunMethods.binding, "request"]);
  assert.equal(message.transactionId.toString("hex"), iceTransaction);
  assert.equal(attributeOf(message, stunAttributes.username)?.toString(), "evtj:h6vY");
  assert.equal(attributeOf(message, stunAttributes.iceControlled)?.toString("hex"), "932ff9b151263b36");
  assert.ok(hasIntegrity(request, icePassword));
  assert.ok(!hasIntegrity(request, Buffer.from("another password")));
});

test("RFC 5769: responses with an address of IPv4 and of IPv6", () => {
  for (const [bytes, address] of [
    [responseOverIpv4, "192.0.2.1"],
    [responseOverIpv6, "2001:db8:1234:5678:11:2233:4455:6677"],
  ] as const) {
    const message = parseStun(bytes);
    assert.ok(message !== undefined && message.class === "success");
    const mapped = attributeOf(message, stunAttributes.xorMappedAddress);
    assert.deepEqual(readAddress(mapped!, message.transactionId), { address, port: 32853 });
    assert.ok(hasIntegrity(bytes, icePassword));
    assert.deepEqual(mapped, addressValue({ address, port: 32853 }, message.transactionId));
  }
});

test("RFC 5769: a request with long-term credentials", () => {
  const message = parseStun(requestWithLongTermCredentials);
  assert.ok(message !== undefined);
  const username = attributeOf(message, stunAttributes.username)?.toString() ?? "";
  assert.equal(username, "マトリックス");
  const key = longTermKey(username, "example.org", "TheMatrIX");
  assert.ok(hasIntegrity(requestWithLongTermCredentials, key));
  assert.deepEqual(buildStun(message, { key }), requestWithLongTermCredentials);
});

test("a message that was sealed anew is its own again, byte for byte", () => {
  for (const [bytes, key] of [
    [request, icePassword],
    [responseOverIpv4, icePassword],
    [responseOverIpv6, icePassword],
  ] as const) {
    const broken = Buffer.from(bytes);
    const integrityAt = attributeAt(bytes, stunAttributes.messageIntegrity);
    broken.fill(0, integrityAt + 4, integrityAt + 24).fill(0, bytes.length - 4);
    assert.equal(parseStun(broken), undefined);
    sealStun(broken, key);
    assert.deepEqual(broken, bytes);
  }
});

test("one changed bit, and a message has no integrity; one of its FINGERPRINT, and it is none", () => {
  const changed = (bit: number): Buffer => {
    const bytes = Buffer.from(request);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return bytes;
  };
  const fingerprintAt = request.length - 8;
  for (let bit = 0; bit < fingerprintAt * 8; bit++)
    assert.ok(!hasIntegrity(changed(bit), icePassword), `bit ${bit}`);
  for (let bit = (fingerprintAt + 4) * 8; bit < request.length * 8; bit++)
    assert.equal(parseStun(changed(bit)), undefined, `bit ${bit}`);
});

test("what follows MESSAGE-INTEGRITY is not read", () => {
  const sealed = buildStun(
    { method: 1, class: "request", transactionId: Buffer.alloc(12), attributes: [] },
    { key: icePassword },
  );
  const longer = Buffer.concat([sealed, vector("00060004", "6d616c6c")]);
  longer.writeUInt16BE(longer.length - 20, 2);
  assert.ok(hasIntegrity(longer, icePassword));
  assert.deepEqual(parseStun(longer)?.attributes, []);
});

test("lengths that do not fit are no message", () => {
  const transaction = "00".repeat(12);
  const read = (...fields: string[]) => parseStun(vector(...fields));
  assert.ok(read("00010000", "2112a442", transaction) !== undefined);
  for (const fields of [
    [],
    ["00010000", "2112a442"],
    ["00010000", "2112a443", transaction],
    ["40010000", "2112a442", transaction],
    ["00010004", "2112a442", transaction],
    ["00010002", "2112a442", transaction, "0000"],
    ["00010000", "2112a442", transaction, "00000000"],
    ["00010004", "2112a442", transaction, "00060001"],
    ["00010008", "2112a442", transaction, "0006000500000000"],
    ["00010008", "2112a442", transaction, "8028000300000000"],
  ])
    assert.equal(read(...fields), undefined, fields.join(" "));
});

test("an error is read from its value", () => {
  assert.equal(readErrorCode(errorValue(401, "Unauthorized")), 401);
  assert.equal(readErrorCode(errorValue(508, "")), 508);
  assert.equal(readErrorCode(Buffer.from([0, 0, 4])), undefined);
  assert.equal(readErrorCode(undefined), undefined);
});

test("an address is read from a value of the right length only", () => {
  const transaction = Buffer.alloc(12);
  for (const value of [
    "",
    "0001",
    "00010000000000",
    "000100000000000000",
    "0002000000000000",
    "0003000000000000",
  ])
    assert.equal(readAddress(Buffer.from(value, "hex"), transaction), undefined, value);
});

const classes = fc.constantFrom<StunClass>("request", "indication", "success", "error");
const someBytes = (least: number, most: number) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((bytes) => Buffer.from(bytes));
const sealing: readonly number[] = [stunAttributes.messageIntegrity, stunAttributes.fingerprint];
const attributes = fc
  .tuple(
    fc.nat(0xffff).filter((type) => !sealing.includes(type)),
    someBytes(0, 40),
  )
  .map(([type, value]) => ({ type, value }));
const messages: fc.Arbitrary<StunMessage> = fc
  .tuple(fc.nat(0xfff), classes, someBytes(12, 12), fc.array(attributes, { maxLength: 12 }))
  .map(([method, kind, transactionId, list]) => ({ method, class: kind, transactionId, attributes: list }));

test("what is built is read again, with and without a seal", () => {
  fc.assert(
    fc.property(messages, fc.option(someBytes(1, 20)), fc.boolean(), (message, key, fingerprint) => {
      const bytes = buildStun(message, { key: key ?? undefined, fingerprint });
      assert.deepEqual(parseStun(bytes), message);
      assert.equal(hasIntegrity(bytes, key ?? icePassword), key !== null);
    }),
  );
});

test("addresses are read as they were written", () => {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(addresses, fc.nat(0xffff), someBytes(12, 12), (address, port, transaction) => {
      const read = readAddress(addressValue({ address, port }, transaction), transaction);
      const plain = isIPv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
      assert.deepEqual(read, { address: plain, port });
    }),
  );
});

const frames: fc.Arbitrary<TurnFrame> = fc.oneof(
  messages.map((message): TurnFrame => ({ type: "message", bytes: buildStun(message) })),
  fc
    .tuple(fc.integer({ min: firstChannel, max: lastChannel }), someBytes(0, 300))
    .map(([channel, data]): TurnFrame => ({ type: "channel", channel, data })),
);
const bytesOf = (frame: TurnFrame): Buffer =>
  frame.type === "message" ? frame.bytes : channelFrame(frame.channel, frame.data);

test("a stream is cut into the same frames, in whatever pieces it comes", () => {
  fc.assert(
    fc.property(
      fc.array(frames, { maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 90 })),
      (all, sizes) => {
        const bytes = Buffer.concat(all.map(bytesOf));
        const stream = new TurnStream();
        const found: TurnFrame[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value ?? 1;
          found.push(...stream.push(bytes.subarray(at, at + size))!);
          at += size;
        }
        assert.deepEqual(found, all);
      },
    ),
  );
});

test("a frame may be as long as the bound, and no longer", () => {
  const channel = (bytes: number) => channelFrame(0x4000, Buffer.alloc(bytes));
  const message = (bytes: number) => {
    const longest = Buffer.alloc(bytes);
    longest.writeUInt16BE(bytes - 20, 2);
    return longest;
  };
  for (const frame of [channel(maxTurnFrameBytes - 4), message(maxTurnFrameBytes)]) {
    assert.equal(frame.length, maxTurnFrameBytes);
    assert.equal(new TurnStream().push(frame)?.length, 1);
  }
  for (const frame of [channel(maxTurnFrameBytes - 3), message(maxTurnFrameBytes + 4)])
    assert.equal(new TurnStream().push(frame.subarray(0, 4)), undefined);
});

test("what is no TURN is seen by its first byte", () => {
  for (const first of [0x50, 0x80, 0xff])
    assert.equal(new TurnStream().push(Buffer.from([first])), undefined, String(first));
  for (const first of [0x00, 0x3f, 0x40, 0x4f])
    assert.deepEqual(new TurnStream().push(Buffer.from([first])), [], String(first));
});
