/** `signet devices`: what can sign here, and for whom. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { openToken } from "@signet/device/pkcs11";
import { Authority } from "@signet/e2e/support/authority.ts";
import { makeTestToken } from "@signet/test-token";
import type { TestToken } from "@signet/test-token";

import { passphrase, Scene } from "../support/script.ts";
import type { Line } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna");
mkdirSync(join(scene.folder, "bin"));
const env = { PATH: join(scene.folder, "bin"), SIGNET_PASSPHRASE: passphrase };

const sound: readonly Line[] = [
  "",
  "sound",
  "  records with  nothing: install alsa-utils or sox",
  "  plays with    nothing: install alsa-utils or sox",
];
const server: readonly Line[] = ["", "server $SERVER"];

/** SoftHSM has one free always. */
const blank: Line = /^ {4}a blank token in slot \d+: set it up with its own tool first$/;

const token = makeTestToken({
  keys: [
    { label: "signing", id: "01", kind: "p256" },
    { label: "spare", id: "02", kind: "p256" },
  ],
});
after(() => token.remove());
const certified = await openToken({ modulePath: token.modulePath, keyId: "01" }, () =>
  Promise.resolve(token.pin),
);
const root = await Authority.create("Republic Root");
token.writeCertificates([(await root.issue(certified, "tok")).certificate], "01");
certified.close();

/** With all that a person may pass to a command about this token. */
const about = ({ modulePath }: TestToken): string => `--module ${modulePath}`;

scene.script(
  "a key file says which key it holds, and the server for whom it is registered",
  {
    run: `devices --profile anna ${about(token)}`,
    env,
    out: [
      "key files",
      /^ {2}anna {2}software key, ES256, registered as anna {2}.*anna\.key$/,
      "",
      "smart cards and tokens",
      /token\.so$/,
      /^ {4}desk, serial [0-9a-f]+, slot \d+, needs a PIN$/,
      '      key "signing", ES256, not registered',
      /^ {8}certificate: tok, issued by Republic Root, valid until \d{4}-\d\d-\d\d$/,
      '      key "spare", ES256, not registered',
      blank,
      ...sound,
      ...server,
    ],
  },
  {
    run: `register --profile tok --user tok --server $SERVER ${about(token)} --key signing`,
    env: { ...env, SIGNET_PIN: token.pin },
  },
  {
    run: `devices --profile tok ${about(token)}`,
    env,
    out: [
      "key files",
      "  none",
      "",
      "smart cards and tokens",
      /token\.so$/,
      /^ {4}desk, serial/,
      '      key "signing", ES256, registered as tok',
      /^ {8}certificate: tok/,
      '      key "spare", ES256, not registered',
      blank,
      ...sound,
      ...server,
    ],
  },
);

test("a module that was used before is looked at wherever it is", async () => {
  const { out } = await scene.start("devices --profile tok", { env }).ended;
  assert.ok(out.includes(`  ${token.modulePath}\n    desk, serial`), out);
});

test("no PIN is asked for, not even when it is there, unless --with-pin is given", async () => {
  const logins = (): number => token.calls().filter((call) => call === "C_Login").length;
  const before = logins();
  await scene.play({ run: `devices --profile none ${about(token)}`, env: { ...env, SIGNET_PIN: token.pin } });
  assert.equal(logins(), before);
  await scene.play({
    run: `devices --profile none ${about(token)} --with-pin`,
    env: { ...env, SIGNET_PIN: token.pin },
  });
  assert.equal(logins(), before + 1);
  const wrong = await scene.start(`devices --profile none ${about(token)} --with-pin`, {
    env: { ...env, SIGNET_PIN: "0000" },
  }).ended;
  assert.equal(wrong.code, 0, wrong.err);
  assert.match(wrong.out, /^ {4}the PIN is wrong$/m);
  // What needs no PIN is listed all the same.
  assert.match(wrong.out, /key "signing"/);
});

test("a PIN that nobody types is tried on one token only, which has to be chosen among several", async () => {
  const two = makeTestToken({ labels: ["desk", "drawer"] });
  after(() => two.remove());
  const logins = (): number => two.calls().filter((call) => call === "C_Login").length;
  const before = logins();
  const withPin = { ...env, SIGNET_PIN: two.pin };
  await scene.play({
    run: `devices --profile none ${about(two)} --with-pin`,
    env: withPin,
    err: [
      "error: the PIN is for one token, and 2 want one",
      "hint: choose the token with --serial, --slot or --token, or let each PIN be asked for in a terminal window",
    ],
    code: 2,
  });
  assert.equal(logins(), before);
  await scene.play({
    run: `devices --profile none ${about(two)} --with-pin --token drawer`,
    env: withPin,
  });
  assert.equal(logins(), before + 1);
});

test("the last try is left to a person: a PIN that nobody types is not tried", async () => {
  token.behave({ flagsSet: 0x00020000 });
  const logins = (): number => token.calls().filter((call) => call === "C_Login").length;
  const before = logins();
  const withPin = { ...env, SIGNET_PIN: token.pin };
  const { code, out } = await scene.start(`devices --profile none ${about(token)} --with-pin`, {
    env: withPin,
  }).ended;
  assert.equal(code, 0);
  assert.match(out, /^ {4}one more wrong PIN locks the token desk, so only a typed one is tried$/m);
  assert.equal(logins(), before);
  token.behave({});
});

test("a PIN that is locked or has one try left, and a certificate that has expired", async () => {
  const lines = async (): Promise<string> =>
    (await scene.start(`devices --profile none ${about(token)}`, { env }).ended).out;
  token.behave({ flagsSet: 0x00020000 });
  assert.match(await lines(), /needs a PIN, and ONE try is left before it locks$/m);
  token.behave({ flagsSet: 0x00040000 });
  assert.match(await lines(), /the PIN is locked$/m);
  token.behave({});
  const device = await openToken({ modulePath: token.modulePath, keyId: "02" }, () =>
    Promise.resolve(token.pin),
  );
  const old = await root.issue(device, "tok", { notAfterMs: Date.UTC(2026, 0, 31) });
  token.writeCertificates([old.certificate], "02");
  device.close();
  assert.match(await lines(), /certificate: tok, issued by Republic Root, EXPIRED on 2026-01-31$/m);
});

test("JSON has the same in one object", async () => {
  const { code, out } = await scene.start(`devices --profile anna --json ${about(token)}`, { env }).ended;
  assert.equal(code, 0);
  const found = JSON.parse(out) as {
    readonly event: string;
    readonly keyFiles: readonly Record<string, unknown>[];
    readonly modules: readonly {
      readonly tokens: readonly {
        readonly label: string;
        readonly pin: string;
        readonly keys: readonly {
          readonly label: string;
          readonly certificate?: { readonly issuer: string };
        }[];
      }[];
    }[];
  };
  assert.equal(found.event, "devices");
  assert.deepEqual(
    found.keyFiles.map(({ algorithm, registeredAs, userId }) => [userId, algorithm, registeredAs]),
    [["anna", "ES256", "anna"]],
  );
  const [first] = found.modules[0]?.tokens ?? [];
  assert.deepEqual([first?.label, first?.pin], ["desk", "ready"]);
  assert.deepEqual(
    first?.keys.map(({ certificate, label }) => [label, certificate?.issuer]),
    [
      ["signing", "Republic Root"],
      ["spare", "Republic Root"],
    ],
  );
});

test("nothing at all: what to do stands there; a server that is away is no failure", async () => {
  token.pull();
  await scene.play({
    run: `devices --profile none ${about(token)} --server http://localhost:1`,
    env,
    out: [
      "key files",
      "  none",
      "",
      "smart cards and tokens",
      /token\.so$/,
      "    no token is plugged in",
      ...sound,
      "",
      /^server http:\/\/localhost:1: the connection to the server is lost$/,
      "",
      "no key was found. What to do:",
      /^ {2}with a smart card or USB token {3}plug it in/,
      /^ {2}with neither {21}`signet register --user <id> --server <address>` makes a key in a file$/,
    ],
  });
  writeFileSync(join(scene.folder, "anna", "broken.key"), "{}");
  const { out } = await scene.start(`devices --profile anna --module ${scene.folder}/none.so`, { env }).ended;
  assert.match(out, /broken\.key {2}no key file, or not readable$/m);
  assert.match(out, /^ {4}there is no file at the path of the PKCS#11 module$/m);
});
