/** Own devices on the command line: a second key, names, and the end of the first. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { runCommand } from "@signet/e2e/support/command-line.ts";

import type { UserId } from "@signet/terminal";

import { newKeyIdentity } from "../../src/keys/new-key.ts";
import { identify } from "../../src/run/identity.ts";
import { takeSecrets } from "../../src/secrets/environment.ts";
import { keys } from "../../src/commands/keys.ts";
import { Scene, passphrase } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna");

const id = "[\\w-]{22}";
const spare = "--profile anna --key-file anna/spare.key";

scene.script(
  "a second key is added, signs in by itself, and revokes the first, which is refused from then on",
  {
    run: "keys add --profile anna --new-key-file anna/spare.key --name Spare --plain",
    out: [
      /^online: /,
      /^signed in as anna/,
      new RegExp(`^added Spare \\(${id}\\), a software key: .*anna/spare.key; sign in with it`),
      /^released: /,
    ],
  },
  {
    run: "keys name Spare 'At home' --plain --profile anna",
    out: [
      /^online: /,
      /^signed in as anna/,
      new RegExp(`^${id} is called At home from now on$`),
      /^released: /,
    ],
  },
);

test("the first is revoked by the second, and the last cannot be", async () => {
  const listed = await play(`keys --json ${spare}`);
  const [first, second] = listed.filter(({ event }) => event === "key");
  assert.deepEqual([first?.["signedIn"], second?.["signedIn"]], [false, true]);
  assert.deepEqual(second?.["addedBy"], { userId: "anna", deviceId: first?.["deviceId"] });
  await scene.play({
    run: `keys revoke ${String(first?.["deviceId"])} --why lost ${spare} --plain`,
    out: [/^online: /, /^signed in/, new RegExp(`^revoked ${id}: it counts no more$`), /^released: /],
  });
  await scene.play({
    run: "sign-in --profile anna --key-file anna/anna.key --plain",
    out: [/^online: /],
    err: [
      "error: this signature device was revoked, and counts no more",
      "hint: sign in with another one of your keys: name it with --key-file or --token; else ask an administrator",
    ],
    code: 5,
  });
  await scene.play({
    run: `keys ${spare} --plain`,
    out: [
      /^online: /,
      /^signed in as anna/,
      new RegExp(
        `^${id}  without a name, software key, registered on [0-9-]{10}, REVOKED on [0-9-]{10} by ${id}: lost$`,
      ),
      new RegExp(
        `^${id}  At home, software key, added on [0-9-]{10} by ${id}, last used on [0-9-]{10}, signed in here$`,
      ),
      /^released: /,
    ],
  });
  await scene.play({
    run: `keys revoke 'At home' --why ended ${spare} --plain`,
    out: [/^online: /, /^signed in/, /^released: /],
    err: [
      "error: this is the last of your devices, and without one nobody could reach you any more",
      /^hint: add another device first/,
    ],
    code: 5,
  });
});

test("the key that signs is revoked only where it was named; that is said before the sign-out, and to its person as theirs", async () => {
  await scene.register("emil");
  const by = (key: string): string => `--profile emil --key-file emil/${key}.key --plain`;
  const signedIn = [/^online: /, /^signed in as emil/];
  await scene.play({ run: `keys add --new-key-file emil/spare.key --name Spare ${by("emil")}` });
  // What was used last is used again.
  await scene.play({ run: `keys ${by("spare")}` });
  const desk = "keys --server $SERVER --user emil --profile desk --key-file emil/emil.key --plain";
  await scene.play({ run: desk });
  const revoking = "keys revoke Spare --why lost";
  await scene.play({
    run: `${revoking} --profile emil --plain`,
    out: [...signedIn, /^released: /],
    err: [
      /^error: Spare is the key that signs here, since it was used last/,
      /^hint: .* --key-file or --token/,
    ],
    code: 2,
  });
  await scene.play({
    run: `${revoking} ${by("spare")}`,
    out: [...signedIn, /^revoked Spare \(/, /^signed out: the signature device .* was revoked/],
  });
  await scene.play({
    run: desk,
    out: [
      ...signedIn,
      /^your device “Spare” was revoked on .*; your “Spare” signed that$/,
      new RegExp(`^${id}  without a name, `),
      new RegExp(`^${id}  Spare, .* REVOKED`),
      /^released: /,
    ],
  });
});

test("a key is added at another machine by a code, which whoever signs in here has to want", async () => {
  const there = (code: string, user = "carla") =>
    scene.start(
      `keys join --server $SERVER --user ${user} --profile there --name Laptop --json --code-fd 3`,
      {
        descriptor3: code,
      },
    );
  await scene.register("carla");
  const plain = scene.start("keys add --elsewhere --plain --profile carla");
  assert.match(await plain.line(/^enter this code/), /, for 4 minutes, until \d\d:\d\d: \w{4}-/);
  plain.signal("SIGINT");
  await plain.ended;
  const shown = async (answer: string) => {
    const here = scene.start("keys add --elsewhere --json --profile carla", {
      stdin: new TextEncoder().encode(`${answer}\n`),
    });
    return { here, code: String((await here.event("code"))["code"]) };
  };
  const no = await shown("no");
  const refused = await there(no.code).ended;
  const said = await no.here.ended;
  assert.deepEqual([said.code, refused.code], [5, 5]);
  assert.match(said.err, /the key was not added, as you said/);
  assert.match(refused.err, /did not want this device/);
  assert.ok(!existsSync(join(scene.folder, "there", "carla.key")), "and no key is left that nobody wants");

  const others = await shown("yes");
  const wrongUser = await there(others.code, "anna").ended;
  assert.match(wrongUser.err, /the code is of carla, and not of anna/);
  assert.equal((await others.here.ended).code, 5);

  const yes = await shown("yes");
  const joined = there(yes.code.toLowerCase());
  const [here, ended] = [await yes.here.ended, await joined.ended];
  assert.deepEqual([here.code, ended.code], [0, 0], `${here.err}${ended.err}`);
  assert.match(here.err, /^add Laptop, a software key with the ID [\w-]{22}\? \(yes or no\)/);
  const { deviceId, keyFile } = await joined.event("keyJoined");
  assert.equal(keyFile, join(scene.folder, "there", "carla.key"));
  assert.equal((await yes.here.event("keyOffered"))["deviceId"], deviceId);
  assert.equal((await yes.here.event("keyAdded"))["deviceId"], deviceId);
  // What is remembered is enough.
  await scene.play({
    run: "keys --profile there --plain",
    out: [
      /^online: /,
      /^signed in as carla/,
      new RegExp(`^${id}  without a name, software key, registered on [0-9-]{10}, last used on [0-9-]{10}$`),
      new RegExp(
        `^${String(deviceId)}  Laptop, software key, added on [0-9-]{10} by ${id}, last used on [0-9-]{10}, signed in here$`,
      ),
      /^released: /,
    ],
  });
});

scene.script(
  "one's own name is changed, and one that cannot be taken is refused before anybody signs in",
  {
    run: "rename 'Anna Arm' --plain --profile anna --key-file anna/spare.key",
    out: [/^online: /, /^signed in as anna/, "others see you as anna (Anna Arm) from now on", /^released: /],
  },
  {
    run: "rename '' --profile anna",
    err: [/^error: this name cannot be taken: /, "hint: choose another one"],
    code: 2,
  },
);

scene.script("a code that is none, or that nobody shows, adds nothing", {
  run: "keys join --server $SERVER --user carla --profile elsewhere --code-fd 3 --plain",
  descriptor3: "7K3M-Q0RT",
  out: [/^online: /],
  err: [/^error: this is not a code/, /^hint: type it/],
  code: 5,
});

test("what says nothing to be done is refused before anybody is asked for a passphrase", async () => {
  for (const [words, message] of [
    ["add", "signet keys add makes one key, in a file or on a token"],
    ["add --new-key-file a --new-module b", "signet keys add makes one key, in a file or on a token"],
    ["add --elsewhere --name a", "with --elsewhere the key is made at the other machine, and named there"],
    ["join --elsewhere", "--elsewhere belongs to `signet keys add`"],
    ["list --name a", "--name belongs to `signet keys add`, `signet keys join` and `signet keys recover`"],
    ["add --elsewhere --code-fd 3", "--code-fd belongs to `signet keys join`"],
    ["join now", 'signet keys does not know what to do with "join now"'],
    ["revoke Spare", "signet keys revoke wants to know why, and shows it in the list"],
    ["revoke --why lost", "signet keys revoke takes one key"],
    ["name Spare", "signet keys name takes a key and its name"],
    ["list all", 'signet keys does not know what to do with "list all"'],
    ["list --why lost", "--why belongs to `signet keys revoke`"],
    ["--new-key-file a", "--new-key-file belongs to `signet keys add`"],
  ] as const)
    await assert.rejects(
      keys.run(words.split(" "), () => Promise.resolve([])),
      { message, exitCode: 2 },
    );
});

scene.script("a key that is somebody's already is not added, and no file is left that no server took", {
  run: "keys add --profile anna --key-file anna/spare.key --new-key-file anna/anna.key --plain",
  out: [/^online: /, /^signed in/, /^released: /],
  err: [
    "error: this signature device is, or was, one of this person's already",
    /^hint: take another device/,
  ],
  code: 5,
});

test("a key file that was there is not taken away when it was refused", () => {
  assert.ok(existsSync(join(scene.folder, "anna", "anna.key")));
});

test("the PIN of the token that signs is tried at no other; that of a new token counts where a file signs", () => {
  takeSecrets({ SIGNET_PIN: "123456", SIGNET_PASSPHRASE: passphrase });
  const file = {
    server: "http://localhost:1",
    user: "anna" as UserId,
    "key-file": "a.key",
    profile: scene.folder,
  };
  const { "key-file": _, ...token } = { ...file, module: "/m.so", token: "desk" };
  const added = { "new-module": "/n.so" };
  assert.equal(newKeyIdentity(added, identify(token)).pin.isAsked, true);
  assert.equal(newKeyIdentity(added, identify(file)).pin.isAsked, false);
  assert.equal(newKeyIdentity({ "new-key-file": "b.key" }, identify(token)).passphrase.isAsked, false);
});

/** @returns the events */
async function play(run: string): Promise<readonly Record<string, unknown>[]> {
  const { code, err, out } = await runCommand(run.split(" "), {
    cwd: scene.folder,
    env: { HOME: scene.folder, XDG_CONFIG_HOME: "", SIGNET_PASSPHRASE: passphrase },
  });
  assert.deepEqual([code, err], [0, ""]);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
