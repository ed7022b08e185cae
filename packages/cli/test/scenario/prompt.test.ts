/** What a person types in a real terminal window. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { Scene, passphrase } from "../support/script.ts";
import { Window } from "../support/window.ts";

const scene = await Scene.open();
const program = `'${process.execPath}' '${join(import.meta.dirname, "../../bin/signet.js")}'`;

test("a passphrase is asked for twice when it is new and shown never; a wrong one may be mended", async (t) => {
  const window = await Window.open(t, { columns: 120, rows: 30 }, { HOME: scene.folder });
  const register = `${program} register --server ${scene.server.origin} --user anna --profile anna`;
  await window.command(register);
  await window.until(/^new passphrase for .*anna\.key:$/);
  await window.type("sesame-open");
  await window.until(/^the same passphrase again:$/);
  await window.type("sesame-shut");
  await window.until(/^hint: run the command again$/);

  await window.command(register);
  await window.until(/^new passphrase for .*anna\.key:$/);
  // Typed wrongly and taken back.
  await window.type("sesame-oben\b\b\ben\u007F\u007Fpen");
  await window.until(/^the same passphrase again:$/);
  await window.type("\u0015sesame-open");
  await window.until(/^released: calls to anna/);

  await window.command(`${program} release --profile anna`);
  await window.until(/^passphrase of .*anna\.key:$/);
  await window.type("sesame-shut");
  await window.until(/^the passphrase is wrong; try again$/);
  await window.until((rows) => rows.filter((row) => /^passphrase of .*anna\.key:$/.test(row)).length === 2);
  await window.type("sesame-open");
  const rows = await window.until(/^released: calls to anna/);
  assert.ok(!rows.join("\n").includes("sesame"));
});

test("what was typed before the question is not the answer, and a short passphrase is called short", async (t) => {
  const window = await Window.open(t, { columns: 120, rows: 30 }, { HOME: scene.folder });
  // The shell echoes nothing, so that only the program's own doing is seen.
  await window.command(
    `stty -echo; while [ ! -e go ]; do sleep 0.1; done; ${program} register --server ${scene.server.origin} --user dora --profile dora; stty echo`,
  );
  await window.type("typed-ahead");
  writeFileSync(join(scene.folder, "go"), "");
  await window.until(/^new passphrase for .*dora\.key:$/);
  await window.type("sesame1");
  await window.until(/^warning: the passphrase is short: whoever copies the file can guess it$/);
  await window.until(/^the same passphrase again:$/);
  await window.type("sesame1");
  const rows = await window.until(/^released: calls to dora/);
  assert.ok(!rows.join("\n").includes("sesame1"));
});

test("Ctrl-C at the question ends the command, and nothing is left behind", async (t) => {
  const window = await Window.open(t, { columns: 120, rows: 30 }, { HOME: scene.folder });
  const run = `${program} register --server ${scene.server.origin} --user ben --profile ben`;
  await window.command(`${run}; echo "ended $?"; ls ben; echo "that is all"`);
  await window.until(/^new passphrase for .*ben\.key:$/);
  await window.press("C-c");
  await window.until(/^ended 130$/);
  const rows = await window.until(/^that is all$/);
  assert.ok(!rows.some((row) => row.startsWith("ben.key")));
});

test("a window that is closed at the question ends the command", async (t) => {
  const window = await Window.open(t, { columns: 120, rows: 30 }, { HOME: scene.folder });
  const run = `${program} register --server ${scene.server.origin} --user eva --profile eva`;
  await window.command(`sh -c "trap : HUP; ${run}; echo \\$? >ended"`);
  await window.until(/^new passphrase for .*eva\.key:$/);
  await window.close();
  const ended = join(scene.folder, "ended");
  while (!existsSync(ended) || readFileSync(ended, "utf8") === "") await delay(50);
  assert.equal(readFileSync(ended, "utf8"), "130\n");
  assert.ok(!existsSync(join(scene.folder, "eva", "eva.key")));
});

test("SIGTERM at the question ends the command", async (t) => {
  const window = await Window.open(t, { columns: 120, rows: 30 }, { HOME: scene.folder });
  const run = `${program} register --server ${scene.server.origin} --user finn --profile finn`;
  await window.command(`sh -c 'echo $$ >pid; exec "$0" "$@"' ${run}; echo "ended $?"`);
  await window.until(/^new passphrase for .*finn\.key:$/);
  process.kill(Number(readFileSync(join(scene.folder, "pid"), "utf8")), "SIGTERM");
  await window.until(/^ended 130$/);
  assert.ok(await window.isGivenBack());
});

test("after the question the live view has the window, hears keys, and gives it back", async (t) => {
  await scene.register("cara");
  const window = await Window.open(t, { columns: 80, rows: 24 }, { HOME: scene.folder });
  await window.command(`${program} sign-in --profile cara --in none --out none; echo "ended $?"`);
  await window.until(/^passphrase of .*cara\.key:$/);
  await window.type(passphrase);
  await window.until(/waiting for calls to cara/);
  await window.press("C-c");
  const rows = await window.until(/^ended 130$/);
  assert.ok(await window.isGivenBack());
  assert.ok(!rows.join("\n").includes(passphrase));
});
