/** An administrator and somebody who lost everything, on the command line. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { createInvites, databasePath, openSqliteStore } from "@signet/server";
import type { UserId } from "@signet/terminal";

import { passphrase, Scene } from "../support/script.ts";
import { program, Window } from "../support/window.ts";

const dataDir = mkdtempSync(join(tmpdir(), "signet-cli-data-"));
after(() => rmSync(dataDir, { recursive: true, force: true }));
const scene = await Scene.open({ dataDir, administrators: ["ada" as UserId] });
await scene.register("ben");
scene.putKey("ada");
const id = "[\\w-]{22}";

const administratorsId = [
  "error: this user ID is an administrator's and needs an invite code",
  "hint: `signet invite` makes one, where the server runs; give it with --invite",
];

test("who lost all keys reads a code to an administrator, who lists, recovers, revokes, appoints and invites", async () => {
  const store = openSqliteStore(databasePath(dataDir));
  const [invite = ""] = await createInvites(store, 1, Date.now());
  await store.close();
  const first = "register --server $SERVER --user ada --profile ada --plain";
  await scene.play({ run: first, out: [/^online: /], err: administratorsId, code: 5 });
  await scene.play({
    run: `${first} --invite ${invite}`,
    out: [/^online: /, /^signed in as ada/, /^registered ada/, /^released: /],
  });
  await scene.play({
    run: "admin --profile ben --plain",
    out: [/^online: /, /^signed in as ben/, /^released: /],
    err: ["error: you do not administer this server", "hint: ask one who does"],
    code: 5,
  });

  const asks = scene.start("keys recover --server $SERVER --user ben --profile new --name Desk --json");
  const { code: shown, url } = await asks.event("recoveryCode");
  const code = String(shown);
  assert.match(String(url), new RegExp(`/#recover=${code.replaceAll(" ", "")}\\.ben$`));
  // What cannot be one is told as that, before anybody signs in.
  for (const typed of ["1234", "\n", `${code} 1`])
    await scene.play({
      run: "admin recover ben --profile ada --plain --code-fd 3",
      descriptor3: typed,
      out: [],
      err: ["error: this is not a code: it has twenty digits", /^hint: type it/],
      code: 5,
    });
  const wrong = scene.start("admin recover ben --profile ada --plain --code-fd 3", {
    descriptor3: code.replace(/^\d/, (digit) => String((Number(digit) + 1) % 10)),
  });
  const refused = await wrong.ended;
  assert.equal(refused.code, 5);
  assert.match(refused.err, /nobody asks to be recovered under this user ID with this code/);
  const signs = await scene.start("admin recover ben --profile ada --plain --code-fd 3", {
    descriptor3: code,
  }).ended;
  assert.equal(signs.code, 0, signs.err);
  const ended = await asks.ended;
  assert.equal(ended.code, 0, ended.err);
  const { deviceId } = await asks.event("keyJoined");
  await scene.play({
    run: "keys --profile new --plain",
    out: [
      /^online: /,
      /^signed in as ben/,
      new RegExp(`^${id}  without a name, .* REVOKED on [0-9-]{10} by .*ada`),
      new RegExp(`^${String(deviceId)}  Desk, software key, added on [0-9-]{10} by .*ada`),
      /^released: /,
    ],
  });
  // Who was recovered by somebody whom this terminal does not know signs in once they accept them.
  const forgotten = forgetAdministrators(scene.folder, "new");
  const [, , , adasHead = ""] = forgotten.before.administrators[0] ?? [];
  const signsIn = (more: string) => scene.start(`keys --profile new --plain${more}`).ended;
  assert.equal((await signsIn("")).code, 5);
  const again = await signsIn(` --trust-administrator ada=${adasHead}`);
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, /^accepted ada as an administrator$/m);

  const own = ["--profile ada --plain", /^online: /, /^signed in as ada/, /^released: /] as const;
  const [rest, online, signedIn, released] = own;
  await scene.play({
    run: `admin revoke ben ${String(deviceId)} --why stolen ${rest}`,
    out: [online, signedIn, new RegExp(`^revoked Desk`), released],
  });
  await scene.play({
    run: `admin ${rest}`,
    out: [online, signedIn, /^ada \(/, new RegExp(`^ben \\(.*${String(deviceId)} Desk REVOKED`), released],
  });
  await scene.play({
    run: `admin appoint ben ${rest}`,
    out: [online, signedIn, "ben administers from now on", released],
  });
  await scene.play({
    run: `admin invite ${rest}`,
    out: [online, signedIn, /^[0-9a-z]{5}(-[0-9a-z]{5}){3}$/, released],
  });

  const { before, file } = forgetAdministrators(scene.folder, "ada");
  const [, key, , head] = before.administrators[0] ?? assert.fail("nobody was remembered");
  const trusting = (of: string) =>
    scene.start(`keys --profile ada --plain --trust-administrator ada=${of}`).ended;
  // Not by the key with which somebody registered: it need not count any more.
  const byKey = await trusting(key);
  assert.equal(byKey.code, 2, byKey.err);
  const asked = scene.start("keys --profile ada --json");
  const { head: named, keys } = await asked.event("warning");
  assert.equal(named, head);
  assert.deepEqual(
    (keys as { deviceId: string }[]).map(({ deviceId }) => deviceId),
    [key],
  );
  await asked.ended;
  const otherHead = await trusting("2MqZmQfyHk7iGWYYmZ4n8hhHLvDyMC1xUmc8Cdnhn7w");
  assert.equal(otherHead.code, 5, otherHead.err);
  const warned = new RegExp(
    `their keys: ${key} registered on [0-9-]{10}; --trust-administrator ada=${head}\\)`,
  );
  assert.match(otherHead.out + otherHead.err, warned);
  const accepted = await trusting(head);
  assert.equal(accepted.code, 0, accepted.err);
  assert.match(accepted.out, /^accepted ada as an administrator$/m);
  assert.doesNotMatch(accepted.out, /warning/);
  assert.deepEqual(administratorsIn(file), before.administrators);
});

test("a name that says nothing more than the user ID is left out, and the code says how long it counts", async () => {
  await scene.register("cleo");
  const asks = scene.start("keys recover --server $SERVER --user cleo --profile cleo-anew --plain");
  const line = await asks.line(/^read this code/);
  assert.match(line, /, for 15 minutes, until \d\d:\d\d: [\d ]{24}$/);
  const { out } = await scene.start("admin --profile ada --plain").ended;
  assert.match(out, /^asks to be recovered: cleo, with a software key$/m);
  asks.signal("SIGINT");
  await asks.ended;
});

test("in the live view a key accepts an administrator, by the keys that the question shows", async (t) => {
  const { before, file } = forgetAdministrators(scene.folder, "ada");
  const [, key] = before.administrators[0] ?? assert.fail("nobody was remembered");
  const env = { SIGNET_PASSPHRASE: passphrase, HOME: scene.folder };
  const window = await Window.open(t, { columns: 80, rows: 24 }, env);
  await window.command(`${program} sign-in --profile ada --in none --out none`);
  await window.until(/^ ! ada: an administrator is new here/);
  await window.press("t");
  await window.until(new RegExp(`^ ${key} registered on [0-9-]{10}$`));
  await window.press("n");
  await window.until(/^ t accept the administrator {3}x close warning/);
  assert.deepEqual(administratorsIn(file), []);
  await window.press("t");
  await window.until(/^ y yes {3}n no$/);
  await window.press("y");
  const rows = await window.until(/^ ada is one of the administrators whom this terminal knows$/);
  assert.doesNotMatch(rows.join("\n"), /an administrator is new here/);
  assert.deepEqual(administratorsIn(file), before.administrators);
  await window.press("q");
  await window.until(() => window.isGivenBack());
});

scene.script("words that say nothing to be done are refused before anybody signs in", {
  run: "admin recover --profile ada",
  err: [/^error: signet admin does not know what to do with "recover"/, /^hint: give one of list/],
  code: 2,
});

/** As if the server had named nobody when this terminal asked first. */
function forgetAdministrators(parent: string, profile: string) {
  const folder = join(parent, profile);
  const file = join(folder, readdirSync(folder).find((name) => /^known-people-.*json$/.test(name)) ?? "");
  const before = knownIn(file);
  writeFileSync(file, JSON.stringify({ ...before, administrators: [] }), { mode: 0o600 });
  return { before, file };
}

const knownIn = (file: string) =>
  JSON.parse(readFileSync(file, "utf8")) as { administrators: [string, string, number, string][] };

const administratorsIn = (file: string) => knownIn(file).administrators;
