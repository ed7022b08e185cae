/** What goes on for long: a server that restarts, a person whose key changed. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { startTestServer } from "@signet/e2e/support/server.ts";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();
const silent = "--in none --out none";

test("who listens is there again by itself when the server restarts, and says so", async (t) => {
  const dataDir = join(scene.folder, "data");
  const first = await startTestServer({ dataDir });
  const { origin, port } = first;
  for (const userId of ["anna", "ben"]) {
    scene.putKey(userId, `${userId}-here`);
    await scene.play({ run: `register --server ${origin} --user ${userId} --profile ${userId}-here` });
  }
  const ben = scene.start(`listen --profile ben-here --auto-answer-from anna --once --json ${silent}`);
  await ben.event("signedIn");
  await first.close();
  await ben.event("offline");
  const second = await startTestServer({ dataDir, port });
  t.after(() => second.close());
  await ben.event("online", ({ at }) => at > (ben.events.find(({ event }) => event === "offline")?.at ?? ""));
  const anna = scene.start(`call ben --profile anna-here ${silent}`);
  await ben.event("rekeyed");
  anna.signal("SIGINT");
  assert.equal((await anna.ended).code, 130);
  assert.equal((await ben.ended).code, 0);
});

test("who listens signs in again when the sign-in runs out", async (t) => {
  // The call below has to fit into one, on a busy machine, too.
  const server = await startTestServer({ limits: { bindingMs: 15_000 } });
  t.after(() => server.close());
  for (const userId of ["anna", "ben"]) {
    scene.putKey(userId, `${userId}-there`);
    await scene.play({
      run: `register --server ${server.origin} --user ${userId} --profile ${userId}-there`,
    });
  }
  const ben = scene.start(`listen --profile ben-there --auto-answer-from anna --once --json ${silent}`);
  const { at: outAt } = await ben.event("signedOut", ({ reason }) => reason === "expired");
  await ben.event("signedIn", ({ at }) => at > outAt);
  const anna = scene.start(`call ben --profile anna-there ${silent}`);
  await ben.event("rekeyed");
  anna.signal("SIGINT");
  assert.equal((await anna.ended).code, 130);
  assert.equal((await ben.ended).code, 0);
});

test("a person with another key than before is not called, and it says why; a decision mends it", async () => {
  await scene.register("anna", "ben", "carla");
  await scene.play({
    run: `call ben carla --profile anna ${silent}`,
    err: [/^error: nobody came/, /^hint: /],
    code: 6,
  });
  const [pins = ""] = readdirSync(join(scene.folder, "anna")).filter((name) =>
    name.startsWith("known-people"),
  );
  const path = join(scene.folder, "anna", pins);
  const kept = JSON.parse(readFileSync(path, "utf8")) as { version: number; pins: [string, string][] };
  const met = new Map(kept.pins);
  // Nobody came, so nobody was met.
  assert.deepEqual([...met.keys()], ["anna"]);
  // As if Ben had been met with Anna's key.
  writeFileSync(path, JSON.stringify({ ...kept, pins: [...met.set("ben", met.get("anna") ?? "")] }));

  const { publicKey } = JSON.parse(readFileSync(join(scene.folder, "ben", "ben.key"), "utf8")) as {
    publicKey: string;
  };
  const digest = createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest();
  const bens = digest.subarray(0, 16).toString("base64url");
  const words = "this person's key is not the one that this terminal met before";
  const advice =
    "ask them in another way; only if they did change it, run again with --trust-changed-key <their id>=<their key>";
  await scene.play({
    run: `call ben --profile anna ${silent}`,
    out: [
      "online: $SERVER",
      /^signed in as anna/,
      `warning about ben: ${words} (their key now: ${bens}); ${advice}`,
      "released: calls to anna do not ring here any more",
    ],
    err: [`error: ${words}`, `hint: ${advice}`],
    code: 5,
  });
  // By then the server shows another key than the one that was named: nobody decided about that.
  await scene.play({
    run: `call ben --profile anna --trust-changed-key ben=QEFCQ0RFRkdISUpLTE1OTw ${silent}`,
    err: [
      "error: the key that the server shows for this person is not the one that you decided about",
      /^hint: /,
    ],
    code: 5,
  });
  await scene.play({
    run: `call ben --profile anna --trust-changed-key ben=${bens} ${silent}`,
    err: ["error: nobody came: ben is offline", /^hint: /],
    code: 6,
  });
  await scene.play({
    run: `call ben --profile anna ${silent}`,
    err: ["error: nobody came: ben is offline", /^hint: /],
    code: 6,
  });
});

test("who reads the output goes away: the command leaves and releases, as after Ctrl-C", async () => {
  const ben = scene.start(`listen --profile ben --auto-answer-from anna --json ${silent}`);
  await ben.event("signedIn");
  ben.stopReading();
  const anna = scene.start(`call ben --profile anna --json ${silent}`);
  const { code, err } = await ben.ended;
  assert.deepEqual([code, err], [130, ""]);
  await anna.event("ended");
  await anna.ended;
  await scene.play({
    run: `call ben --profile anna ${silent}`,
    err: ["error: nobody came: ben is offline", /^hint: /],
    code: 6,
  });
});

test("what was used last is remembered, for nobody else to read, and without secrets", async () => {
  await scene.play({
    run: "register --user zoe --profile zoe --display-name 'Zoe Zimmer' --key-type EdDSA --json",
    env: { SIGNET_SERVER: "$SERVER" },
    descriptor3: "from a descriptor",
    err: [/^error: passphrase of|^error: new passphrase/, /^hint: set SIGNET_PASSPHRASE/],
    out: [/"online"/, /"error"/],
    code: 4,
  });
  await scene.play({
    run: "register --user zoe --profile zoe --display-name 'Zoe Zimmer' --key-type EdDSA --passphrase-fd 3",
    env: { SIGNET_SERVER: "$SERVER" },
    descriptor3: "from a descriptor",
    out: [
      "online: $SERVER",
      /^signed in as zoe \(Zoe Zimmer\) with a software key, until /,
      "registered zoe (Zoe Zimmer) at $SERVER with a software key: $DIR/zoe/zoe.key",
      /^released/,
    ],
  });
  await scene.play({
    run: "release --profile zoe --passphrase-fd 3",
    env: {},
    descriptor3: "from a descriptor",
    out: [/^online/, /^signed in as zoe \(Zoe Zimmer\)/, /^released/],
  });
  const folder = join(scene.folder, "zoe");
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    const isFolder = statSync(path).isDirectory();
    assert.equal(statSync(path).mode & 0o777, isFolder ? 0o700 : 0o600, name);
    assert.ok(isFolder || !readFileSync(path, "utf8").includes("descriptor"), name);
  }
  assert.deepEqual(JSON.parse(readFileSync(join(folder, "profile.json"), "utf8")), {
    version: 2,
    server: scene.server.origin,
    user: "zoe",
    "key-file": join(folder, "zoe.key"),
  });
});
