import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  DirectoryEntryIn,
  ProofIn,
  concatBytes,
  decodeProof,
  encodeProof,
  toBase64Url,
  utf8,
  wireBytes,
} from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import fc from "fast-check";

const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Uint8Array.from(array));

const anyProof: fc.Arbitrary<ProofIn> = fc.record({
  transcript: bytes(1, 300),
  signature: fc.oneof(
    fc.record({
      kind: fc.constant("webauthn" as const),
      authenticatorData: bytes(37, 200),
      clientDataJson: bytes(1, 300),
      signature: bytes(1, 300),
    }),
    fc.record({ kind: fc.constantFrom("software", "terminal"), signature: bytes(64, 64) }),
  ),
});

const plain = (proof: ProofIn): ProofIn => ({ ...proof, signature: { ...proof.signature } });

const toWire = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? toBase64Url(item) : item)),
  );

const sample: ProofIn = {
  transcript: utf8("transcript"),
  signature: {
    kind: "webauthn",
    authenticatorData: new Uint8Array(37),
    clientDataJson: utf8("{}"),
    signature: Uint8Array.of(1, 2, 3),
  },
};
const terminalSample: ProofIn = {
  transcript: utf8("transcript"),
  signature: { kind: "terminal", signature: new Uint8Array(64).fill(7) },
};

describe("a proof as bytes, in the MLS credential", () => {
  test("any proof comes back", () => {
    fc.assert(
      fc.property(anyProof, (proof) => assert.deepEqual(decodeProof(encodeProof(proof)), plain(proof))),
    );
  });

  test("has the written layout", () => {
    const field = (content: Uint8Array): Bytes =>
      concatBytes(Uint8Array.of(0, 0, 0, content.length), content);
    assert.deepEqual(
      encodeProof(terminalSample),
      concatBytes(
        field(utf8("signet/proof/v1")),
        field(utf8("terminal")),
        field(utf8("transcript")),
        field(new Uint8Array(64).fill(7)),
      ),
    );
  });

  test("every cut and every byte more is refused", () => {
    for (const proof of [sample, terminalSample]) {
      const encoded = encodeProof(proof);
      for (let length = 0; length < encoded.length; length++) {
        assert.equal(decodeProof(encoded.slice(0, length)), undefined);
      }
      assert.equal(decodeProof(concatBytes(encoded, Uint8Array.of(0))), undefined);
    }
  });

  test("what decodes is what encoding writes, whatever bytes come", () => {
    const mutated = fc
      .tuple(fc.constantFrom(sample, terminalSample), fc.nat(), fc.nat(255))
      .map(([proof, at, byte]) => {
        const encoded = encodeProof(proof);
        encoded[at % encoded.length] = byte;
        return encoded;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, bytes(0, 100)), (data) => {
        const proof = decodeProof(data);
        if (proof !== undefined) assert.deepEqual(encodeProof(proof), data);
      }),
      { numRuns: 2000 },
    );
  });

  test("its parts are as long as on the wire, and no longer", () => {
    assert.ok(sample.signature.kind === "webauthn");
    const { signature } = sample;
    const bounds: readonly [string, number, number, (length: number) => ProofIn][] = [
      ["transcript", 1, 16_384, (n) => ({ ...sample, transcript: new Uint8Array(n) })],
      [
        "authenticator data",
        37,
        1024,
        (n) => ({ ...sample, signature: { ...signature, authenticatorData: new Uint8Array(n) } }),
      ],
      [
        "client data",
        1,
        2048,
        (n) => ({ ...sample, signature: { ...signature, clientDataJson: new Uint8Array(n) } }),
      ],
      [
        "signature",
        1,
        1024,
        (n) => ({ ...sample, signature: { ...signature, signature: new Uint8Array(n) } }),
      ],
      [
        "signature of a key",
        1,
        1024,
        (n) => ({ ...sample, signature: { kind: "software", signature: new Uint8Array(n) } }),
      ],
    ];
    for (const [name, least, most, proofOf] of bounds)
      for (const [length, holds] of [
        [least - 1, false],
        [least, true],
        [most, true],
        [most + 1, false],
      ] as const) {
        const proof = proofOf(length);
        assert.equal(decodeProof(encodeProof(proof)) !== undefined, holds, `${name} of ${length} bytes`);
        assert.equal(
          ProofIn.safeParse(toWire(proof)).success,
          holds,
          `${name} of ${length} bytes, on the wire`,
        );
      }
  });

  test("another label, an unknown kind, and a kind with another kind's fields are refused", () => {
    const encoded = Buffer.from(encodeProof(terminalSample));
    const swap = (from: string, to: string) =>
      Uint8Array.from(Buffer.from(encoded.toString("latin1").replace(from, to), "latin1"));
    assert.ok(decodeProof(swap("terminal", "software")));
    for (const [from, to] of [
      ["signet/proof/v1", "signet/proof/v2"],
      ["terminal", "webauthn"],
      ["terminal", "hardware"],
    ]) {
      assert.equal(decodeProof(swap(from ?? "", to ?? "")), undefined, to);
    }
  });
});

describe("a proof on the wire", () => {
  test("any proof comes back", () => {
    fc.assert(fc.property(anyProof, (proof) => assert.deepEqual(ProofIn.parse(toWire(proof)), plain(proof))));
  });

  const wire = toWire(sample) as { transcript: string; signature: Record<string, unknown> };
  const wrong: readonly [string, unknown][] = [
    ["an unknown kind", { ...wire, signature: { ...wire.signature, kind: "pkcs11" } }],
    ["no kind", { ...wire, signature: { signature: "AAAA" } }],
    ["a member more", { ...wire, more: 1 }],
    ["a member more in the signature", { ...wire, signature: { ...wire.signature, more: 1 } }],
    ["no transcript", { signature: wire.signature }],
    ["an empty transcript", { ...wire, transcript: "" }],
    ["padded base64", { ...wire, transcript: "Zg==" }],
    ["stray bits in base64", { ...wire, transcript: "Zh" }],
    ["a transcript beyond 16 kB", { ...wire, transcript: toBase64Url(new Uint8Array(16_385)) }],
    [
      "short authenticator data",
      { ...wire, signature: { ...wire.signature, authenticatorData: toBase64Url(new Uint8Array(36)) } },
    ],
    [
      "long client data",
      { ...wire, signature: { ...wire.signature, clientDataJson: toBase64Url(new Uint8Array(2049)) } },
    ],
    ["an empty signature", { ...wire, signature: { ...wire.signature, signature: "" } }],
    ["no signature by a software key", { ...wire, signature: { kind: "software", signature: "" } }],
    [
      "1,025 bytes by a terminal key",
      { ...wire, signature: { kind: "terminal", signature: toBase64Url(new Uint8Array(1025)) } },
    ],
    ["bytes instead of text", { ...wire, transcript: [1, 2] }],
    ["nothing", null],
  ];
  for (const [name, value] of wrong) {
    test(`${name}: refused`, () => assert.equal(ProofIn.safeParse(value).success, false));
  }

  test("bounds count bytes, not characters", () => {
    for (let length = 0; length <= 12; length++) {
      const text = toBase64Url(new Uint8Array(length));
      assert.equal(wireBytes(9, 3).safeParse(text).success, length >= 3 && length <= 9, `${length}`);
    }
  });
});

describe("a directory entry on the wire", () => {
  const entry = {
    userId: "alice",
    displayName: "Alice",
    deviceId: toBase64Url(new Uint8Array(16)),
    kind: "software",
    algorithm: "EdDSA",
    publicKey: toBase64Url(new Uint8Array(44)),
    userVerification: false,
    registeredAtMs: 1_790_000_000_000,
    proof: toWire(terminalSample),
  };

  test("is accepted, with and without what only WebAuthn has", () => {
    assert.equal(DirectoryEntryIn.parse(entry).userId, "alice");
    const more = { credentialId: "AAAA", attestation: { format: "packed", aaguid: "0" } };
    assert.ok(DirectoryEntryIn.safeParse({ ...entry, ...more }).success);
  });

  const wrong: readonly [string, Readonly<Record<string, unknown>>][] = [
    ["an upper-case user ID", { userId: "Alice" }],
    ["a user ID of one character", { userId: "a" }],
    ["a display name that turns the text round", { displayName: "Ali\u202ece" }],
    ["a display name with an end of line", { displayName: "Ali\nce" }],
    ["a display name of blanks", { displayName: " " }],
    ["a device ID of 15 bytes", { deviceId: toBase64Url(new Uint8Array(15)) }],
    ["an unknown algorithm", { algorithm: "ES384" }],
    ["a time before 1970", { registeredAtMs: -1 }],
    ["a member more", { trusted: true }],
    ["no proof", { proof: undefined }],
  ];
  for (const [name, change] of wrong) {
    test(`${name}: refused`, () => {
      assert.equal(DirectoryEntryIn.safeParse({ ...entry, ...change }).success, false);
    });
  }
});
