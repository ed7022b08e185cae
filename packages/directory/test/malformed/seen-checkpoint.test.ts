/** Checkpoints as people's devices sign them, and evidence with what they signed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { concatBytes, encodeProof, encodeTranscript, u64 } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

import {
  cosign,
  encodeSeenCheckpoint,
  formatCheckpoint,
  formatEvidence,
  formatNote,
  formatVerifierKey,
  noteOfSeen,
  openCheckpoint,
  parseEvidence,
  parseNote,
  seenCheckpointBytes,
  seenIn,
  signNote,
} from "../../src/index.ts";
import { eachFlipped } from "../support/bytes.ts";
import { log, otherLog, witness } from "../support/signers.ts";

const root = new Uint8Array(32).fill(1);
const mapRoot = new Uint8Array(32).fill(2);
const text = formatCheckpoint({ origin: log.key.name, size: 70_000, root, mapRoot });
const signature = await signNote(text, log);
const note = formatNote({ text, signatures: [signature] });

test("what is signed is size, both roots and the log's signature, of which the note is made again", async () => {
  const seen = encodeSeenCheckpoint(note, log.key);
  assert.ok(seen !== undefined);
  assert.deepEqual(seen, concatBytes(u64(70_000), root, mapRoot, signature.signature));
  assert.equal(seen.length, seenCheckpointBytes);
  assert.equal(seenCheckpointBytes, 136);
  assert.equal(noteOfSeen(seen, log.key), note);
  assert.ok((await openCheckpoint(note, log.key)).ok);
});

test("what witnesses signed of it is left out", async () => {
  const cosigned = formatNote({ text, signatures: [signature, await cosign(text, 5, witness)] });
  assert.deepEqual(encodeSeenCheckpoint(cosigned, log.key), encodeSeenCheckpoint(note, log.key));
});

test("a note of another log, without a map, with more lines, or that is none, is not what anybody saw", async () => {
  const others = [
    formatNote({ text, signatures: [await signNote(text, otherLog)] }),
    formatNote({ text, signatures: [{ ...signature, keyId: signature.keyId ^ 1 }] }),
    formatNote({ text, signatures: [{ ...signature, signature: signature.signature.slice(1) }] }),
    "no note",
  ];
  const { mapRoot: _left, ...plain } = { origin: log.key.name, size: 70_000, root, mapRoot };
  for (const other of [formatCheckpoint(plain), `${text}one more line\n`])
    others.push(formatNote({ text: other, signatures: [await signNote(other, log)] }));
  for (const other of others) assert.equal(encodeSeenCheckpoint(other, log.key), undefined, other);
});

test("with one bit changed, or of another length, it opens with no key", async () => {
  const seen = encodeSeenCheckpoint(note, log.key)!;
  for (const changed of eachFlipped(seen)) {
    const made = noteOfSeen(changed, log.key);
    assert.ok(made === undefined || !(await openCheckpoint(made, log.key)).ok);
  }
  for (const changed of [new Uint8Array(), seen.slice(1), concatBytes(seen, Uint8Array.of(0))])
    assert.equal(noteOfSeen(changed, log.key), undefined);
  assert.equal(noteOfSeen(new Uint8Array(136).fill(0xff), log.key), undefined, "no such size");
  assert.equal((await openCheckpoint(noteOfSeen(seen, otherLog.key)!, otherLog.key)).ok, false);
});

const call: Transcript<"call"> = {
  purpose: "call",
  serverOrigin: "https://signet.example",
  userId: "ann",
  deviceId: "device",
  issuedAtMs: 1,
  callId: "call",
  memberUserIds: ["ben"],
  leafKey: new Uint8Array(32),
  head: new Uint8Array(32),
  checkpoint: encodeSeenCheckpoint(note, log.key)!,
};
const proofOf = (transcript: Transcript): Bytes =>
  encodeProof({
    transcript: encodeTranscript(transcript),
    signature: { kind: "software", signature: new Uint8Array(64) },
  });
const found = {
  finding: "otherView",
  serverOrigin: "https://signet.example",
  logKey: formatVerifierKey(log.key),
  foundAtMs: 1,
  known: note,
  shown: note,
  consistencyProof: [root],
} as const;

test("evidence has what people signed, and says who saw which checkpoint", () => {
  const evidence = { ...found, proofs: [proofOf(call), proofOf({ ...call, userId: "ben" })] };
  const written = formatEvidence(evidence);
  assert.deepEqual(parseEvidence(written), evidence);
  assert.deepEqual(
    evidence.proofs.map((proof) => [seenIn(proof)?.userId, noteOfSeen(seenIn(proof)!.checkpoint, log.key)]),
    [
      ["ann", note],
      ["ben", note],
    ],
  );
  assert.deepEqual(parseEvidence(formatEvidence(found)), found);
});

test("proofs that are none, of something else, too many or missing make it no evidence", () => {
  const leave = proofOf({
    purpose: "leave",
    serverOrigin: "https://signet.example",
    userId: "ann",
    deviceId: "device",
    issuedAtMs: 1,
    callId: "call",
    reason: "left",
  });
  assert.equal(seenIn(leave), undefined);
  const one = proofOf(call);
  for (const proofs of [[], [one, one, one], [leave], [one, leave], [one.slice(1)], [new Uint8Array()]])
    assert.equal(parseEvidence(formatEvidence({ ...found, proofs })), undefined);
  const written = JSON.parse(formatEvidence({ ...found, proofs: [one] })) as object;
  for (const proofs of ["text", [1], ["!"]])
    assert.equal(parseEvidence(JSON.stringify({ ...written, proofs })), undefined);
  assert.ok(parseNote(found.known) !== undefined);
});
