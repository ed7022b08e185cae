/** What is told of a history that went on. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, happenedSince } from "@signet/device";
import type { SignatureDevice } from "@signet/device";

import { HistoryWriter, administeredBy, folded } from "../support/history.ts";
import { hourMs, nowMs } from "../support/people.ts";

let first: SignatureDevice;
let second: SignatureDevice;
let third: SignatureDevice;

before(async () => {
  [first, second, third] = (await Promise.all(
    [0, 1, 2].map(() => createSoftwareKey({ algorithm: "EdDSA" })),
  )) as [SignatureDevice, SignatureDevice, SignatureDevice];
});

const of = (device: SignatureDevice, deviceName: string) => ({
  deviceId: device.deviceId,
  kind: device.kind,
  deviceName,
});

test("devices that came and went, and names: in order, each with who signed it and when", async () => {
  const writer = await HistoryWriter.begin(first);
  await writer.add(second, first, "Desk");
  await writer.rename("Alice B.", undefined, second);
  await writer.rename("Key ring", first, second);
  await writer.revoke(first, second);
  const person = await folded(writer.history);
  const by = { userId: person.userId, deviceId: second.deviceId, name: "Desk" };
  const after = [
    { type: "renamed", displayName: "Alice B.", atMs: nowMs + 2 * hourMs, by },
    { type: "deviceNamed", ...of(first, "Key ring"), atMs: nowMs + 3 * hourMs, by },
    { type: "deviceRevoked", ...of(first, "Key ring"), why: "lost", atMs: nowMs + 4 * hourMs, by },
  ];
  assert.deepEqual(happenedSince(person, 0), [
    {
      type: "deviceAdded",
      ...of(second, "Desk"),
      atMs: nowMs + hourMs,
      by: { ...by, deviceId: first.deviceId, name: "Key ring" },
    },
    ...after,
  ]);
  assert.deepEqual(happenedSince(person, 1), after);
  assert.deepEqual(happenedSince(person, 4), []);
});

test("many names hide nothing: each thing stands once, as it is now", async () => {
  const writer = await HistoryWriter.begin(first);
  await writer.add(second, first, "Desk");
  for (const name of ["A", "B", "C"]) {
    await writer.rename(name);
    await writer.rename(`Desk ${name}`, second);
    await writer.rename(`Key ${name}`, first);
  }
  const person = await folded(writer.history);
  assert.deepEqual(
    happenedSince(person, 0).map((event) => [
      event.type,
      "displayName" in event ? event.displayName : "deviceName" in event ? event.deviceName : "",
    ]),
    [
      ["deviceAdded", "Desk C"],
      ["renamed", "C"],
      ["deviceNamed", "Key C"],
    ],
  );
});

test("an administrator's word is told as theirs", async () => {
  const administrator = await HistoryWriter.begin(third, "root");
  const root = await folded(administrator.history);
  const writer = await HistoryWriter.begin(first);
  await writer.recover(second, administrator);
  const person = await folded(writer.history, administeredBy(root));
  assert.deepEqual(happenedSince(person, 0), [
    {
      type: "recovered",
      ...of(second, "Desk"),
      atMs: nowMs + hourMs,
      by: { userId: "root", deviceId: third.deviceId },
    },
  ]);
});
