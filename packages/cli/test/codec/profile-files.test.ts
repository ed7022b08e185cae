/** What a profile holds is for its owner alone, also what was copied into it or made before. */
import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { Profile } from "../../src/profile.ts";

test("files of a profile that others can read are taken from them; what it writes never was theirs", (t) => {
  const before = process.umask(0);
  t.after(() => void process.umask(before));
  const base = mkdtempSync(join(tmpdir(), "signet-profile-"));
  t.after(() => rmSync(base, { recursive: true }));
  const folder = join(base, "profile");
  mkdirSync(folder, { mode: 0o755 });
  const own = [
    "profile.json",
    "anna.key",
    "known-people-https-a.example.json",
    "known-people-https-a.example.json.lock",
  ];
  for (const name of own) {
    writeFileSync(join(folder, name), "{}");
    chmodSync(join(folder, name), 0o666);
  }
  // What was not written by Signet, and what only leads elsewhere, stays as it is.
  const other = join(base, "notes.key");
  writeFileSync(other, "mine");
  writeFileSync(join(folder, "notes.txt"), "mine");
  symlinkSync(other, join(folder, "linked.key"));
  const profile = new Profile(folder);
  profile.prepare();
  const modeOf = (path: string): number => lstatSync(path).mode & 0o777;
  for (const name of own) assert.equal(modeOf(join(folder, name)), 0o600, name);
  assert.equal(modeOf(other), 0o666);
  assert.equal(modeOf(join(folder, "notes.txt")), 0o666);
  // A leftover of somebody else's cannot make it readable again.
  writeFileSync(join(folder, "profile.json.new"), "", { mode: 0o666 });
  profile.remember({});
  assert.equal(modeOf(join(folder, "profile.json")), 0o600);
  assert.ok(!readdirSync(folder).some((name) => /^profile\.json\.[0-9a-f]+$/.test(name)));
});
