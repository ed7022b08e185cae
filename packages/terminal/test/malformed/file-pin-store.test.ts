import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { openCheckpoint, parseVerifierKey } from "@signet/directory";
import { SignetError, toBase64Url } from "@signet/protocol";
import type { DeviceId, UserId } from "@signet/protocol";

import { FilePinStore } from "../../src/node/file-pin-store.ts";
import type { LogPin } from "../../src/people/log-pin.ts";
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
  assert.equal(statSync(`${path}.lock`).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, "new")).mode & 0o777, 0o700);
  assert.deepEqual(
    readdirSync(join(folder, "new", "deeper")),
    ["pins.json", "pins.json.lock"],
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

test("a pin is added where there is none, and the one that there is stays", (context) => {
  const path = join(folderFor(context), "pins.json");
  const [one, other] = [new FilePinStore(path), new FilePinStore(path)];
  assert.equal(one.add(ann, deviceId(1), true), deviceId(1));
  assert.equal(other.add(ann, deviceId(2)), deviceId(1));
  assert.deepEqual([one.get(ann), one.isCertified(ann)], [deviceId(1), true]);
});

test("of two processes that meet different keys of one person at once one stands, and both know which", async (context) => {
  const path = join(folderFor(context), "pins.json");
  const writers = [1, 2].map((fill) => startAdder(context, path, deviceId(fill)));
  await Promise.all(writers.map(({ stdout }) => once(stdout, "data")));
  const said = writers.map(async ({ stdout }) => {
    let text = "";
    for await (const chunk of stdout) text += String(chunk);
    return JSON.parse(text) as readonly string[];
  });
  for (const { stdin } of writers) stdin.end("go\n");
  const [one, other] = await Promise.all(said);
  assert.deepEqual(one, other);
  const store = new FilePinStore(path);
  assert.deepEqual(
    one,
    Array.from({ length: pinsOfWriter }, (_, i) => store.get(`ann${i}` as UserId)),
  );
});

test("two processes that pin at the same time lose no pin", async (context) => {
  const path = join(folderFor(context), "pins.json");
  const writers = ["ann", "ben"].map((prefix) => startWriter(context, path, prefix));
  // Both run before either begins.
  await Promise.all(writers.map(({ stdout }) => once(stdout, "data")));
  const ends = writers.map(async (writer) => once(writer, "exit"));
  for (const { stdin } of writers) stdin.end("go\n");
  assert.deepEqual(await Promise.all(ends), [
    [0, null],
    [0, null],
  ]);
  const store = new FilePinStore(path);
  const lost = ["ann", "ben"]
    .flatMap((prefix) => Array.from({ length: pinsOfWriter }, (_, i) => `${prefix}${i}` as UserId))
    .filter((userId) => store.get(userId) === undefined);
  assert.deepEqual(lost, []);
});

test("a process that was killed while it wrote is not waited for", async (context) => {
  const path = join(folderFor(context), "pins.json");
  new FilePinStore(path).set(ann, deviceId(1));
  const holder = spawn(
    process.execPath,
    [
      "--eval",
      `const lock = new (require("node:sqlite").DatabaseSync)(${JSON.stringify(`${path}.lock`)});
       lock.exec("BEGIN EXCLUSIVE");
       console.log("held");
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  const ended = once(holder, "exit");
  holder.kill("SIGKILL");
  await ended;
  const store = new FilePinStore(path);
  store.set(ben, deviceId(2));
  assert.equal(store.get(ben), deviceId(2));
});

const pinsOfWriter = 40;

/** A process of its own that pins `<prefix>0` and so on, as soon as it is told to. */
function startWriter(context: TestContext, path: string, prefix: string) {
  const pin = `pins.set(${JSON.stringify(prefix)} + i, "${deviceId(1)}")`;
  return startProcess(context, path, `for (let i = 0; i < ${pinsOfWriter}; i++) ${pin};`);
}

/** One that meets `ann0` and so on with this device, and says which devices stand. */
function startAdder(context: TestContext, path: string, device: DeviceId) {
  const add = `pins.add("ann" + i, "${device}")`;
  const all = `Array.from({ length: ${pinsOfWriter} }, (_, i) => ${add})`;
  return startProcess(context, path, `console.log(JSON.stringify(${all}));`);
}

function startProcess(context: TestContext, path: string, work: string) {
  const store = new URL("../../src/node/file-pin-store.ts", import.meta.url).href;
  const writer = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { once } from "node:events";
       import { FilePinStore } from ${JSON.stringify(store)};
       const pins = new FilePinStore(${JSON.stringify(path)});
       console.log("ready");
       await once(process.stdin, "data");
       ${work}`,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  context.after(() => writer.kill("SIGKILL"));
  return writer;
}

for (const [name, text] of [
  ["nothing", ""],
  ["half a file", '[["ann","AQEBAQEBAQEBAQEBAQEBAQ"'],
  ["an object", "{}"],
  ["a pin of one part", '[["ann"]]'],
  ["a version that is none", '{"version":"1","pins":[]}'],
  ["a version and no pins", '{"version":1}'],
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
    assert.throws(() => store.add(ann, deviceId(1)), badPins);
    assert.equal(readFileSync(path, "utf8"), text);
  });
}

test("files of all versions are read, and written in the form of this one", (context) => {
  const released = (name: string): string =>
    readFileSync(join(import.meta.dirname, "../released", name), "utf8");
  for (const name of ["pins-0.1.json", "pins-1.json"]) {
    const path = join(folderFor(context), "pins.json");
    writeFileSync(path, released(name));
    const store = new FilePinStore(path);
    const proto = "__proto__" as UserId;
    assert.deepEqual([store.get(ann), store.isCertified(ann)], [deviceId(1), false]);
    assert.deepEqual([store.get(proto), store.isCertified(proto)], [deviceId(2), true]);
    assert.deepEqual([store.headOf(ann), store.headOf(proto)], [undefined, undefined]);
    store.set(ann, deviceId(1), false, { sequence: 2, digest: new Uint8Array(32).fill(3) });
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), JSON.parse(released("pins-2.json")));
  }
  const path = join(folderFor(context), "pins.json");
  writeFileSync(path, released("pins-2.json"));
  assert.deepEqual(new FilePinStore(path).headOf(ann), { sequence: 2, digest: new Uint8Array(32).fill(3) });
  for (const by of ["add", "set"] as const) {
    const store = new FilePinStore(join(folderFor(context), "pins.json"));
    store[by](ann, deviceId(1), true, { sequence: 7, digest: new Uint8Array(32).fill(4) });
    assert.deepEqual([store.headOf(ann)?.sequence, store.isCertified(ann)], [7, true]);
  }
});

test("a file that remembers a log is read, and the log stays when people are met", async (context) => {
  const text = readFileSync(join(import.meta.dirname, "../released/pins-2-log.json"), "utf8");
  const { log: released } = JSON.parse(text) as { readonly log: LogPin };
  const path = join(folderFor(context), "pins.json");
  writeFileSync(path, text);
  const store = new FilePinStore(path);
  assert.deepEqual([store.log(), store.headOf(ann)?.sequence], [released, 2]);
  const key = parseVerifierKey(released.verifierKey);
  assert.ok(key !== undefined);
  const opened = await openCheckpoint(released.checkpoint, key);
  assert.ok(opened.ok && opened.checkpoint.size === 2, "what was believed still counts");
  store.set(ann, deviceId(3));
  assert.deepEqual(new FilePinStore(path).log(), released);
});

test("a file of a newer version is not read, not written over, and it is said that it is one", (context) => {
  const path = join(folderFor(context), "pins.json");
  const text = `{"version":3,"people":[["ann","${deviceId(1)}"]]}`;
  writeFileSync(path, text);
  const store = new FilePinStore(path);
  for (const use of [
    () => store.get(ann),
    () => store.isCertified(ann),
    () => store.add(ann, deviceId(2)),
    () => store.set(ann, deviceId(2)),
  ])
    assert.throws(use, { code: "directory.newerPins" });
  assert.equal(readFileSync(path, "utf8"), text);
});

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

test("a lock that is a link is not followed, and makes no file elsewhere", (context) => {
  const folder = folderFor(context);
  const path = join(folder, "pins.json");
  const elsewhere = join(folder, "elsewhere");
  symlinkSync(elsewhere, `${path}.lock`);
  assert.throws(() => new FilePinStore(path).set(ann, deviceId(1)), badPins);
  assert.ok(!existsSync(elsewhere) && !existsSync(path));
});
