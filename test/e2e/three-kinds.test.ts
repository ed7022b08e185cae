/**
 * One call of three kinds of terminal: a browser with a security key, and the real `signet` twice, with a software key and with
 * a certified key on a token. Each hears the two others, and each sees what the others were verified by.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";

import { Authority } from "./support/authority.ts";
import { call, details, hearsOnly, participant, registerGuest, sees } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { RunningCommand, runCommand } from "./support/command-line.ts";
import type { JsonEvent } from "./support/command-line.ts";
import { loudestSecond } from "./support/ear.ts";
import { startTestServer } from "./support/server.ts";
import { holdToken } from "./support/token-holder.ts";
import type { HeldToken } from "./support/token-holder.ts";
import { writeVoice } from "./support/voice.ts";
import { eventually } from "./support/wait.ts";

const voices = { anna: 440, ben: 660, cara: 880 };
const folder = mkdtempSync(join(tmpdir(), "signet-kinds-"));
let server: RunningServer;
let held: HeldToken;
let anna: Guest;
const commands: RunningCommand[] = [];

const env = { HOME: folder, SIGNET_PASSPHRASE: "correct horse" };

/** Registers with `signet` and waits there for calls of the browser. */
async function listen(userId: "ben" | "cara", key: readonly string[], pin?: string): Promise<RunningCommand> {
  const options = { cwd: folder, env, ...(pin === undefined ? {} : { descriptor3: pin }) };
  const registered = await runCommand(
    ["register", "--server", server.origin, "--user", userId, "--profile", userId, ...key],
    options,
  );
  assert.equal(registered.code, 0, registered.err);
  writeVoice(join(folder, `${userId}.wav`), voices[userId]);
  const sound = ["--in", `${userId}.wav`, "--loop", "--out", `heard-by-${userId}.wav`];
  const answering = ["listen", "--auto-answer-from", "anna", "--json", "--profile", userId];
  const command = new RunningCommand([...answering, ...sound, ...key], options);
  commands.push(command);
  await command.event("signedIn");
  return command;
}

before(async () => {
  const authority = await Authority.create("Republic Root");
  const trustAnchors = join(folder, "anchors.pem");
  writeFileSync(trustAnchors, authority.pem);
  server = await startTestServer({ trustAnchors });
  held = await holdToken("cara", authority);
  anna = await registerGuest(server.origin, "anna", { hertz: voices.anna, whole: true });
});
after(async () => {
  for (const command of commands) command.signal("SIGKILL");
  await Promise.all(commands.map(({ ended }) => ended));
  await anna.close();
  await server.close();
  held.remove();
  rmSync(folder, { recursive: true, force: true });
});

const heard = (userId: string, hertz: number): number =>
  loudestSecond(join(folder, `heard-by-${userId}.wav`), hertz);

const verifiedBy = ({ verifiedBy }: JsonEvent) =>
  verifiedBy as { readonly device: string; readonly certificate?: { readonly issuer: string } };

test("a browser, a software key and a token: each hears both others and sees what they are", async () => {
  const ben = await listen("ben", []);
  const cara = await listen("cara", ["--module", held.token.modulePath, "--pin-fd", "3"], held.token.pin);

  await call(anna, ["ben", "cara"]);
  for (const userId of ["anna", "ben", "cara"]) await sees(anna, userId, "in the call");
  await hearsOnly(anna, Object.values(voices), [voices.ben, voices.cara]);
  await participant(anna, "ben").getByText("Verified, software key").waitFor();
  await participant(anna, "cara").getByText("Verified, certified by Republic Root").waitFor();

  const joined = async (of: RunningCommand, userId: string) =>
    verifiedBy(await of.event("joined", (event) => event.userId === userId));
  assert.equal((await joined(ben, "anna")).device, "webauthn");
  assert.equal((await joined(cara, "anna")).device, "webauthn");
  assert.equal((await joined(cara, "ben")).device, "software");
  const ofCara = await joined(ben, "cara");
  assert.deepEqual([ofCara.device, ofCara.certificate?.issuer], ["pkcs11", "Republic Root"]);
  for (const command of [ben, cara])
    for (const userId of ["anna", command === ben ? "cara" : "ben"])
      await command.event("speaking", (event) => (event["userIds"] as string[]).includes(userId));
  const { safetyCode } = await details(anna);
  for (const command of [ben, cara])
    await command.event("rekeyed", (event) => event["safetyCode"] === safetyCode);

  for (const [userId, other] of [
    ["ben", "anna"],
    ["ben", "cara"],
    ["cara", "anna"],
    ["cara", "ben"],
  ] as const)
    await eventually(`${userId} hears ${other}`, () => heard(userId, voices[other]) > 1_000);

  // The token is pulled: its terminal ends and says why, the page says why, and the key is another one.
  held.token.pull();
  const { code, err } = await cara.ended;
  assert.equal(code, 4, err);
  await sees(anna, "cara", "device removed (signed by them)");
  await ben.event("left", (event) => event.userId === "cara" && event["reason"] === "deviceRemoved");
  await hearsOnly(anna, Object.values(voices), [voices.ben]);
  assert.notEqual((await details(anna)).safetyCode, safetyCode);
  ben.signal("SIGTERM");
  await ben.ended;

  for (const userId of ["ben", "cara"] as const)
    assert.ok(heard(userId, voices[userId]) < 500, `${userId} hears itself`);
  assert.deepEqual(anna.consoleErrors, []);
});
