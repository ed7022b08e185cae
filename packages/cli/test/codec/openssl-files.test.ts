/** Files of certificates and lists as people have them: what is said of those that cannot be used. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { Authority, pemOf } from "@signet/e2e/support/authority.ts";
import { OpenSsl } from "@signet/e2e/support/openssl.ts";

import { Failure, exitCodes } from "../../src/failure.ts";
import { certified, trustOf } from "../../src/keys/certificates.ts";
import type { FileWarning } from "../../src/keys/certificates.ts";
import type { Identity } from "../../src/run/identity.ts";

const dir = mkdtempSync(join(tmpdir(), "signet-files-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const ssl = new OpenSsl(dir);
const authority = await Authority.create("Republic Root");
const device = await createSoftwareKey({ algorithm: "ES256" });
const { certificate } = await authority.issue(device, "anna");
const pem = ssl.write("anna.pem", pemOf("CERTIFICATE", certificate));

const identity = (files: Partial<Identity>): Identity => files as Identity;

function failureOf(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error;
  }
  return assert.fail("it was taken");
}

test("the certificate may be PEM or DER, with a byte order mark or in UTF-16", () => {
  const text = pemOf("CERTIFICATE", certificate);
  ssl.run("x509", "-in", "anna.pem", "-outform", "DER", "-out", "anna.der");
  writeFileSync(ssl.path("mark.pem"), `\ufeff${text}`);
  writeFileSync(ssl.path("utf16.pem"), `\ufeff${text}`, "utf16le");
  for (const name of ["anna.pem", "anna.der", "mark.pem", "utf16.pem"])
    assert.deepEqual(certified(device, identity({ certificate: ssl.path(name) })).certificates, [
      certificate,
    ]);
});

test("other files are named, with what to do", () => {
  ssl.key("other");
  ssl.run("req", "-new", "-key", "other.key", "-subj", "/CN=Other", "-out", "other.csr");
  ssl.run("req", "-x509", "-key", "other.key", "-subj", "/CN=Other", "-out", "other.pem");
  ssl.run("crl2pkcs7", "-nocrl", "-certfile", "anna.pem", "-out", "anna.p7b");
  ssl.run("crl2pkcs7", "-nocrl", "-certfile", "anna.pem", "-outform", "DER", "-out", "anna.p7c");
  ssl.run(
    "pkcs12",
    "-export",
    "-inkey",
    "other.key",
    "-in",
    "other.pem",
    "-passout",
    "pass:x",
    "-out",
    "other.p12",
  );
  ssl.run("x509", "-in", "anna.pem", "-trustout", "-out", "trusted.pem");
  ssl.write("words.pem", "words");
  const rows = [
    ["anna.p7b", "certificate.filePkcs7", /openssl pkcs7 -print_certs/],
    ["anna.p7c", "certificate.filePkcs7", /-inform DER/],
    ["other.p12", "certificate.filePkcs12", /openssl pkcs12 -nokeys/],
    ["other.key", "certificate.fileKey", /certificates alone/],
    ["other.csr", "certificate.fileRequest", /that the authority issued/],
    ["trusted.pem", "certificate.fileOther", /openssl x509/],
    ["words.pem", "certificate.fileWithout", /PEM/],
  ] as const;
  for (const [name, code, hint] of rows) {
    const path = ssl.path(name);
    const failure = failureOf(() => certified(device, identity({ certificate: path })));
    assert.equal(failure.code, code, name);
    assert.ok(failure.message.startsWith(`${path}: `), failure.message);
    assert.match(failure.hint, hint);
    assert.equal(failure.exitCode, exitCodes.usage);
  }
  // What the hint says makes a file that is taken.
  ssl.run("pkcs7", "-print_certs", "-in", "anna.p7b", "-out", "converted.pem");
  assert.deepEqual(certified(device, identity({ certificate: ssl.path("converted.pem") })).certificates, [
    certificate,
  ]);
});

/** With which lists somebody is judged, and what is said of them. */
async function judged(crl: string, trustAnchors: string) {
  const warnings: FileWarning[] = [];
  const trust = await trustOf(identity({ trustAnchors, crl }), (warning) => warnings.push(warning));
  return { crls: trust?.crls ?? [], said: warnings.map(({ code, message }) => `${code} ${message}`) };
}

test("lists that cannot be used or will refuse people are named; an indirect one is refused", async () => {
  const ca = { certificate: "ca", key: "ca" };
  const trustAnchors = ssl.root("ca", "/CN=Our CA", "ca");
  ssl.root("elsewhere", "/CN=Elsewhere", "else");
  const good = ssl.list("good", ca);
  assert.deepEqual((await judged(good, trustAnchors)).said, []);
  const text = (path: string): string => ssl.run("crl", "-in", path);
  const foreign = ssl.list("foreign", { certificate: "elsewhere", key: "else" });
  const garbled = text(good).replace(/.{64}\n/, "");
  const mixed = ssl.write("mixed.crl", text(good) + garbled + text(foreign));
  const { crls, said } = await judged(mixed, trustAnchors);
  assert.equal(crls.length, 3);
  assert.match(said[0] ?? "", /^certificate\.crlMalformed list 2 in .*mixed\.crl: /);
  assert.match(said[1] ?? "", /^certificate\.crlNoAnchor list 3 in .*mixed\.crl \(Elsewhere\): /);
  assert.equal(said.length, 2);

  const point = "crl_extensions=x\n[x]\nissuingDistributionPoint=critical,@p\n[p]\nindirectCRL=TRUE\n";
  const indirect = ssl.write("two.crl", text(good) + text(ssl.list("indirect", ca, [], point)));
  await assert.rejects(judged(indirect, trustAnchors), {
    code: "certificate.crlIndirect",
    message: /^list 2 in .*two\.crl \(Our CA\): /,
  });
  await assert.rejects(judged(ssl.write("garbled.crl", garbled), trustAnchors), {
    code: "certificate.crlMalformed",
  });
  await assert.rejects(judged(trustAnchors, trustAnchors), { code: "certificate.crlOther" });
});

test("a trust anchor that nothing could ever lead to is refused", async () => {
  ssl.key("weak", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024");
  const weak = ssl.root("weak", "/CN=Weak CA", "weak");
  await assert.rejects(judged(ssl.path("good.crl"), weak), {
    code: "certificate.weakKey",
    message: /^CN=Weak CA in .*weak\.pem: /,
  });
  await assert.rejects(judged(ssl.path("good.crl"), pem), { code: "certificate.notAuthority" });
});
