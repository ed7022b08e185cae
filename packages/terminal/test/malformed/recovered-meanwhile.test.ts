/** An administrator recovers somebody whom this terminal knows, and nobody here has decided yet who they are now. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey } from "@signet/device";

import { MemoryPinStore } from "../../src/index.ts";
import { Administrators } from "../../src/people/administrators.ts";
import { Directory } from "../../src/people/directory.ts";
import { checkedByNewest, verifyProofOf } from "../../src/people/proofs.ts";
import type { ServerRequests } from "../../src/server-requests.ts";
import { recovered } from "../support/histories.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import { noLog } from "../support/no-log.ts";

test("what they lost counts at once for nothing: in a call, and wherever it signs; who they are stays undecided", async () => {
  const [ada, pat] = [await person("ada"), await person("pat")];
  const fresh = await createSoftwareKey({ algorithm: "EdDSA" });
  const request = async (type: string) =>
    type === "directory.lookup"
      ? { people: [{ userId: pat.userId, reachable: true, entry: pat.entry }] }
      : { named: [ada.userId], entry: ada.entry };
  const requests = { request, ask: request } as unknown as ServerRequests;
  for (const isMet of [true, false]) {
    const pins = new MemoryPinStore();
    const administrators = new Administrators(pins);
    administrators.connect({ requests, saysWho: () => true, log: () => noLog }, () => undefined);
    const told: string[] = [];
    const onRefused = (userId: string, code: string) => told.push(`${userId} ${code}`);
    const directory = new Directory(requests, pins, onRefused, () => Date.now(), undefined, administrators);
    directory.serverOrigin = serverOrigin;
    await administrators.look();
    const known = await directory.accept(pat.entry);
    if (isMet) directory.met(pat.userId, { deviceId: pat.device.deviceId });
    const call = await pat.device.sign({
      purpose: "call",
      serverOrigin,
      userId: pat.userId,
      deviceId: pat.device.deviceId,
      issuedAtMs: Date.now(),
      callId: randomId(),
      memberUserIds: ["ben"],
      leafKey: randomBytes(32),
      head: pat.head,
      checkpoint: new Uint8Array(),
    });
    const verdict = async () => {
      const { result } = await checkedByNewest(directory, known, (by) =>
        verifyProofOf(by, call, { purpose: "call", serverOrigin, time: "any" }),
      );
      return result.ok ? "ok" : result.code;
    };
    assert.equal(await verdict(), "ok");
    await directory.changed(await recovered(pat.entry, ada, fresh));
    assert.deepEqual(told, ["pat directory.keyChanged"]);
    assert.ok(directory.isRevoked(pat.userId, pat.device.deviceId));
    assert.equal(await verdict(), "history.deviceRevoked");
    assert.equal((await directory.person(pat.userId)).person, known.person);
  }
});
