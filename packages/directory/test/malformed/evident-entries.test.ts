/** What entries of a log prove against it, to whoever has nothing else, and that nothing proves anything against an honest one. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { UserId, decodeTranscript, utf8 } from "@signet/protocol";
import type { Bytes, ProofIn } from "@signet/protocol";

import {
  MapNodesInMemory,
  encodeLogEntry,
  encodeMapRootEntry,
  formatCheckpoint,
  formatEvidence,
  formatNote,
  formatVerifierKey,
  judgeEvidence,
  leafHash,
  logEntryOf,
  mapKey,
  mapRoot,
  parseEvidence,
  proveInMap,
  setInMap,
  signNote,
  statementDigestOf,
} from "../../src/index.ts";
import type { BreaksRule, EvidentEntry, LogEntry, LogEvidence } from "../../src/index.ts";
import { flipped } from "../support/bytes.ts";
import { history, software, statement } from "../support/histories.ts";
import { log } from "../support/signers.ts";
import { StoredTree } from "../support/stored-tree.ts";

const [ann, ben, cleo] = [UserId.parse("ann"), UserId.parse("ben"), UserId.parse("cleo")];

/** The first statement of the sample history, of somebody else. */
function registrationOf(userId: UserId, serverOrigin = "https://signet.example"): LogEntry {
  const { proof, ...entry } = history;
  const transcript = decodeTranscript(proof.transcript);
  assert.ok(transcript?.purpose === "register");
  const registered: ProofIn = software({ ...transcript, userId, serverOrigin });
  return logEntryOf({ ...entry, userId, proof: registered, statements: [] }, 0);
}

function renameOf(before: LogEntry, name = "other", previous = statementDigestOf(before.proofs)): LogEntry {
  const { userId } = before;
  const sequence = before.sequence + 1;
  const serverChallenge = new Uint8Array(32);
  const common = { serverOrigin: "https://signet.example", userId, deviceId: "AAECAwQFBgcICQoLDA0ODw" };
  const transcript = {
    ...common,
    issuedAtMs: 1,
    sequence,
    previous,
    serverChallenge,
    renamedDeviceId: "",
    name,
  };
  return { userId, sequence, proofs: statement({ purpose: "rename", ...transcript }).proofs };
}

/** A log as it is written: after the statements of each batch the root of the map. */
class Written {
  readonly entries: Bytes[] = [];
  readonly map = new MapNodesInMemory();

  batch(...statements: readonly LogEntry[]): this {
    for (const one of statements) {
      this.entries.push(encodeLogEntry(one));
      setInMap(this.map, mapKey(one.userId), statementDigestOf(one.proofs));
    }
    this.entries.push(encodeMapRootEntry(mapRoot(this.map)));
    return this;
  }

  headsOf(...people: readonly UserId[]) {
    return people.map((userId) => ({ userId, ...proveInMap(this.map, mapKey(userId)) }));
  }
}

interface Shown {
  readonly entries: readonly Bytes[];
  /** By default all of them. */
  readonly positions?: readonly number[];
  readonly mapRoot?: Bytes;
  readonly heads?: LogEvidence["heads"];
}

async function evidenceOf({ entries, heads, mapRoot: named, positions }: Shown): Promise<LogEvidence> {
  const tree = new StoredTree(entries);
  const root = named ?? new Uint8Array((entries.at(-1) as Bytes).subarray(-32));
  const text = formatCheckpoint({ origin: log.key.name, size: tree.size, root: tree.root(), mapRoot: root });
  const places = positions ?? entries.map((_, position) => position);
  return {
    finding: "map",
    serverOrigin: "https://signet.example",
    logKey: formatVerifierKey(log.key),
    foundAtMs: 1,
    shown: formatNote({ text, signatures: [await signNote(text, log)] }),
    entries: places.map((position) => ({
      position,
      entry: entries[position] as Bytes,
      inclusionProof: tree.inclusion(position),
    })),
    ...(heads && { heads }),
  };
}

/** Through its file, as whoever reads it does. */
async function judged(evidence: LogEvidence, breaksRule?: BreaksRule): Promise<string> {
  const read = parseEvidence(formatEvidence(evidence));
  assert.ok(read !== undefined);
  const { judgement, why } = await judgeEvidence(read, log.key, breaksRule);
  return `${judgement}: ${why}`;
}

const [first, second, third] = [registrationOf(ann), registrationOf(ben), registrationOf(cleo)];
const renamed = renameOf(first);
const honest = () => new Written().batch(first, second).batch(renamed, third).batch(renameOf(renamed));

describe("a log is proven to lie", () => {
  test("by what it ends with", async () => {
    const { entries } = honest();
    const last = entries.length - 1;
    const other = { entries, mapRoot: new Uint8Array(32) };
    assert.equal(await judged(await evidenceOf({ ...other, positions: [last] })), "proven: mapNotAtEnd");
    // Also where entries are shown to nobody.
    const whole = await evidenceOf({ ...other, positions: [last] });
    const hidden = (whole.entries as EvidentEntry[]).map(({ inclusionProof = [], position }) => ({
      position,
      inclusionProof,
      leafHash: leafHash(entries[last] as Bytes),
    }));
    assert.equal(await judged({ ...whole, entries: hidden }), "proven: mapNotAtEnd");
    const open = { entries: entries.slice(0, -1), positions: [last - 1], mapRoot: mapRoot(honest().map) };
    assert.equal(await judged(await evidenceOf(open)), "proven: mapNotAtEnd");
    assert.equal(await judged(await evidenceOf({ entries, positions: [last] })), "notProven: word");
  });

  test("by a checkpoint that names no map", async () => {
    const { entries } = honest();
    const tree = new StoredTree(entries);
    const text = formatCheckpoint({ origin: log.key.name, size: tree.size, root: tree.root() });
    const shown = formatNote({ text, signatures: [await signNote(text, log)] });
    const { entries: _entries, ...evidence } = await evidenceOf({ entries });
    assert.equal(await judged({ ...evidence, shown }), "proven: noMap");
  });

  test("by an entry of a form that there is none of", async () => {
    const entries = honest().entries.toSpliced(2, 0, utf8("what is this"));
    assert.equal(await judged(await evidenceOf({ entries, positions: [2] })), "proven: unknownEntry");
  });

  test("by one place of a history twice, or a later one before an earlier one", async () => {
    const twice = new Written().batch(first).batch(renamed).batch(renameOf(first, "again"));
    assert.equal(
      await judged(await evidenceOf({ entries: twice.entries, positions: [2, 4] })),
      "proven: outOfOrder",
    );
    const turned = new Written().batch(renamed).batch(first);
    assert.equal(
      await judged(await evidenceOf({ entries: turned.entries, positions: [0, 2] })),
      "proven: outOfOrder",
    );
  });

  test("by a statement that does not go on from what the map before it says", async () => {
    const before = new Written().batch(first, second);
    const heads = before.headsOf(ann, cleo);
    const hidden = renameOf(renamed);
    const { entries } = before.batch(third, hidden);
    const shown = { entries, positions: [2, 3, 4], heads };
    assert.equal(await judged(await evidenceOf(shown)), "proven: outOfOrder");
    // Nothing of it may be missing.
    assert.equal(await judged(await evidenceOf({ ...shown, positions: [2, 4] })), "notProven: word");
    assert.equal(await judged(await evidenceOf({ ...shown, positions: [3, 4] })), "notProven: word");
    assert.equal(await judged(await evidenceOf({ ...shown, heads: heads.slice(1) })), "notProven: word");
    assert.equal(await judged(await evidenceOf({ ...shown, heads: [] })), "notProven: word");
    // From the first entry on nobody is in the map.
    const begun = new Written().batch(first, hidden);
    assert.equal(
      await judged(await evidenceOf({ entries: begun.entries, positions: [0, 1] })),
      "proven: outOfOrder",
    );
    // A second registration.
    const again = new Written().batch(first);
    const known = again.headsOf(ann);
    again.batch(registrationOf(ann, "https://other.example"));
    assert.equal(
      await judged(await evidenceOf({ entries: again.entries, positions: [1, 2], heads: known })),
      "proven: outOfOrder",
    );
  });

  test("by a map that is not that of the map before it and the statements since", async () => {
    const before = new Written().batch(first, second);
    const heads = before.headsOf(ann, cleo);
    const { entries } = before.batch(renamed, third);
    const wrong = [...entries.slice(0, -1), encodeMapRootEntry(new Uint8Array(32).fill(7))];
    assert.equal(
      await judged(await evidenceOf({ entries: wrong, positions: [2, 3, 4, 5], heads })),
      "proven: otherMap",
    );
    assert.equal(
      await judged(await evidenceOf({ entries: wrong, positions: [2, 3, 5], heads })),
      "notProven: word",
    );
    // Of the first statements no proofs are needed, and none of two maps with nothing between them.
    const begun = [encodeLogEntry(first), encodeMapRootEntry(new Uint8Array(32))];
    assert.equal(await judged(await evidenceOf({ entries: begun })), "proven: otherMap");
    assert.equal(await judged(await evidenceOf({ entries: begun, heads })), "proven: otherMap");
    const beside = [...entries, encodeMapRootEntry(new Uint8Array(32).fill(7))];
    assert.equal(await judged(await evidenceOf({ entries: beside, positions: [5, 6] })), "proven: otherMap");
  });

  test("by a history that holds nowhere, of people of this server alone", async () => {
    const asked: string[] = [];
    const breaks: BreaksRule = async ({ statements, userId }, serverOrigin, others) => {
      asked.push(`${serverOrigin} ${userId} ${statements.length} ${others(cleo)?.userId}`);
      return userId === ann;
    };
    const { entries } = honest();
    const shown = await evidenceOf({ entries, positions: [0, 3, 4, 6] });
    assert.equal(await judged(shown, breaks), "proven: rule");
    assert.deepEqual(asked.splice(0), ["https://signet.example ann 2 cleo"]);
    assert.equal(await judged(shown), "notProven: word");
    assert.equal(await judged(shown, async () => false), "notProven: word");
    // A gap in it may be filled by what is not shown; whoever registered elsewhere is nothing that this log is about.
    asked.splice(0);
    assert.equal(await judged(await evidenceOf({ entries, positions: [0, 6] }), breaks), "notProven: word");
    const elsewhere = new Written().batch(registrationOf(ann, "https://other.example"));
    assert.equal(await judged(await evidenceOf({ entries: elsewhere.entries }), breaks), "notProven: word");
    assert.deepEqual(asked, []);
  });
});

describe("an honest log is not proven to lie", () => {
  const steps = [[first, second], [renamed], []] as const;

  test("by any part of it, with whatever the map said before", async () => {
    const whole = new Written();
    const maps = steps.map((batch) => {
      const heads = whole.headsOf(ann, ben, cleo);
      whole.batch(...batch);
      return heads;
    });
    const { entries } = whole;
    for (let mask = 1; mask < 2 ** entries.length; mask += 1) {
      const positions = entries.flatMap((_, position) => (mask & (1 << position) ? [position] : []));
      for (const heads of [undefined, ...maps])
        assert.equal(
          await judged(await evidenceOf({ entries, positions, ...(heads && { heads }) })),
          "notProven: word",
          String(positions),
        );
    }
  });

  test("by an entry that is shown twice, or by whoever stands alone where somebody new belongs", async () => {
    const { entries } = honest();
    const shown = await evidenceOf({ entries });
    const all = shown.entries ?? [];
    assert.equal(await judged({ ...shown, entries: [...all, ...all] }), "notProven: word");
    // Of one person alone the map's proof for anybody else ends in their leaf.
    const alone = new Written().batch(first);
    const heads = alone.headsOf(ben);
    assert.notEqual(heads[0]?.leaf, undefined);
    alone.batch(second);
    const after = { entries: alone.entries, positions: [1, 2, 3], heads };
    assert.equal(await judged(await evidenceOf(after)), "notProven: word");
  });

  test("by what is not in its tree: another entry, place, or proof with one bit changed", async () => {
    const { entries } = honest();
    const shown = await evidenceOf({ entries });
    const [one] = shown.entries as readonly [EvidentEntry, ...EvidentEntry[]];
    const wrong = { ...one, entry: utf8("what is this") } as EvidentEntry;
    const later = encodeLogEntry(renameOf(renamed, "made up"));
    const others: EvidentEntry[] = [
      wrong,
      { ...wrong, position: 99 },
      { position: 0, entry: utf8("what is this") },
      { ...one, position: 1 },
      { ...one, entry: later },
      { position: 7, leafHash: new Uint8Array(32), inclusionProof: [] },
    ];
    for (const other of others)
      assert.equal(await judged({ ...shown, entries: [other, ...(shown.entries ?? [])] }), "notProven: word");
    const twice = new Written().batch(first).batch(renamed).batch(renameOf(first, "again"));
    const liar = await evidenceOf({ entries: twice.entries, positions: [2, 4] });
    assert.equal(await judged(liar), "proven: outOfOrder");
    const [, last] = liar.entries as readonly [EvidentEntry, EvidentEntry];
    for (const [place, hash] of (last.inclusionProof ?? []).entries())
      for (let bit = 0; bit < 256; bit++) {
        const inclusionProof = last.inclusionProof?.with(place, flipped(hash, bit)) ?? [];
        const changed = [liar.entries?.[0] as EvidentEntry, { ...last, inclusionProof }];
        assert.equal(await judged({ ...liar, entries: changed }), "notProven: word");
      }
    assert.equal(
      await judged({ ...liar, shown: liar.shown?.replace("6\n", "7\n") ?? "" }),
      "notProven: unsigned",
    );
    const { shown: _shown, ...without } = liar;
    assert.equal(await judged(without), "notProven: word");
  });
});
