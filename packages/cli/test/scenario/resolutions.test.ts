/** Resolutions from the command line: proposed by an option, approved by rule and by nothing else, told and saved. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { runCommand } from "@signet/e2e/support/command-line.ts";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna", "ben", "cara");
const silent = "--in none --out none";

test("what is proposed is printed whole, approved by who was told so in advance, and saved", async () => {
  writeFileSync(join(scene.folder, "list.csv"), "acme,5\n");
  const ben = scene.start(
    `answer --profile ben --plain ${silent} --approve-resolutions anna=/Release[^]{1,20}Acme/ --save-resolutions kept`,
  );
  await ben.line(/^signed in as ben/);
  const anna = scene.start(
    `call ben --profile anna --json ${silent} --save-resolutions kept-by-anna --keep-record record --propose-file list.csv --propose 'Release 5\nto Acme'`,
  );
  const half = await anna.event(
    "resolution",
    ({ approvedBy, number }) => number === 1 && Array.isArray(approvedBy) && approvedBy.length === 1,
  );
  assert.deepEqual(
    [half["state"], half["approvedBy"], half["missing"], half["whole"]],
    ["open", ["ben"], ["anna"], "Release 5\nto Acme"],
  );
  const file = await anna.event("resolution", ({ number }) => number === 2);
  assert.deepEqual(file["file"], {
    name: "list.csv",
    sizeBytes: 7,
    sha256: "514051130f7f054d693d609bf48ca26b586937c19c87de95ef1c66a50318f85c",
  });
  await ben.line(/^a record of this call is kept by anna$/);
  anna.signal("SIGINT");
  await anna.ended;
  assert.equal((await ben.ended).code, 0);
  const at = ben.lines.findIndex((line) => line.startsWith("resolution 1 by anna: needs all 2"));
  assert.deepEqual(ben.lines.slice(at + 1, at + 4), [
    "  | Release 5",
    "  | to Acme",
    "resolution 1 by anna: open; not decided by anna, ben",
  ]);
  // The file is none that ben's terminal was told to approve.
  assert.ok(!ben.lines.some((line) => /^resolution 2 .*approved/.test(line)));
  assert.ok(
    ben.lines.some((line) => line === "resolution 2 by anna: not decided before the end of the call"),
  );
  for (const folder of ["kept", "kept-by-anna"]) {
    const [name, ...more] = readdirSync(join(scene.folder, folder));
    assert.deepEqual(more, []);
    const saved = JSON.parse(readFileSync(join(scene.folder, folder, name ?? ""), "utf8")) as {
      readonly format: string;
      readonly resolutions: readonly { readonly said: readonly unknown[] }[];
    };
    assert.equal(saved.format, "signet-record");
    assert.deepEqual(
      saved.resolutions.map(({ said }) => said.length),
      [1, 0],
    );
  }
});

test("a record of the call was written, and is verified", async () => {
  const [name = "", ...more] = readdirSync(join(scene.folder, "record"));
  assert.deepEqual(more, []);
  const path = join(scene.folder, "record", name);
  assert.equal(statSync(path).mode & 0o077, 0);
  const { code, err, out } = await runCommand(["verify", path]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /every signature in this record holds/);
  assert.match(out, /Release 5/);
});

test("what is proposed takes the approval of so many of those there, or of named people", async () => {
  for (const [whose, what] of [
    ["1", "needs 1 of the 2 who were in the call"],
    ["ben", "needs ben"],
  ] as const) {
    const ben = scene.start(`answer --profile ben --plain ${silent} --approve-resolutions text:Pay`);
    await ben.line(/^signed in as ben/);
    const anna = scene.start(
      `call ben --profile anna --plain ${silent} --propose Pay --approval-of ${whose}`,
    );
    await anna.line(/^resolution 1 by anna: adopted; approved by ben$/);
    assert.ok(anna.lines.includes(`resolution 1 by anna: ${what}`), anna.lines.join("\n"));
    anna.signal("SIGINT");
    await anna.ended;
    assert.equal((await ben.ended).code, 0);
  }
});

test("what is proposed waits for everybody who was called, as long as they can come", async () => {
  const ben = scene.start(`answer --profile ben --plain ${silent} --approve-resolutions text:Pay`);
  const cara = scene.start(`listen --profile cara --plain --auto-answer-from ben ${silent}`);
  await Promise.all([ben.line(/^signed in as ben/), cara.line(/^signed in as cara/)]);
  const anna = scene.start(`call ben cara --profile anna --plain ${silent} --propose Pay`);
  await anna.line(/^waiting to propose until all who were called are here: cara$/);
  assert.ok(!anna.lines.some((line) => line.startsWith("resolution ")));
  cara.signal("SIGINT");
  await cara.ended;
  await anna.line(/^resolution 1 by anna: needs all 2 who were in the call$/);
  anna.signal("SIGINT");
  await Promise.all([anna.ended, ben.ended]);
});

test("more approvals than there are people cannot be asked for, which is told", async () => {
  const ben = scene.start(`answer --profile ben --plain ${silent}`);
  await ben.line(/^signed in as ben/);
  const anna = scene.start(`call ben --profile anna --plain ${silent} --propose Pay --approval-of 3`);
  await anna.line(/it takes the approval of one or more of those in the call, and at most all of them/);
  anna.signal("SIGINT");
  await anna.ended;
  await ben.ended;
  assert.ok(!ben.lines.some((line) => line.startsWith("resolution ")));
});

scene.script("a number of approvals that is none", {
  run: `call ben --profile anna ${silent} --propose Pay --approval-of 0`,
  err: [/approval-of/, /user IDs/],
  code: 2,
});

scene.script("a rule that is none", {
  run: `answer --profile ben ${silent} --approve-resolutions all`,
  err: [/approve-resolutions/, /sha256/],
  code: 2,
});
