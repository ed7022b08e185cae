/** Who somebody is by a certificate, and whose certificates are believed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey, exportKeyFile } from "@signet/device";
import { Authority, pemOf } from "@signet/e2e/support/authority.ts";

import { Files } from "../support/files.ts";
import { Scene, passphrase } from "../support/script.ts";

const files = new Files();
const { folder } = files;

const authority = await Authority.create("Republic Root");
const impostor = await Authority.create("Republic Root");
const trustAnchors = files.write("roots.pem", authority.pem);
files.write("impostor.pem", impostor.pem);
const scene = await Scene.open({ trustAnchors });
const silent = "--in none --out none";

const device = await createSoftwareKey({ algorithm: "ES256", passphrase });
const key = files.write("ben.key", exportKeyFile(device));
const { certificate, serial } = await authority.issue(device, "ben", { commonName: "Benedict Bow" });
const chain = files.write("ben.pem", pemOf("CERTIFICATE", certificate));
files.write("revoked.crl", await authority.revoke(serial));

/** What `openssl x509 -req -signkey` makes where it is given no extensions. */
const version1 = `-----BEGIN CERTIFICATE-----
MIHWMIGJAhRZqsHRhPEc1YTrtIF762k7f1SgIjAFBgMrZXAwDjEMMAoGA1UEAwwD
QmVuMB4XDTI2MTEyMzA1MzAzMFoXDTI3MTEyMzA1MzAzMFowDjEMMAoGA1UEAwwD
QmVuMCowBQYDK2VwAyEAFUnPWJfHzWP7Jk3wX1TYlKqZ4f3Ylvd8/Mjm8jITEPww
BQYDK2VwA0EAU3bqSYFoz23QLgOw8auA2V69/s3Uu8vhw+0A6brReVmtED17o9Mc
294hF1OJSmWDFW89deVbyZWWrsk8crW0Bw==
-----END CERTIFICATE-----
`;

const register = `register --server $SERVER --profile ben --key-file ${key}`;

test("the certificate says which user ID it is, and has to be for this key", async () => {
  await scene.play({
    run: `${register} --user benedict --certificate ${chain}`,
    err: ["error: the certificate names another user ID", "hint: register with the one that it names"],
    code: 5,
  });
  const other = await createSoftwareKey({ algorithm: "ES256", passphrase });
  const { certificate: foreign } = await authority.issue(other, "ben");
  await scene.play({
    run: `${register} --user ben --certificate ${files.write("other.pem", pemOf("CERTIFICATE", foreign))}`,
    err: [
      `error: no certificate in ${folder}/other.pem is for the key that signs`,
      "hint: give the certificate of this key, or choose its key with --key or --key-file",
    ],
    code: 5,
  });
  await scene.play({
    run: `${register} --user ben --certificate ${files.write("words.pem", "no certificate")}`,
    err: [`error: ${folder}/words.pem: there is no certificate in it`, /^hint: /],
    code: 2,
  });
  await scene.play({
    run: `${register} --user ben --certificate ${files.write("v1.pem", version1)}`,
    err: [
      `error: ${folder}/v1.pem: the certificate, or one of those above it, is of X.509 version 1 or 2, and only version 3 says what a key is for`,
      /^hint: .*-extfile/,
    ],
    code: 2,
  });
  await scene.play({
    run: `${register} --user ben --certificate ${chain}`,
    out: [
      "online: $SERVER",
      /^signed in as ben with a software key, certified as Benedict Bow by Republic Root, an authority that the server names, until /,
      /^registered ben/,
      /^released/,
    ],
  });
});

test("others are told who certified whom, by whose trust anchors; anchors of one's own count alone", async () => {
  await scene.register("anna");
  const ben = scene.start(`listen --profile ben --auto-answer-from anna --json ${silent}`);
  await ben.event("signedIn");
  const anna = scene.start(`call ben --profile anna --hang-up-after 1 ${silent}`);
  await anna.line(
    /^ben joined: verified, software key, certified as Benedict Bow by Republic Root, an authority that the server names, first time seen$/,
  );
  assert.equal((await anna.ended).code, 0);
  await ben.event("ended");

  const own = scene.start(
    `call ben --profile anna --hang-up-after 1 --json --trust-anchors ${trustAnchors} ${silent}`,
  );
  const { verifiedBy } = await own.event("joined", ({ userId }) => userId === "ben");
  const { subject, issuer, anchoredBy, validUntil } = Object(Object(verifiedBy).certificate);
  assert.deepEqual([subject, issuer, anchoredBy], ["Benedict Bow", "Republic Root", "terminal"]);
  assert.ok(Date.parse(String(validUntil)) > Date.now());
  assert.equal((await own.ended).code, 0);

  const elsewhere = scene.start(
    `call ben --profile anna --json --trust-anchors ${trustAnchors} --user-id-domain else.where ${silent}`,
  );
  assert.notEqual((await elsewhere.ended).code, 0);
  assert.ok(
    elsewhere.events.some(
      (event) => event.event === "warning" && event["code"] === "certificate.otherDomain",
    ),
  );

  // A root of the same name is not the same root.
  const wary = scene.start(`call ben --profile anna --json --trust-anchors ${folder}/impostor.pem ${silent}`);
  const { code, err } = await wary.ended;
  assert.notEqual(code, 0);
  assert.match(err, /^error: .*\nhint: .*\n$/);
  assert.ok(!wary.events.some(({ event, userId }) => event === "joined" && userId === "ben"));
  assert.ok(
    wary.events.some((event) => event.event === "warning" && event["code"] === "certificate.badSignature"),
  );

  const informed = scene.start(
    `call ben --profile anna --json --trust-anchors ${trustAnchors} --crl ${folder}/revoked.crl ${silent}`,
  );
  assert.notEqual((await informed.ended).code, 0);
  assert.ok(
    informed.events.some((event) => event.event === "warning" && event["code"] === "certificate.revoked"),
  );
});
