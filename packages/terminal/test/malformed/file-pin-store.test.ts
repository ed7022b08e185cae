import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { SignetError, toBase64Url } from "@signet/protocol";
import type { DeviceId, UserId } from "@signet/protocol";

import { FilePinStore } from "../../src/node/file-pin-store.ts";
import { folderFor } from "../support/folder.ts";

const deviceId = (fill: number) => toBase64Url(new Uint8Array(16).fill(fill)) as DeviceId;
const ann = "ann" as UserId;
const ben = "ben" as UserId;
const badPins = (error: unknown) => error instanceof SignetError && error.code === "directory.badPins";

test("pins are kept in a file that only its owner can read, made with its folder, and found by the next process", (context) => {
  const folder = folderFor(context);
  const path = join(folder, "new", "deeper", "pins.json");
  const store = new FilePinStore(path);
  assert.equal(store.get(ann), undefined);
  assert.ok(!existsSync(path), "reading makes no file");
  store.set(ann, deviceId(1));
  store.set(ben, deviceId(2), true);
  const next = new FilePinStore(path);
  assert.equal(next.get(ann), deviceId(1));
  assert.equal(next.get(ben), deviceId(2));
  assert.equal(next.isCertified(ann), false);
  assert.equal(next.isCertified(ben), true);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, "new")).mode & 0o777, 0o700);
  assert.deepEqual(
    readdirSync(join(folder, "new", "deeper")),
    ["pins.json"],
    "no half-written file stays behind",
  );
});

test("two terminals that share the file see each other's pins", (context) => {
  const path = join(folderFor(context), "pins.json");
  const one = new FilePinStore(path);
  const other = new FilePinStore(path);
  one.set(ann, deviceId(1));
  other.set(ben, deviceId(2));
  assert.equal(one.get(ben), deviceId(2));
  assert.equal(other.get(ann), deviceId(1));
});

for (const [name, text] of [
  ["nothing", ""],
  ["half a file", '[["ann","AQEBAQEBAQEBAQEBAQEBAQ"'],
  ["an object", "{}"],
  ["a pin of one part", '[["ann"]]'],
  ["a bad device ID", '[["ann","no"]]'],
  ["a bad user ID", `[["A B","${deviceId(1)}"]]`],
] as const) {
  test(`a file with ${name} is not "nobody was met", and is not written over`, (context) => {
    const path = join(folderFor(context), "pins.json");
    writeFileSync(path, text);
    const store = new FilePinStore(path);
    assert.throws(() => store.get(ann), badPins);
    assert.throws(() => store.isCertified(ann), badPins);
    assert.throws(() => store.set(ann, deviceId(1)), badPins);
    assert.equal(readFileSync(path, "utf8"), text);
  });
}

test("what cannot be read or written is said, and the old pins stay", (context) => {
  const folder = folderFor(context);
  const asFolder = join(folder, "pins.json");
  mkdirSync(asFolder);
  assert.throws(() => new FilePinStore(asFolder).get(ann), badPins);
  // Not as root, who may write anywhere.
  writeFileSync(join(folder, "file"), "");
  assert.throws(() => new FilePinStore(join(folder, "file", "pins.json")).set(ann, deviceId(1)), badPins);
  const path = join(folder, "kept.json");
  const store = new FilePinStore(path);
  store.set(ann, deviceId(1));
  chmodSync(path, 0o400);
  store.set(ann, deviceId(3));
  assert.equal(store.get(ann), deviceId(3), "replaced as a whole");
});
