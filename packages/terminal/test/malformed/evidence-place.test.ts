/** A server fills the place for evidence with what convinces nobody, and forks afterwards: what convinces a stranger is kept all the same. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { formatVerifierKey } from "@signet/directory";

import { MemoryEvidencePlace } from "../../src/index.ts";
import type { EvidencePlace } from "../../src/index.ts";
import { FileEvidencePlace } from "../../src/node/index.ts";
import { mostEvidence, WebEvidencePlace } from "../../src/people/evidence-place.ts";
import { ann, ben, judged, logOf, opened } from "../support/logged-directory.ts";
import { randomBytes } from "../support/people.ts";

/** As `Storage` is, as far as the place uses it. */
function storage(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  } as unknown as Storage;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "signet-evidence-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const places: Record<string, (t: TestContext) => EvidencePlace> = {
  "in memory": () => new MemoryEvidencePlace(),
  "in a browser": () => new WebEvidencePlace(storage(), "https://signet.example"),
  "in a folder": (t) => new FileEvidencePlace(folder(t)),
};

for (const [name, placeOf] of Object.entries(places))
  test(`${name} what is proven takes the place of the oldest that is not, and nothing takes its place`, async (t) => {
    const log = logOf(ann, ben);
    const at = opened({ log, place: placeOf(t) });
    const logKey = formatVerifierKey(log.key);
    const found = { finding: "rolledBack" as const, logKey, known: log.note() };
    const mayFit = (size: number): void =>
      at.part.failed("log.rolledBack", { ...found, shown: log.note({ size }) });
    const forked = (): void =>
      at.part.failed("log.otherView", {
        ...found,
        finding: "otherView",
        shown: log.note({ root: randomBytes(32) }),
      });
    for (let size = 1_001; size <= 1_000 + mostEvidence; size++) mayFit(size);
    const before = at.place.all();
    assert.equal(before.length, mostEvidence);
    for (let proven = 1; proven <= mostEvidence; proven++) {
      forked();
      await at.part.settled();
      const kept = at.place.all();
      mayFit(2_000 + proven);
      await at.part.settled();
      assert.deepEqual(at.place.all(), kept);
      const judgements = await judged(at);
      assert.equal(judgements.length, mostEvidence);
      assert.equal(judgements.filter((one) => one === "proven").length, proven);
      if (proven === 1) assert.ok(!at.place.all().includes(before[0]!));
    }
    const full = at.place.all();
    forked();
    await at.part.settled();
    assert.deepEqual(at.place.all(), full);
  });
