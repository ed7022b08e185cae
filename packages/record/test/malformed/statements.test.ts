/** Every check of statements, by a record that is wrong in nothing else. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { toBase64Url } from "@signet/protocol";

import { formatRecord, verifyFile } from "../../src/index.ts";
import { at } from "../support/call-of-five.ts";
import { named, seededDevice } from "../support/seeded-keys.ts";
import { areRefused } from "../support/refused.ts";
import type { Wrong } from "../support/refused.ts";
import { smallCall, withGuest } from "../support/small-call.ts";

const nothing = new Uint8Array();

const ofStatements: readonly Wrong[] = [
  [
    "no statements",
    async ({ record }) => ({ ...(await record()), statements: [] }),
    "record.form",
    "statements",
  ],
  [
    "no call proof",
    async ({ call, record }) => {
      call.statements.splice(0, 1);
      call.epochs.splice(0);
      return record();
    },
    "proof.purpose",
    "statements[0]",
  ],
  [
    "another call's ID",
    async ({ record }) => ({ ...(await record()), callId: toBase64Url(named("other", 16)) as never }),
    "proof.call",
    "statements[0]",
  ],
  [
    "another server's name",
    async ({ call, record }) => {
      call.epochs.splice(0);
      const { log: _, ...made } = await record();
      return { ...made, people: [], serverOrigin: "https://other.example" };
    },
    "record.unknownPerson",
    "statements[0]",
  ],
  [
    "somebody who is not in the file",
    async ({ record }) => {
      const made = await record();
      return { ...made, people: made.people.filter(({ entry }) => entry.userId !== "ben") };
    },
    "record.unknownPerson",
    "statements[1]",
  ],
  [
    "a statement twice",
    async ({ bens, call, record }) => {
      const joined = call.statements[bens.index];
      call.put(joined ?? assert.fail());
      return record();
    },
    "record.form",
    "statements[2]",
  ],
  [
    "a binding of what a device signed",
    async ({ bens, call, record }) => {
      Object.assign(call.statements[bens.index] ?? {}, { binding: bens.by.binding });
      return record();
    },
    "record.form",
    "statements[1].binding",
  ],
  [
    "a terminal key for which nobody vouches",
    async ({ bens, call, record }) => {
      const { index } = call.ends(bens, "leave", "left", at(1));
      call.statements[index] = { proof: call.statements[index]?.proof ?? assert.fail() };
      return record();
    },
    "proof.signer",
    "statements[2]",
  ],
  [
    "a terminal key whose sign-in had run out",
    async ({ bens, call, record }) => {
      call.ends(bens, "leave", "left", at(12 * 60));
      return record();
    },
    "proof.expired",
    "statements[2].binding",
  ],
  [
    "a terminal key for which somebody else vouches",
    async ({ annas, bens, call, record }) => {
      call.ends(
        { person: bens.person, by: { ...bens.by, binding: annas.by.binding } },
        "leave",
        "left",
        at(1),
      );
      return record();
    },
    "proof.user",
    "statements[2].binding",
  ],
  [
    "an answer from before the call",
    async ({ ben, bens, call, record }) => {
      await call.join(ben, bens.by, at(-2.5));
      return record();
    },
    "proof.time",
    "statements[2]",
  ],
  [
    "an invitation from before the call",
    async ({ bens, call, record }) => {
      await call.invite(bens, ["carla"], at(-2.5));
      return record();
    },
    "proof.time",
    "statements[2]",
  ],
  [
    "an answer to another call",
    async (small) => {
      const { ben, bens, call } = small;
      const own = { callId: call.callId, callProofDigest: named("other"), leafKey: named("leaf") };
      const more = { head: ben.head, invitation: call.call.digest, checkpoint: nothing };
      call.put({ proof: await ben.signs(bens.by.device, "join", at(1), { ...own, ...more }) });
      return small.record();
    },
    "proof.call",
    "statements[2]",
  ],
  [
    "an answer by who was not invited",
    async ({ call, carla, carlas, record }) => {
      await call.join(carla, carlas, at(1));
      return record();
    },
    "call.notInvited",
    "statements[2]",
  ],
  [
    "an answer to an invitation of others",
    async ({ ben, bens, call, record }) => {
      const invited = await call.invite(bens, ["carla"], at(1));
      await call.join(ben, bens.by, at(1.1), invited.digest);
      return record();
    },
    "call.notInvited",
    "statements[3]",
  ],
  [
    "a call of somebody else that did not cross this one",
    async ({ ben, bens, call, record }) => {
      const own = { callId: toBase64Url(named("other", 16)), memberUserIds: ["anna", "carla"] };
      const more = { leafKey: named("leaf"), head: ben.head, checkpoint: nothing };
      call.put({ proof: await ben.signs(bens.by.device, "call", at(0.1), { ...own, ...more }) });
      return record();
    },
    "proof.call",
    "statements[2]",
  ],
  [
    "an end by somebody who did not call",
    async ({ bens, call, record }) => {
      call.ends(bens, "end", "ended", at(2));
      return record();
    },
    "call.notInitiator",
    "statements[2]",
  ],
  [
    "a leave by who was not invited",
    async ({ call, carla, carlas, record }) => {
      call.ends({ by: carlas, person: carla }, "leave", "left", at(2));
      return record();
    },
    "call.notInvited",
    "statements[2]",
  ],
  [
    "a reason that is none",
    async ({ bens, call, record }) => {
      call.ends(bens, "leave", "Anna threw me out", at(2));
      return record();
    },
    "proof.call",
    "statements[2]",
  ],
  [
    "a word that is no statement",
    async ({ ben, bens, call, record }) => {
      const proof = ben.says(bens.by, "microphone", at(1), { callId: call.callId, state: "on" });
      call.put({ proof, binding: bens.by.binding });
      return record();
    },
    "proof.purpose",
    "statements[2]",
  ],
  [
    "a list that does not fold",
    async ({ bens, call, record }) => {
      call.says(bens, { purpose: "remove", userIds: ["anna"], voided: [named("nothing")] }, at(1));
      return record();
    },
    "callList.missing",
    "statements",
  ],
];

areRefused(ofStatements);

describe("a record is refused with", () => {
  test("a call that names somebody twice", async () => {
    const { record } = await smallCall({ invited: ["ben", "ben"] });
    const verified = await verifyFile(formatRecord(await record()));
    assert.deepEqual(verified, { kind: "refused", code: "proof.call", at: "statements[0]" });
  });
});

describe("a record holds", () => {
  test("of a small call, with a guest, and with a word of a clock that is behind", async () => {
    const small = await smallCall();
    const { guest } = await withGuest(small);
    small.call.ends(small.bens, "decline", "declined", at(-3));
    const verified = await verifyFile(formatRecord(await small.record(guest)));
    assert.equal(verified.kind, "record", JSON.stringify(verified));
  });

  test("with a word under a device that was revoked afterwards", async () => {
    const small = await smallCall();
    const { bens, ben, log } = small;
    small.call.ends(bens, "leave", "left", at(3));
    const next = await seededDevice("ben next");
    await ben.add(next, at(10));
    await ben.revoke(bens.by.device, at(11), next);
    log.append({ ...ben.history, statements: ben.history.statements.slice(0, 1) });
    log.append(ben.history);
    const verified = await verifyFile(formatRecord(await small.record()));
    assert.ok(verified.kind === "record");
    assert.equal(verified.report.statements[0]?.revoked?.why, "lost");
  });
});
