/** Which witnesses count (docs/decisions/079-witnesses.md). */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";

import {
  appendLeaf,
  cosign,
  emptyFrontier,
  formatCheckpoint,
  formatNote,
  frontierRoot,
  leafHash,
  planConsistency,
  proofOf,
  signNote,
  verifierKey,
} from "@signet/directory";
import type { Checkpoint, NoteKeyKind, NoteSigner } from "@signet/directory";
import type { Bytes } from "@signet/protocol";

import { countWitnesses } from "../../src/people/witnesses.ts";

function signerOf(name: string, kind: NoteKeyKind): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  return {
    key: verifierKey(name, kind, raw),
    sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, privateKey))),
  };
}

const log = signerOf("signet.example/log", "log");
const [first, second] = [signerOf("w.example/1", "cosignature"), signerOf("w.example/2", "cosignature")];
const nowMs = 1_800_000_000_000;
const nowS = nowMs / 1_000;

const hashes = new Map<string, Bytes>();
const roots: Bytes[] = [frontierRoot(emptyFrontier)];
let tree = emptyFrontier;
for (let i = 0; i < 10; i++) {
  const appended = appendLeaf(tree, leafHash(Uint8Array.of(i)));
  tree = appended.frontier;
  for (const { hash, node } of appended.completed) hashes.set(`${node.level} ${node.index}`, hash);
  roots.push(frontierRoot(tree));
}
const checkpointAt = (size: number): Checkpoint => ({
  origin: log.key.name,
  size,
  root: roots[size] as Bytes,
  mapRoot: new Uint8Array(32),
});
const proof = (from: number, to: number): readonly Bytes[] =>
  proofOf(planConsistency(from, to), ({ index, level }) => hashes.get(`${level} ${index}`));

async function noteOf(
  checkpoint: Checkpoint,
  witnesses: readonly NoteSigner[],
  timeS = nowS,
  by = log,
): Promise<string> {
  const text = formatCheckpoint(checkpoint);
  const cosignatures = await Promise.all(witnesses.map((witness) => cosign(text, timeS, witness)));
  return formatNote({ text, signatures: [await signNote(text, by), ...cosignatures] });
}

const keys = [first.key, second.key];
const cosigned = (checkpoint: string, consistencyProof: readonly Bytes[]) => ({
  checkpoint,
  consistencyProof: [...consistencyProof],
});

async function count(
  note: string,
  others: readonly ReturnType<typeof cosigned>[] = [],
  trusted = keys,
): Promise<number> {
  return countWitnesses(checkpointAt(8), note, [...others], log.key, { keys: trusted, least: 1 }, nowMs);
}

test("those count who cosigned what is shown, and those who cosigned what it goes on from", async () => {
  const bare = await noteOf(checkpointAt(8), []);
  assert.equal(await count(bare), 0);
  assert.equal(await count(await noteOf(checkpointAt(8), [first])), 1);
  assert.equal(await count(await noteOf(checkpointAt(8), [first, second])), 2);
  const earlier = cosigned(await noteOf(checkpointAt(5), [second]), proof(5, 8));
  assert.equal(await count(await noteOf(checkpointAt(8), [first]), [earlier]), 2);
  assert.equal(await count(await noteOf(checkpointAt(8), [second]), [earlier]), 1);
});

test("who was not given does not count, and nobody twice, under however many names", async () => {
  const note = await noteOf(checkpointAt(8), [first, second]);
  assert.equal(await count(note, [], [first.key]), 1);
  const twin = { key: verifierKey("w.example/twin", "cosignature", first.key.publicKey), sign: first.sign };
  assert.equal(await count(await noteOf(checkpointAt(8), [first, twin]), [], [first.key, twin.key]), 1);
});

test("what it does not go on from counts for nothing", async () => {
  const bare = await noteOf(checkpointAt(8), []);
  const fork = { ...checkpointAt(5), root: new Uint8Array(32) };
  for (const other of [
    cosigned(await noteOf(fork, [first]), proof(5, 8)),
    cosigned(await noteOf(checkpointAt(5), [first]), []),
    cosigned(await noteOf(checkpointAt(5), [first]), proof(6, 8)),
    cosigned(await noteOf(checkpointAt(10), [first]), proof(8, 10)),
    cosigned(await noteOf({ ...checkpointAt(8), root: new Uint8Array(32) }, [first]), []),
    cosigned(await noteOf(checkpointAt(5), [first], nowS, signerOf(log.key.name, "log")), proof(5, 8)),
    cosigned("no note", []),
  ])
    assert.equal(await count(bare, [other]), 0);
});

test("an hour old is old, and of the time to come is none", async () => {
  const at = async (timeS: number): Promise<number> => count(await noteOf(checkpointAt(8), [first], timeS));
  assert.equal(await at(nowS - 3_600), 1);
  assert.equal(await at(nowS - 3_601), 0);
  assert.equal(await at(nowS + 300), 1);
  assert.equal(await at(nowS + 301), 0);
});
