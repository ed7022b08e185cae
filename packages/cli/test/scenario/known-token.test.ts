/** The token that was used last is known again, and a PIN is given to no other. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { listTokens, openToken } from "@signet/device/pkcs11";
import { Authority } from "@signet/e2e/support/authority.ts";
import { makeTestToken } from "@signet/test-token";
import type { TestToken } from "@signet/test-token";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();

function tokenFor(options: Parameters<typeof makeTestToken>[0]): TestToken {
  const token = makeTestToken(options);
  after(() => token.remove());
  return token;
}

const loginsOf = (token: TestToken): number => token.calls().filter((name) => name === "C_Login").length;
const register = (user: string, { modulePath }: TestToken): string =>
  `register --server $SERVER --user ${user} --profile ${user} --module ${modulePath}`;
const stored = (user: string): string => join(scene.folder, user, "profile.json");

async function refused(run: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { code, err } = await scene.start(run, { env }).ended;
  assert.match(err, /^error: this is not the token that was used last, so it was not logged in to$/m, run);
  assert.match(err, /^hint: plug in the one that was used last; if you mean this one, give its --serial/m);
  assert.equal(code, 4);
}

test("another token in the place of the one that was used last is not logged in to", async () => {
  const token = tokenFor({ keys: [{ label: "key", kind: "p256" }] });
  const env = { SIGNET_PIN: token.pin };
  await scene.play({ run: register("tom", token), env });
  const serial = (await listTokens(token.modulePath))[0]?.serial ?? "";
  const profile = JSON.parse(readFileSync(stored("tom"), "utf8")) as Record<string, unknown>;
  assert.deepEqual(
    [profile["version"], profile["token-serial"], profile["key-id"], profile["token"], profile["key"]],
    [2, serial, Buffer.from("key").toString("hex"), "desk", "key"],
  );
  token.behave({ otherSerial: true });
  const before = loginsOf(token);
  const slot = (await listTokens(token.modulePath))[0]?.slot;
  // Nor where its place, its label or its key is named.
  for (const how of ["", `--token desk --slot ${slot} --module ${token.modulePath} --key key`])
    await refused(`release --profile tom ${how}`.trim(), env);
  const listed = await scene.start("devices --profile tom --with-pin", { env }).ended;
  assert.match(listed.out, /serial x/);
  assert.equal(loginsOf(token), before);
  // Its serial says that it is meant, and then it is the one that was used last.
  await scene.play({ run: `release --profile tom --serial x${serial.slice(1)}`, env });
  assert.equal(loginsOf(token), before + 1);
  token.behave({});
  await refused("release --profile tom", env);
});

test("a token of the same serial that shows other keys is another one", async () => {
  const token = tokenFor({ keys: [{ label: "key", kind: "p256" }] });
  const env = { SIGNET_PIN: token.pin };
  await scene.play({ run: register("una", token), env });
  const profile = JSON.parse(readFileSync(stored("una"), "utf8")) as Record<string, string>;
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
  const publicKey = other.export({ type: "spki", format: "der" }).toString("base64url");
  const before = loginsOf(token);
  writeFileSync(stored("una"), JSON.stringify({ ...profile, "public-key": publicKey }));
  await refused("release --profile una", env);
  assert.equal(loginsOf(token), before);
});

test("twins are told apart by serial, and keys of one label by ID; both are remembered", async () => {
  const token = tokenFor({ labels: ["twin", "twin"] });
  const env = { SIGNET_PIN: token.pin };
  const serial = (await listTokens(token.modulePath))[0]?.serial ?? "";
  const run = `${register("two", token)} --serial ${serial}`;
  await scene.play({ run: `${run} --new-key signet`, env });
  await scene.play({ run: "release --profile two --token twin", env });
  assert.equal(
    (JSON.parse(readFileSync(stored("two"), "utf8")) as { "token-serial": string })["token-serial"],
    serial,
  );
});

test("of several keys the one that was used is used again; one without a label is chosen by its ID", async () => {
  const token = tokenFor({
    keys: [
      { label: "", id: "a1", kind: "p256" },
      { label: "same", id: "b1", kind: "p256" },
      { label: "same", id: "b2", kind: "ed25519" },
    ],
  });
  const env = { SIGNET_PIN: token.pin };
  const { out } = await scene.start(`devices --profile kim --module ${token.modulePath}`, { env }).ended;
  for (const line of [
    "key without a label, ID a1, ES256",
    'key "same", ID b1, ES256',
    'key "same", ID b2, EdDSA',
  ])
    assert.ok(out.includes(`      ${line}\n`), out);
  await scene.play({ run: `${register("kim", token)} --key-id A1`, env });
  await scene.play({ run: "release --profile kim", env });
});

test("of two certificates on a card their use is listed, and the one for authentication is proposed", async () => {
  const token = tokenFor({
    keys: [
      { label: "card", id: "0a", kind: "p256" },
      { label: "card", id: "0b", kind: "p256" },
    ],
  });
  const root = await Authority.create("Republic Root");
  for (const [keyId, forSigning] of [
    ["0a", true],
    ["0b", false],
  ] as const) {
    const key = await openToken({ modulePath: token.modulePath, keyId }, async () => token.pin);
    token.writeCertificates([(await root.issue(key, "max", { forSigning })).certificate], keyId);
    key.close();
  }
  const env = { SIGNET_PIN: token.pin };
  const { out } = await scene.start(`devices --profile max --module ${token.modulePath}`, { env }).ended;
  assert.match(
    out,
    /key "card", ID 0a, .*\n.*certificate: max, issued by Republic Root, for signing, valid /,
  );
  assert.match(
    out,
    /key "card", ID 0b, .*\n.*certificate: max, issued by Republic Root, for authentication, /,
  );
  await scene.play({
    run: register("max", token),
    env,
    err: [/^error: /, "hint: the one for authentication is --key-id 0b; `signet devices` lists all"],
    code: 4,
  });
});

test("a login that lapses while the terminal listens is made anew with the PIN at hand; where it cannot be, it signs out and says why", async () => {
  const token = tokenFor({ keys: [{ label: "key", kind: "p256" }] });
  const env = { SIGNET_PIN: token.pin };
  await scene.play({ run: register("lea", token), env });
  await scene.register("kay");
  const lea = scene.start("listen --profile lea --json --auto-answer-from kay --once --in none --out none", {
    env,
  });
  await lea.event("signedIn");
  const before = loginsOf(token);
  token.behave({ logouts: 1 });
  const kay = scene.start("call lea --profile kay --json --in none --out none");
  await kay.event("joined", ({ userId }) => userId === "lea");
  assert.equal(loginsOf(token), before + 1);
  kay.signal("SIGINT");
  await kay.ended;
  await lea.ended;

  token.behave({});
  const again = scene.start("listen --profile lea --json --auto-answer-from kay --in none --out none", {
    env,
  });
  await again.event("signedIn");
  const until = loginsOf(token);
  // Every signature finds nobody logged in, whatever is done about it.
  token.behave({ logouts: 2, fail: { C_Login: 0xa0 } });
  const { code, err } = await again.ended;
  assert.match(err, /^error: signed out, since this terminal can no longer answer: the PIN is wrong/m);
  assert.equal(code, 4);
  assert.ok(again.events.some(({ event }) => event === "signedOut"));
  assert.ok(loginsOf(token) <= until + 1, "a PIN that was refused is not tried again");
});
