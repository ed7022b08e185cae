import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { concatBytes, decodeTranscript, encodeTranscript, transcriptFields, utf8 } from "@signet/protocol";
import type { Bytes, Purpose, Transcript } from "@signet/protocol";
import fc from "fast-check";

interface Vector {
  readonly name: string;
  readonly transcript: Readonly<Record<string, unknown>>;
  readonly hex: string;
}

const file = new URL("../vectors/transcripts.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, "utf8")) as { readonly vectors: readonly Vector[] };

const fromHex = (hex: string): Bytes => Uint8Array.from(Buffer.from(hex, "hex"));

/** Byte strings stand in the file as `{ hex }`. */
function readVector({ transcript }: Vector): Transcript {
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    const isBytes = typeof value === "object" && value !== null && "hex" in value;
    return isBytes ? fromHex(String(value.hex)) : value;
  };
  const entries = Object.entries(transcript).map(([name, value]) => [name, read(value)] as const);
  return Object.fromEntries(entries) as unknown as Transcript;
}

const purposes = Object.keys(transcriptFields) as Purpose[];

test("the vectors have every purpose", () => {
  assert.deepEqual(
    [...new Set(vectors.map(({ transcript }) => String(transcript["purpose"])))].sort(),
    [...purposes].sort(),
  );
});

for (const vector of vectors) {
  test(`vector "${vector.name}": the same bytes, and back`, () => {
    const transcript = readVector(vector);
    assert.equal(Buffer.from(encodeTranscript(transcript)).toString("hex"), vector.hex);
    assert.deepEqual(decodeTranscript(fromHex(vector.hex)), transcript);
  });
}

const values = {
  text: fc.string({ unit: "binary", maxLength: 40 }),
  integer: fc.maxSafeNat(),
  bytes: fc.uint8Array({ maxLength: 100 }).map((array) => Uint8Array.from(array)),
  texts: fc.array(fc.string({ unit: "binary", maxLength: 10 }), { maxLength: 6 }),
  byteStrings: fc.array(
    fc.uint8Array({ maxLength: 40 }).map((array) => Uint8Array.from(array)),
    { maxLength: 6 },
  ),
};

const anyTranscript: fc.Arbitrary<Transcript> = fc.constantFrom(...purposes).chain((purpose) => {
  const fields = transcriptFields[purpose].map(([name, kind]) => [name, values[kind]] as const);
  const record = { purpose: fc.constant(purpose), ...Object.fromEntries(fields) };
  return fc.record(record) as unknown as fc.Arbitrary<Transcript>;
});

test("any transcript comes back", () => {
  fc.assert(
    fc.property(anyTranscript, (transcript) => {
      assert.deepEqual(decodeTranscript(encodeTranscript(transcript)), { ...transcript });
    }),
    { numRuns: 500 },
  );
});

test("two transcripts with the same bytes are the same", () => {
  fc.assert(
    fc.property(anyTranscript, anyTranscript, (first, second) => {
      const same = Buffer.compare(encodeTranscript(first), encodeTranscript(second)) === 0;
      assert.equal(same, isDeepEqual(first, second));
    }),
  );
});

const isDeepEqual = (a: unknown, b: unknown): boolean => {
  try {
    assert.deepEqual({ ...(a as object) }, { ...(b as object) });
    return true;
  } catch {
    return false;
  }
};

test("every cut and every byte more is refused", () => {
  for (const { hex } of vectors) {
    const encoded = fromHex(hex);
    for (let length = 0; length < encoded.length; length++) {
      assert.equal(decodeTranscript(encoded.slice(0, length)), undefined);
    }
    assert.equal(decodeTranscript(concatBytes(encoded, Uint8Array.of(0))), undefined);
  }
});

test("what decodes is what encoding writes, whatever bytes come", () => {
  const mutated = fc.tuple(fc.constantFrom(...vectors), fc.nat(), fc.nat(255)).map(([{ hex }, at, byte]) => {
    const encoded = fromHex(hex);
    encoded[at % encoded.length] = byte;
    return encoded;
  });
  const noise = fc
    .tuple(fc.constantFrom(...purposes), fc.uint8Array({ maxLength: 80 }))
    .chain(([purpose, tail]) =>
      fc.constantFrom(1, 2).map((version) => concatBytes(utf8(`signet/${purpose}/v${version}`), tail)),
    );
  fc.assert(
    fc.property(fc.oneof(mutated, noise), (bytes) => {
      const transcript = decodeTranscript(bytes);
      if (transcript !== undefined) assert.deepEqual(encodeTranscript(transcript), bytes);
    }),
    { numRuns: 2000 },
  );
});

const call = fromHex(vectors.find(({ name }) => name === "call")?.hex ?? "");

/** `call` with one part of its bytes exchanged, of which there must be exactly one. */
function exchange(from: Uint8Array, to: Uint8Array): Bytes {
  const at = Buffer.from(call).indexOf(from);
  assert.ok(at >= 0 && Buffer.from(call).indexOf(from, at + 1) < 0);
  return concatBytes(call.slice(0, at), to, call.slice(at + from.length));
}

const issuedAt = fromHex("00000008000001a0c4506c00");

test("malformed: another version, purpose or case of the label", () => {
  const label = utf8("signet/call/v3");
  for (const wrong of [
    "signet/call/v1",
    "signet/call/v2",
    "signet/call/v4",
    "signet/calls/v3",
    "signet/CALL/v3",
    "Signet/call/v3",
    "",
    "call",
  ]) {
    assert.equal(decodeTranscript(exchange(label, utf8(wrong))), undefined, wrong);
  }
});

test("malformed: a sign-in that has room for a head, and names none", () => {
  const vector = vectors.find(({ name }) => name === "sign-in");
  const named = fromHex(vector?.hex ?? "");
  assert.ok(decodeTranscript(named));
  const without = concatBytes(named.slice(0, named.length - 36), fromHex("00000000"));
  assert.equal(decodeTranscript(without), undefined);
});

test("malformed: a time of 7 or 9 bytes, or beyond 2^53", () => {
  for (const hex of [
    "00000007000001a0c4506c",
    "0000000900000001a0c4506c00",
    "000000080020000000000000",
    "00000008ffffffffffffffff",
  ]) {
    assert.equal(decodeTranscript(exchange(issuedAt, fromHex(hex))), undefined, hex);
  }
});

test("malformed: text that is not UTF-8", () => {
  const user = concatBytes(fromHex("00000005"), utf8("alice"));
  for (const hex of ["00000005616c6963ff", "00000005616cc08065", "00000005edA08065ff"]) {
    assert.equal(decodeTranscript(exchange(user, fromHex(hex))), undefined, hex);
  }
});

test("malformed: a list that says more or fewer items than it has, or four thousand million", () => {
  const list = concatBytes(fromHex("0000000200000003"), utf8("bob"));
  for (const count of ["00000001", "00000003", "ffffffff", "00000000"]) {
    const wrong = concatBytes(fromHex(`${count}00000003`), utf8("bob"));
    assert.equal(decodeTranscript(exchange(list, wrong)), undefined, count);
  }
});

test("times that are negative, fractional or beyond 2^53 are a bug of the caller", () => {
  const transcript = decodeTranscript(call);
  assert.ok(transcript);
  for (const issuedAtMs of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => encodeTranscript({ ...transcript, issuedAtMs }), RangeError);
  }
});
