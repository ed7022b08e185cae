/** `signet monitor` before a server that lies of its log, with the log's own key: each lie is found, and what proves it is kept. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";

import {
  decodeLogEntry,
  encodeLogEntry,
  encodeMapRootEntry,
  formatVerifierKey,
  verifierKey,
} from "@signet/directory";

import { closed, utf8 } from "../support/front.ts";
import type { Bytes } from "../support/front.ts";
import { Monitored, changedAt, eventsOf, found, judged } from "../support/monitored.ts";

const monitored = await Monitored.open();
const { ann, front } = monitored;

/** Of this log's name, and nobody's here. */
function otherKey(): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  return formatVerifierKey(verifierKey(`${new URL(front.origin).host}/log`, "log", raw));
}

test("a fork is found, with both checkpoints that the log signed", async () => {
  const state = await monitored.checked();
  await monitored.whileLying(
    (entries) =>
      front.forge(closed(entries.filter((entry) => decodeLogEntry(entry)?.userId !== "ben").concat(entries))),
    async () => {
      assert.equal(await judged(await monitored.look(state), "forked"), "proven: otherBeginning");
      // Again, for as long as it goes on.
      found(await monitored.look(state), "forked");
    },
  );
  assert.equal((await monitored.look(state)).code, 0);
});

test("a fork of the same size is found", async () => {
  const state = await monitored.checked();
  await monitored.whileLying(
    (entries) => front.forge(closed(entries.slice(0, -1).toReversed())),
    async () => assert.equal(await judged(await monitored.look(state), "forked"), "proven: sameSize"),
  );
});

test("a log that has fewer entries than it had is found", async () => {
  const state = await monitored.checked();
  await monitored.whileLying(
    (entries) => front.forge(entries.slice(0, -2)),
    async () => assert.equal(await judged(await monitored.look(state), "rolledBack"), "notProven: mayFit"),
  );
});

test("a shorter log that is another one is proven to be that", async () => {
  const state = await monitored.checked();
  for (const removed of [2, 3, 4])
    await monitored.whileLying(
      (entries) => front.forge(closed(entries.slice(1, -removed))),
      async () =>
        assert.equal(await judged(await monitored.look(state), "rolledBack"), "proven: otherBeginning"),
    );
});

test("another key is found, and a checkpoint that the log's key did not sign", async () => {
  const state = await monitored.checked();
  const other = otherKey();
  front.lie((path, real) =>
    path === "/.well-known/signet-log"
      ? {
          ...real,
          body: utf8(
            JSON.stringify({ ...JSON.parse(Buffer.from(real.body).toString()), verifierKey: other }),
          ),
        }
      : undefined,
  );
  found(await monitored.look(state), "otherKey");
  front.lie((path, real) =>
    path === "/log/checkpoint" ? { ...real, body: changedAt(real.body, -10) } : undefined,
  );
  assert.equal(await judged(await monitored.look(state), "badCheckpoint"), "notProven: unsigned");
  found(await monitored.look(monitored.newState()), "badCheckpoint");
  front.honest();
  const named = eventsOf((await monitored.look(monitored.newState())).out)[0]?.["verifierKey"];
  assert.equal((await monitored.look(monitored.newState(), "--log-key", String(named))).code, 0);
  found(await monitored.look(monitored.newState(), "--log-key", other), "otherKey");
});
test("a log that is gone is found, and one that keeps a part back", async () => {
  const state = await monitored.checked();
  front.lie((path, real) => (path.startsWith("/.well-known/") ? { ...real, status: 404 } : undefined));
  assert.equal(await judged(await monitored.look(state), "missing"), "notProven: word");
  front.lie((path, real) => (path === "/log/checkpoint" ? { ...real, status: 404 } : undefined));
  found(await monitored.look(state), "missing");
  for (const part of ["/log/tile/0/", "/log/tile/entries/"]) {
    front.lie((path, real) => (path.startsWith(part) ? { ...real, status: 404 } : undefined));
    found(await monitored.look(monitored.newState()), "withheld");
  }
  front.honest();
});

test("hashes that were not signed are found, and entries that are not what the hashes are of", async () => {
  const state = await monitored.checked();
  await ann.terminal.rename("Ann of tiles");
  front.lie((path, real) =>
    path.startsWith("/log/tile/0/") ? { ...real, body: changedAt(real.body, -1) } : undefined,
  );
  const fresh = monitored.newState();
  for (const known of [state, fresh]) found(await monitored.look(known), "tiles");
  front.honest();
  // Nothing of them was kept, wherever the honest ones are asked about again.
  for (const known of [state, fresh]) assert.equal((await monitored.look(known)).code, 0);
  await ann.terminal.rename("Ann of more tiles");
  front.lie((path, real) =>
    path.startsWith("/log/tile/0/") ? { ...real, body: real.body.slice(1) } : undefined,
  );
  found(await monitored.look(state), "tiles");
  front.lie((path, real) =>
    path.startsWith("/log/tile/entries/") ? { ...real, body: changedAt(real.body, 100) } : undefined,
  );
  assert.equal(found(await monitored.look(monitored.newState()), "entries").entries?.length, 1);
  front.lie((path, real) =>
    path.startsWith("/log/tile/entries/") ? { ...real, body: real.body.slice(1) } : undefined,
  );
  assert.equal(await judged(await monitored.look(state), "entries"), "notProven: word");
  front.honest();
  assert.equal((await monitored.look(state)).code, 0);
});

test("another map is found: in the log, in the checkpoint, and none at its end", async () => {
  await monitored.whileLying(
    (entries) => front.forge(entries.with(1, encodeMapRootEntry(new Uint8Array(32)))),
    async () =>
      assert.equal(await judged(await monitored.look(monitored.newState()), "map"), "proven: otherMap"),
  );
  await monitored.whileLying(
    (entries) => front.forge([...entries.slice(0, -1), closed(entries.slice(0, 1)).at(-1) as Bytes]),
    async () =>
      assert.equal(await judged(await monitored.look(monitored.newState()), "map"), "proven: mapNotAtEnd"),
  );
  await monitored.whileLying(
    (entries) => front.forge(entries, new Uint8Array(32)),
    async () =>
      assert.equal(await judged(await monitored.look(monitored.newState()), "map"), "proven: mapNotAtEnd"),
  );
  await monitored.whileLying(
    (entries) => front.forge(entries.slice(0, -1)),
    async () =>
      assert.equal(
        await judged(await monitored.look(monitored.newState()), "missingMap"),
        "proven: mapNotAtEnd",
      ),
  );
});

test("a statement that is hidden, that comes twice, and a form that nobody knows are found", async () => {
  const statement = (entries: readonly Bytes[], sequence: number): number =>
    entries.findIndex((entry) => {
      const read = decodeLogEntry(entry);
      return read?.userId === "ann" && read.sequence === sequence;
    });
  await monitored.whileLying(
    (entries) => front.forge(closed(entries.toSpliced(statement(entries, 1), 2))),
    async () =>
      assert.equal(
        await judged(await monitored.look(monitored.newState()), "outOfOrder"),
        "proven: outOfOrder",
      ),
  );
  await monitored.whileLying(
    (entries) => front.forge(closed([...entries, entries[statement(entries, 1)] as Bytes])),
    async () =>
      assert.equal(
        await judged(await monitored.look(monitored.newState()), "outOfOrder"),
        "proven: outOfOrder",
      ),
  );
  await monitored.whileLying(
    (entries) => front.forge(closed([...entries, utf8("what is this")])),
    async () =>
      assert.equal(
        await judged(await monitored.look(monitored.newState()), "unknownEntry"),
        "proven: unknownEntry",
      ),
  );
});

test("a signature that does not hold is found, and whose it is", async () => {
  await monitored.whileLying(
    (entries) => {
      const changed = entries.map((entry) => {
        const read = decodeLogEntry(entry);
        if (read?.userId !== "ben") return entry;
        const [proof] = read.proofs;
        assert.ok(proof !== undefined);
        return encodeLogEntry({
          ...read,
          proofs: [
            {
              ...proof,
              signature: { ...proof.signature, signature: changedAt(proof.signature.signature, -1) },
            },
          ],
        });
      });
      front.forge(closed(changed.filter((entry) => decodeLogEntry(entry) !== undefined)));
    },
    async () => {
      const look = await monitored.look(monitored.newState());
      const { code, sequence, userId } = found(look, "rule");
      assert.deepEqual([userId, sequence, code], ["ben", 0, "proof.signature"]);
      assert.equal(await judged(look, "rule"), "proven: rule");
    },
  );
});
