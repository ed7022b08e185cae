/** A server whose log of devices is shorter than it was: who restores the backup is told, and so is everybody who saw more. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { startTestServer } from "@signet/e2e/support/server.ts";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();
const silent = "--in none --out none";

test("after an old backup nobody is called until who is at the terminal says to begin anew, with the key that was named", async (t) => {
  const dataDir = join(scene.folder, "data");
  const backup = join(scene.folder, "backup.db");
  const first = await startTestServer({ dataDir });
  const { origin, port } = first;
  const register = async (userId: string): Promise<void> => {
    scene.putKey(userId, userId);
    await scene.play({ run: `register --server ${origin} --user ${userId} --profile ${userId}` });
  };
  await register("anna");
  await register("ben");
  await scene.play({ run: `backup ${backup} --data ${dataDir}` });
  await register("carla");
  await scene.play({
    run: `call carla --profile anna ${silent}`,
    err: [/^error: nobody came/, /^hint: /],
    code: 6,
  });
  await first.close();
  await scene.play({
    run: `restore ${backup} --data ${dataDir} --replace`,
    out: [
      /^2 people restored/,
      /^what was there is kept in/,
      /who were there are not in the backup: carla/,
      /^the server's log of devices is shorter than it was: whoever saw the longer one is warned/,
    ],
  });
  const second = await startTestServer({ dataDir, port });
  t.after(() => second.close());

  const words = "the server's log of everybody's devices is shorter than it was: what was in it is hidden";
  const refused = await scene.start(`call ben --profile anna ${silent}`).ended;
  assert.equal(refused.code, 5, refused.err);
  assert.match(refused.err, /^hint: .*--trust-log/m);
  assert.ok(refused.err.startsWith(`error: ${words}\n`), refused.err);
  const key = /--trust-log (\S+\/log\+[0-9a-f]{8}\+[^)\s]+)\)/.exec(refused.out)?.[1];
  assert.ok(key !== undefined, refused.out);
  const [, file = ""] =
    /^what the server signed, and what cannot both be, is kept in (.*); `signet verify` says what it proves$/m.exec(
      refused.out,
    ) ?? [];
  const folder = join(scene.folder, "anna");
  const [kept = ""] = readdirSync(folder).filter((name) => name.startsWith("evidence-"));
  assert.deepEqual(
    readdirSync(join(folder, kept)).map((name) => join(folder, kept, name)),
    [file],
  );
  const evidence = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  assert.deepEqual(
    [evidence["format"], evidence["version"], evidence["serverOrigin"], evidence["logKey"]],
    ["signet-evidence", 1, origin, key],
  );

  for (const other of ["none", key.replace("+", "x+")])
    await scene.play({
      run: `call ben --profile anna --trust-log ${other} ${silent}`,
      err: [/^error: the server signs its log of everybody's devices with another key/, /^hint: /],
      code: 5,
    });
  await scene.play({
    run: `call ben --profile anna --trust-log ${key} ${silent}`,
    err: ["error: nobody came: ben is offline", /^hint: /],
    code: 6,
  });
  await scene.play({
    run: `call ben --profile anna ${silent}`,
    err: ["error: nobody came: ben is offline", /^hint: /],
    code: 6,
  });
});
