/** Every check of the log and of people, by a record that is wrong in nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { formatVerifierKey, verifierKey } from "@signet/directory";
import type { DirectoryEntryIn } from "@signet/protocol";

import { formatRecord, verifyFile } from "../../src/index.ts";
import { at } from "../support/call-of-five.ts";
import { areRefused, logOf } from "../support/refused.ts";
import type { Wrong } from "../support/refused.ts";
import { named, seededDevice, seededLog } from "../support/seeded-keys.ts";
import { smallCall, withGuest } from "../support/small-call.ts";
import { WrittenLog } from "../support/written-log.ts";

const ofLog: readonly Wrong[] = [
  [
    "a key that cannot be read",
    async ({ record }) => {
      const made = await record();
      return { ...made, log: { ...logOf(made), verifierKey: "signet.example/log" } };
    },
    "record.checkpoint",
    "log.verifierKey",
  ],
  [
    "another server's log",
    async ({ record }) => {
      const made = await record();
      const other = new WrittenLog(seededLog("signet.example/other"));
      return { ...made, log: { ...logOf(made), verifierKey: other.verifierKey } };
    },
    "record.checkpoint",
    "log.verifierKey",
  ],
  [
    "another key of a log of that name",
    async ({ record }) => {
      const made = await record();
      const { publicKey } = seededLog("signet.example/other").key;
      const other = formatVerifierKey(verifierKey("signet.example/log", "log", publicKey));
      return { ...made, log: { ...logOf(made), verifierKey: other } };
    },
    "record.checkpoint",
    "log.checkpoint",
  ],
  [
    "a map that is not at the end of the log",
    async ({ record }) => {
      const made = await record();
      return { ...made, log: { ...logOf(made), mapRootProof: [named("hash")] } };
    },
    "record.checkpoint",
    "log.mapRootProof",
  ],
];

/** What is not signed stands beside anna's first device. */
const withBeside =
  (beside: Partial<DirectoryEntryIn>): Wrong[1] =>
  async ({ record }) => {
    const made = await record();
    const [first, ...rest] = made.people;
    assert.ok(first);
    return { ...made, people: [{ ...first, entry: { ...first.entry, ...beside } }, ...rest] };
  };

const ofPeople: readonly Wrong[] = [
  [
    "people in another order",
    async ({ record }) => {
      const made = await record();
      return { ...made, people: made.people.toReversed() };
    },
    "record.form",
    "people[1].entry.userId",
  ],
  [
    "somebody twice",
    async ({ record }) => {
      const made = await record();
      const [anna] = made.people;
      return { ...made, people: anna === undefined ? [] : [anna, ...made.people] };
    },
    "record.form",
    "people[1].entry.userId",
  ],
  [
    "somebody whom the log does not prove",
    async ({ record }) => {
      const made = await record();
      return { ...made, people: made.people.map(({ entry }) => ({ entry })) };
    },
    "record.unproven",
    "people[0].mapProof",
  ],
  [
    "a proof of somebody else",
    async ({ record }) => {
      const made = await record();
      const proofs = made.people.map(({ mapProof }) => mapProof).toReversed();
      return { ...made, people: made.people.map((one, place) => ({ ...one, mapProof: proofs[place] })) };
    },
    "record.unproven",
    "people[0].mapProof",
  ],
  [
    "a history that goes on after the log",
    async ({ anna, record }) => {
      await anna.add(await seededDevice("anna later"), at(30));
      return record();
    },
    "record.unproven",
    "people[0].mapProof",
  ],
  [
    "a proof where there is no log",
    async ({ record }) => {
      const { log: _, ...made } = await record();
      return made;
    },
    "record.form",
    "people[0].mapProof",
  ],
  [
    "a history that does not hold",
    async ({ anna, ben, log, record }) => {
      await anna.add(await seededDevice("anna later"), at(30), "Later", ben.first);
      log.append(anna.history);
      return record();
    },
    "history.deviceUnknown",
    "people[0].entry",
  ],
  [
    "a software key with a key handle",
    withBeside({ credentialId: named("handle") }),
    "directory.badEntry",
    "people[0].entry",
  ],
  [
    "a software key with an attestation",
    withBeside({ attestation: { format: "packed", aaguid: "a" } }),
    "directory.badEntry",
    "people[0].entry",
  ],
  [
    "an added software key with a key handle",
    async ({ anna, log, record }) => {
      await anna.add(await seededDevice("anna later"), at(30));
      log.append(anna.history);
      const made = await record();
      const [first, ...rest] = made.people;
      assert.ok(first);
      const statements = first.entry.statements.map((one) => ({ ...one, credentialId: named("handle") }));
      return { ...made, people: [{ ...first, entry: { ...first.entry, statements } }, ...rest] };
    },
    "history.proofs",
    "people[0].entry",
  ],
  [
    "a guest whom the log is to prove",
    async (small) => {
      const { guest } = await withGuest(small);
      const made = await small.record(guest);
      const mapProof = { siblings: [] };
      return { ...made, people: made.people.map((one) => ({ mapProof, ...one })) };
    },
    "record.form",
    "people[3].mapProof",
  ],
  [
    "a guest with a history",
    async (small) => {
      const { guest } = await withGuest(small);
      await guest.add(await seededDevice("gus later"), at(2));
      return small.record(guest);
    },
    "directory.badEntry",
    "people[3].entry",
  ],
  [
    "a guest with another name than was vouched for",
    async (small) => small.record((await withGuest(small, { registeredAs: "Boss" })).guest),
    "guest.word",
    "people[3]",
  ],
  [
    "a guest whom nobody let in",
    async (small) => small.record((await withGuest(small, { isLetIn: false })).guest),
    "guest.notLetIn",
    "statements[3]",
  ],
  [
    "a word for a guest with another key",
    async (small) => {
      const { guest } = await withGuest(small);
      const { publicKey } = small.carla.first;
      await small.call.vouch(small.bens, guest, "Gus", at(1.5), publicKey);
      return small.record(guest);
    },
    "guest.word",
    "statements[5]",
  ],
];

areRefused([...ofLog, ...ofPeople]);

test("a record of another log than one that is known is refused", async () => {
  const { record } = await smallCall();
  const logKeys = [seededLog("signet.example/other").key];
  const verified = await verifyFile(formatRecord(await record()), { logKeys });
  assert.deepEqual(verified, { kind: "refused", code: "record.otherLog", at: "log.verifierKey" });
});
