/** A renewed certificate for the same key, from a file and on a token: who could not sign in any more signs in again. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { createSoftwareKey, exportKeyFile } from "@signet/device";
import { Authority, pemOf } from "@signet/e2e/support/authority.ts";
import { registerHeadless } from "@signet/e2e/support/headless.ts";
import { holdToken } from "@signet/e2e/support/token-holder.ts";
import type { Bytes } from "@signet/protocol";
import { findSoftHsm } from "@signet/test-token";

import { Files } from "../support/files.ts";
import { Scene, passphrase } from "../support/script.ts";

const dayMs = 86_400_000;
const files = new Files();

const authority = await Authority.create("Republic Root");
const trustAnchors = files.write("roots.pem", authority.pem);
const crl = files.write("authority.crl", await authority.revoke());
const scene = await Scene.open({ trustAnchors, crls: [crl] });
const watcher = await registerHeadless(scene.server.origin, "watcher");
after(() => watcher.terminal.close());

/** What everybody else is shown, and validates: of the one device that there is. */
async function certificatesOf(userId: string): Promise<readonly Bytes[] | undefined> {
  const [found] = await watcher.terminal.lookup([userId as typeof watcher.userId]);
  return found?.entry?.statements.at(-1)?.certificates ?? found?.entry?.certificates;
}

const revoked = [
  "error: the certificate, or one of those above it, was revoked by its authority",
  /^hint: .*with a new one for the same key/,
];

test("--certificate with a renewed one, once", async () => {
  const device = await createSoftwareKey({ algorithm: "ES256", passphrase });
  const key = files.write("ben.key", exportKeyFile(device));
  const { certificate, serial } = await authority.issue(device, "ben");
  const pem = files.write("ben.pem", pemOf("CERTIFICATE", certificate));
  await scene.play({
    run: `register --server $SERVER --user ben --profile ben --key-file ${key} --certificate ${pem}`,
  });
  assert.deepEqual(await certificatesOf("ben"), [certificate]);
  files.write("authority.crl", await authority.revoke(serial));
  await scene.play({ run: "release --profile ben", err: revoked, code: 5 });

  const renewed = await authority.issue(device, "ben");
  const other = files.write("renewed.pem", pemOf("CERTIFICATE", renewed.certificate));
  const signedIn = [
    /^online/,
    /^signed in as ben with a software key, certified as ben by Republic Root, /,
    /^released/,
  ];
  await scene.play({ run: `release --profile ben --certificate ${other}`, out: signedIn });
  assert.deepEqual(await certificatesOf("ben"), [renewed.certificate]);
  await scene.play({ run: "release --profile ben", out: signedIn });
});

test("a token brings its renewed certificate by itself", { skip: findSoftHsm() === undefined }, async () => {
  const held = await holdToken("tom");
  after(() => held.remove());
  const { token } = held;
  const device = await held.open();
  const first = await authority.issue(device, "tom");
  token.writeCertificates([first.certificate], "01");
  const env = { SIGNET_PIN: token.pin, SOFTHSM2_CONF: "" };
  const register = `register --server $SERVER --user tom --profile tom --module ${token.modulePath}`;
  await scene.play({ run: register, env });
  assert.deepEqual(await certificatesOf("tom"), [first.certificate]);
  files.write("authority.crl", await authority.revoke(first.serial));
  await scene.play({ run: "release --profile tom", env, err: revoked, code: 5 });

  const second = await authority.issue(device, "tom", { notAfterMs: Date.now() + 60 * dayMs });
  token.writeCertificates([second.certificate], "01");
  await scene.play({
    run: "release --profile tom",
    env,
    out: [
      /^online/,
      /^signed in as tom with a smart card or token, certified as tom by Republic Root, /,
      /^released/,
    ],
  });
  assert.deepEqual(await certificatesOf("tom"), [second.certificate]);
});
