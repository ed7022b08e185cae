import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { derToRaw, parseAuthenticatorData, parseClientData } from "@signet/device";
import { concatBytes, equalBytes, utf8 } from "@signet/protocol";

import { rawToDer } from "../support/authenticator.ts";

const bytes = (constraints: fc.IntArrayConstraints) =>
  fc.uint8Array(constraints).map((array) => Uint8Array.from(array));

/** A scalar that is surely in 1..n-1: n is above 2^255. Short ones too, so that DER drops leading zeros. */
const scalar = fc
  .tuple(fc.integer({ min: 0, max: 31 }), bytes({ minLength: 32, maxLength: 32 }))
  .map(([zeros, value]) => {
    value.fill(0, 0, zeros);
    value[0] = (value[0] ?? 0) & 0x7f;
    value[31] = (value[31] ?? 0) | 1;
    return value;
  });

test("DER of any r and s is read back", () => {
  fc.assert(
    fc.property(scalar, scalar, (r, s) => {
      const raw = concatBytes(r, s);
      assert.deepEqual(derToRaw(rawToDer(raw)), raw);
    }),
  );
});

/** Signatures with one byte changed, inserted or taken out, and plain noise. */
const nearDer = fc
  .tuple(scalar, scalar, fc.nat(71), fc.nat(255), fc.constantFrom("change", "insert", "remove"))
  .map(([r, s, at, byte, how]) => {
    const der = rawToDer(concatBytes(r, s));
    const rest = der.slice(how === "insert" ? at : at + 1);
    return concatBytes(der.slice(0, at), how === "remove" ? new Uint8Array() : Uint8Array.of(byte), rest);
  });

test("whatever is read as DER is the only encoding of what was read", () => {
  fc.assert(
    fc.property(fc.oneof(nearDer, bytes({ maxLength: 80 })), (der) => {
      const raw = derToRaw(der);
      if (raw !== undefined) assert.deepEqual(rawToDer(raw), der);
    }),
    { numRuns: 2000 },
  );
});

test("authenticator data is read field by field", () => {
  fc.assert(
    fc.property(
      bytes({ minLength: 32, maxLength: 32 }),
      fc.constantFrom(0, 1, 4, 5, 8, 9, 0x0d, 0x1d, 0x22, 0x02),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      (rpIdHash, flags, signCount) => {
        const count = new Uint8Array(4);
        new DataView(count.buffer).setUint32(0, signCount);
        // Read from the middle of a larger buffer, as it may come from one.
        const whole = concatBytes(Uint8Array.of(7), rpIdHash, Uint8Array.of(flags), count, Uint8Array.of(7));
        assert.deepEqual(parseAuthenticatorData(whole.subarray(1, 38)), {
          rpIdHash,
          userPresent: (flags & 1) !== 0,
          userVerified: (flags & 4) !== 0,
          backupEligible: (flags & 8) !== 0,
          backedUp: (flags & 16) !== 0,
          signCount,
        });
      },
    ),
  );
});

test("noise never makes the authenticator data parser throw, and only its announced length is accepted", () => {
  fc.assert(
    fc.property(bytes({ maxLength: 120 }), (data) => {
      const parsed = parseAuthenticatorData(data);
      if (parsed === undefined) return;
      const flags = data[32] ?? 0;
      assert.equal(flags & 0x40, 0);
      if ((flags & 0x80) === 0) assert.equal(data.length, 37);
      else assert.equal((data[37] ?? 0) >> 5, 5);
      assert.ok(equalBytes(parsed.rpIdHash, data.subarray(0, 32)));
    }),
    { numRuns: 2000 },
  );
});

const withExtensions = (...cbor: number[]) =>
  concatBytes(new Uint8Array(32), Uint8Array.of(0x81), new Uint8Array(4), Uint8Array.from(cbor));

test("extensions must be one CBOR map of definite length, not nested too deeply", () => {
  const good = [
    [0xa0],
    [0xa1, 0x61, 0x61, 0xf5],
    [0xa1, 0x61, 0x61, 0x19, 1, 0],
    [0xa1, 0x61, 0x61, 0xa1, 0x61, 0x62, 0x81, 0x01],
    [0xa1, 0x61, 0x61, 0x58, 2, 0, 0],
  ];
  for (const cbor of good) assert.ok(parseAuthenticatorData(withExtensions(...cbor)), cbor.join());
  const bad = [
    [],
    [0x80],
    [0xa1],
    [0xa1, 0x61, 0x61],
    [0xbf, 0xff],
    [0xba, 0xff, 0xff, 0xff, 0xff],
    [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xa1, 0x61, 0x61, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xa1, 0x61, 0x61, 0xc0, 0x01],
    [0xa1, 0x61, 0x61, 0x1c],
    [0xa1, 0x61, 0x61, 0xa1, 0x61, 0x62, 0x81, 0x81, 0x01],
    [0xa0, 0xa0],
  ];
  for (const cbor of bad)
    assert.equal(parseAuthenticatorData(withExtensions(...cbor)), undefined, cbor.join());
});

test("client data is read, and noise never makes its parser throw", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string(),
      fc.option(fc.boolean()),
      (origin, challenge, cross) => {
        const json = { type: "webauthn.get", challenge, origin, crossOrigin: cross ?? undefined, other: 1 };
        assert.deepEqual(parseClientData(utf8(JSON.stringify(json))), {
          type: "webauthn.get",
          challenge,
          origin,
          crossOrigin: cross ?? false,
        });
      },
    ),
  );
  fc.assert(
    fc.property(fc.oneof(bytes({ maxLength: 60 }), fc.json().map(utf8)), (noise) => {
      const parsed = parseClientData(noise);
      assert.ok(parsed === undefined || typeof parsed.type === "string");
    }),
    { numRuns: 1000 },
  );
});
