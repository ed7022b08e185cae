import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { certificatesDigest, foldCallList } from "@signet/device";
import type { CallStatement, VerifiedProof } from "@signet/device";
import { encodeStatement, encodeTranscript } from "@signet/protocol";
import type { Bytes, ProofIn, Transcript } from "@signet/protocol";

import { transcriptDigest } from "../../src/digest.ts";
import { statementDigest } from "../../src/history/person.ts";

interface Vector {
  readonly name: string;
  readonly digest: Bytes;
}

interface Vectors {
  readonly statements: readonly (Vector & {
    readonly transcript: Transcript;
    readonly signatures: readonly ProofIn["signature"][];
    readonly bytes: Bytes;
  })[];
  readonly certificates: readonly (Vector & { readonly certificates: readonly Bytes[] })[];
  readonly callLists: readonly (Vector & {
    readonly call: Transcript<"call">;
    readonly statements: readonly Transcript<"invite" | "remove" | "host">[];
  })[];
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const { callLists, certificates, statements } = JSON.parse(read("digests.json"), (_name, value: unknown) =>
  typeof value === "object" && value !== null && "hex" in value
    ? Uint8Array.from(Buffer.from(String(value.hex), "hex"))
    : value,
) as Vectors;

for (const { bytes, digest, name, signatures, transcript } of statements) {
  test(`digest of a statement: ${name}`, async () => {
    const proofs = signatures.map((signature) => ({ transcript: encodeTranscript(transcript), signature }));
    assert.deepEqual(encodeStatement(proofs), bytes);
    assert.deepEqual(await statementDigest(proofs), digest);
  });
}

for (const { certificates: ofOne, digest, name } of certificates) {
  test(`digest of certificates: ${name}`, async () => {
    assert.deepEqual(await certificatesDigest(ofOne), digest);
  });
}

/** The list asks only what was said. */
const said = async <T extends Transcript>(transcript: T) => ({
  transcript,
  digest: await transcriptDigest(transcript),
  raw: { transcript: encodeTranscript(transcript) },
});

for (const { call, digest, name, statements: more } of callLists) {
  test(`digest of a call list: ${name}`, async () => {
    const begun = (await said(call)) as unknown as VerifiedProof<"call">;
    const others = (await Promise.all(more.map(said))) as unknown as readonly CallStatement[];
    for (const order of [others, others.toReversed()]) {
      const folded = await foldCallList(begun, order);
      assert.ok(folded.ok);
      assert.deepEqual(folded.list.digest, digest);
    }
  });
}

test("docs/protocol.md gives the same", () => {
  const text = read("../../../../docs/protocol.md");
  for (const { digest, name } of [...statements, ...certificates, ...callLists])
    assert.ok(text.includes(Buffer.from(digest).toString("hex")), name);
});
