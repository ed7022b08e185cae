/** `profile.json`, as each version wrote it. */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { Failure } from "../../src/failure.ts";
import { Profile } from "../../src/profile.ts";

function open(t: TestContext): { readonly profile: Profile; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "signet-profile-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return { profile: new Profile(folder), path: join(folder, "profile.json") };
}

const released = (name: string): string => join(import.meta.dirname, "../released", name);

test("profiles of all versions are read, and written in the form of this one", (t) => {
  for (const name of ["profile-0.1.json", "profile-1.json"]) {
    const { profile, path } = open(t);
    copyFileSync(released(name), path);
    const remembered = profile.recall();
    assert.deepEqual(remembered, {
      server: "https://calls.example",
      user: "anna",
      module: "/usr/lib/softhsm/libsofthsm2.so",
      token: "desk",
      key: "signing",
      "key-type": "ES256",
    });
    const token = {
      "key-id": "a1b2",
      "token-serial": "86d1a8e25dd37b54",
      "public-key":
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3-257rn0s2ldbqkLJK2KRiMohYjlrQ",
    };
    profile.remember({ ...remembered, ...token });
    const now: unknown = JSON.parse(readFileSync(path, "utf8"));
    assert.deepEqual(now, JSON.parse(readFileSync(released("profile-2.json"), "utf8")));
    assert.deepEqual(profile.recall(), { ...remembered, ...token });
  }
});

test("what is known of the token is read strictly: a PIN depends on it", (t) => {
  const { profile, path } = open(t);
  for (const known of [
    { "token-serial": 7 },
    { "public-key": "a b" },
    { "public-key": "" },
    { "key-id": "xyz" },
  ]) {
    writeFileSync(path, JSON.stringify({ version: 2, ...known }));
    assert.throws(() => profile.recall(), Failure, JSON.stringify(known));
  }
  // Some tokens have no serial.
  writeFileSync(path, JSON.stringify({ version: 2, "token-serial": "" }));
  assert.deepEqual(profile.recall(), { "token-serial": "" });
});

test("a profile of a newer version is not read and not written over; it is said that it is one", (t) => {
  const { profile, path } = open(t);
  const text = '{"version":3,"server":{"address":"https://calls.example"}}';
  writeFileSync(path, text);
  const isNewer = (error: unknown): boolean =>
    error instanceof Failure && error.message === `${path} was written by a newer version of signet`;
  assert.throws(() => profile.recall(), isNewer);
  assert.throws(() => profile.remember({ user: "anna" as never }), isNewer);
  assert.equal(readFileSync(path, "utf8"), text);
});

test("a version that is none is damage", (t) => {
  const { profile, path } = open(t);
  for (const version of ['"1"', "0", "1.5", "null"]) {
    writeFileSync(path, `{"version":${version}}`);
    assert.throws(() => profile.recall(), Failure);
    assert.equal(readFileSync(path, "utf8"), `{"version":${version}}`);
  }
});
