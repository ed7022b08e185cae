/** Which files `signet` runs: those that were joined are never older than what they were made of. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { programOf } from "../../bin/program.js";

const startedMs = Date.now() - 60_000;

/** A package with two sources that are a second older than its build. */
function makeRoom(t: TestContext): string {
  const room = mkdtempSync(join(tmpdir(), "signet-program-"));
  t.after(() => rmSync(room, { recursive: true }));
  for (const folder of ["src", "dist"]) mkdirSync(join(room, folder));
  for (const name of ["src/main.ts", "src/other.ts"]) change(room, name, startedMs - 1_000);
  writeFileSync(join(room, "dist/main.js"), "");
  const sources = ["../src/main.ts", "../src/other.ts"];
  writeFileSync(join(room, "dist/made.json"), JSON.stringify({ startedMs, sources, needs: [] }));
  return room;
}

function change(room: string, name: string, atMs: number): void {
  writeFileSync(join(room, name), "");
  utimesSync(join(room, name), atMs / 1000, atMs / 1000);
}

test("the joined files run while no source is newer", (t) => {
  const room = makeRoom(t);
  assert.equal(programOf(room), join(room, "dist/main.js"));
});

test("the sources run where one of them changed since the build began", (t) => {
  const room = makeRoom(t);
  for (const atMs of [startedMs, Date.now()]) {
    change(room, "src/other.ts", atMs);
    assert.equal(programOf(room), join(room, "src/main.ts"));
  }
});

test("the sources run where one of them is gone, and where nothing was built", (t) => {
  const room = makeRoom(t);
  rmSync(join(room, "src/other.ts"));
  assert.equal(programOf(room), join(room, "src/main.ts"));
  rmSync(join(room, "dist"), { recursive: true });
  assert.equal(programOf(room), join(room, "src/main.ts"));
});

test("as it is installed there are no sources, and the joined files run", (t) => {
  const room = makeRoom(t);
  rmSync(join(room, "src"), { recursive: true });
  rmSync(join(room, "dist/made.json"));
  assert.equal(programOf(room), join(room, "dist/main.js"));
});
