/** Anchors, certificates and revocation lists as `openssl` makes them, in files as operators give them. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { Writable } from "node:stream";
import { test } from "node:test";

import { readCertificateFile, verifyCertificates } from "@signet/device";
import { OpenSsl } from "@signet/e2e/support/openssl.ts";
import { pino } from "pino";

import { Certificates } from "../../src/registry/certificates.ts";
import type { CertificateOptions } from "../../src/registry/certificates.ts";
import { tempDir } from "../support/test-server.ts";

/** What the server would open and say. */
async function open(options: CertificateOptions) {
  let log = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  const certificates = await Certificates.open(options, pino(stream), Date.now());
  assert.ok(certificates !== undefined);
  return {
    log: () => log,
    /** The code with which the holder of `<name>.pem` is refused, or the user ID. */
    judge: async (ssl: OpenSsl, name: string): Promise<string> => {
      const chain = readCertificateFile(ssl.read(`${name}.pem`));
      const publicKey = Buffer.from(
        ssl.run("pkey", "-in", `${name}.key`, "-pubout").replace(/-----[^-]*-----/g, ""),
        "base64",
      );
      const device = { kind: "software", publicKey: new Uint8Array(publicKey), userId: name } as const;
      const { trust } = certificates;
      const result = await verifyCertificates(chain, device, { trust, nowMs: Date.now() });
      return result.ok ? name : result.code;
    },
  };
}

const stringsAs = (ssl: OpenSsl, mask: string): readonly string[] => [
  "-config",
  ssl.write(`${mask}.cnf`, `[req]\ndistinguished_name=dn\nstring_mask=${mask}\n[dn]\n`),
];

test("an authority that renewed its certificate in another string type goes on revoking", async (t) => {
  const ssl = new OpenSsl(tempDir(t));
  const old = { certificate: "old", key: "ca" };
  const renewed = { certificate: "renewed", key: "ca" };
  ssl.root("old", "/CN=Renewed CA", "ca", ...stringsAs(ssl, "default"));
  ssl.root("renewed", "/CN=Renewed CA", "ca", ...stringsAs(ssl, "utf8only"), "-utf8");
  ssl.issue("alice", old);
  ssl.issue("bob", old);
  const crl = ssl.list("revoked", renewed, ["alice"]);
  for (const trustAnchors of ["old", "renewed"].map((name) => ssl.path(`${name}.pem`))) {
    const { judge, log } = await open({ trustAnchors, crls: [crl] });
    assert.equal(await judge(ssl, "alice"), "certificate.revoked");
    assert.equal(await judge(ssl, "bob"), "bob");
    assert.equal(log(), "", "nothing to tell");
  }
});

test("RSASSA-PSS signatures are taken with the salt that openssl makes by default, and others; shorter ones are not", async (t) => {
  const ssl = new OpenSsl(tempDir(t));
  ssl.key("ca", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
  const pss = (salt: string) => [
    "-sigopt",
    "rsa_padding_mode:pss",
    ...(salt === "" ? [] : ["-sigopt", `rsa_pss_saltlen:${salt}`]),
  ];
  const trustAnchors = ssl.root("ca", "/CN=PSS CA", "ca", "-sha256", ...pss("max"));
  const { judge } = await open({ trustAnchors });
  const ca = { certificate: "ca", key: "ca" };
  for (const [salt, taken] of [
    ["", true],
    ["max", true],
    ["222", true],
    ["digest", true],
    ["20", true],
    ["19", false],
    ["0", false],
  ] as const) {
    ssl.issue("alice", ca, "-sha256", ...pss(salt));
    assert.equal(await judge(ssl, "alice"), taken ? "alice" : "certificate.weakAlgorithm", `salt ${salt}`);
  }
  ssl.issue("alice", ca, "-sha512", ...pss("max"));
  assert.equal(await judge(ssl, "alice"), "alice");
  ssl.issue("alice", ca, "-sha1", ...pss("max"));
  assert.equal(await judge(ssl, "alice"), "certificate.weakAlgorithm");
  // The hash of the mask is another one.
  ssl.issue("alice", ca, "-sha256", ...pss("digest"), "-sigopt", "rsa_mgf1_md:sha512");
  assert.equal(await judge(ssl, "alice"), "certificate.weakAlgorithm");
});

test("anchors that nothing could ever lead to are refused at start, with the reason", async (t) => {
  const ssl = new OpenSsl(tempDir(t));
  const rsa = (bits: number) => ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${bits}`];
  const curve = (name: string) => ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${name}`];
  const keys: readonly [string, readonly string[], RegExp | undefined][] = [
    ["rsa1024", rsa(1024), /^CN=A in .*rsa1024\.pem can be no trust anchor: its key is RSA of 1024 bits$/],
    ["rsa2048", rsa(2048), undefined],
    ["brainpool", curve("brainpoolP256r1"), /its key is on the curve brainpoolP256r1$/],
    ["koblitz", curve("secp256k1"), /its key is on the curve secp256k1$/],
    ["p384", curve("P-384"), undefined],
    ["pss", ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"], /its key is for RSASSA-PSS alone/],
    ["ed448", ["-algorithm", "ED448"], /its key is ed448$/],
    ["ed25519", ["-algorithm", "ED25519"], undefined],
  ];
  for (const [name, options, reason] of keys) {
    ssl.key(name, ...options);
    const trustAnchors = ssl.root(name, "/CN=A", name);
    if (reason === undefined) await open({ trustAnchors });
    else await assert.rejects(open({ trustAnchors }), { message: reason });
  }
  const extended = ["-addext", "extendedKeyUsage=serverAuth"];
  const forServers = ssl.root("servers", "/CN=A", "ed25519", ...extended);
  await assert.rejects(open({ trustAnchors: forServers }), { code: "certificate.authorityPurpose" });
  const odd = ssl.root("odd", "/CN=A", "ed25519", "-addext", "1.2.3.4=critical,ASN1:NULL");
  await assert.rejects(open({ trustAnchors: odd }), { code: "certificate.unknownExtension" });
});

test("a list that will refuse people, or is about nobody here, is told at start", async (t) => {
  const ssl = new OpenSsl(tempDir(t));
  const ca = { certificate: "ca", key: "ca" };
  const trustAnchors = ssl.root("ca", "/CN=Our CA", "ca");
  ssl.root("namesake", "/CN=our  ca", "other");
  ssl.root("elsewhere", "/CN=Elsewhere", "other");
  ssl.root("renamed", "/CN=New name", "ca");
  ssl.issue("alice", ca);
  const good = ssl.list("good", ca);
  const rows = [
    ["certificate.crlNoAnchor", ssl.list("foreign", { certificate: "elsewhere", key: "other" }), "alice"],
    [
      "certificate.crlOtherKey",
      ssl.list("forged", { certificate: "namesake", key: "other" }),
      "certificate.revocationUnknown",
    ],
    [
      "certificate.crlOtherName",
      ssl.list("renamed", { certificate: "renamed", key: "ca" }),
      "certificate.revocationUnknown",
    ],
    [
      "certificate.crlPartial",
      ssl.list("partial", ca, [], "crl_extensions=x\n[x]\n1.2.3.4=critical,ASN1:NULL\n"),
      "certificate.revocationUnknown",
    ],
  ] as const;
  for (const [code, crl, outcome] of rows) {
    const alone = await open({ trustAnchors, crls: [crl] });
    assert.match(alone.log(), new RegExp(`"level":40.*"path":"${crl}".*"issuer":".*"code":"${code}"`));
    assert.equal(await alone.judge(ssl, "alice"), outcome, code);
    const beside = await open({ trustAnchors, crls: [crl, good] });
    assert.equal(await beside.judge(ssl, "alice"), "alice", code);
  }
  assert.equal((await open({ trustAnchors, crls: [good] })).log(), "");
});

test("an indirect list keeps the server from starting, beside others too", async (t) => {
  const ssl = new OpenSsl(tempDir(t));
  const ca = { certificate: "ca", key: "ca" };
  const trustAnchors = ssl.root("ca", "/CN=Our CA", "ca");
  ssl.issue("alice", ca);
  const good = ssl.list("good", ca);
  const point = (value: string) =>
    `crl_extensions=x\n[x]\nissuingDistributionPoint=critical,@p\n[p]\n${value}\n`;
  const indirect = ssl.list("indirect", ca, [], point("indirectCRL=TRUE"));
  for (const crls of [[indirect], [good, indirect]])
    await assert.rejects(open({ trustAnchors, crls }), {
      code: "certificate.crlIndirect",
      subject: `${indirect} (Our CA)`,
    });
  const both = ssl.write(
    "both.crl",
    Buffer.concat([ssl.read("good.crl"), ssl.read("indirect.crl")]).toString(),
  );
  await assert.rejects(open({ trustAnchors, crls: [both] }), { subject: `list 2 in ${both} (Our CA)` });
  // A file that becomes so later is not taken over.
  const server = await open({ trustAnchors, crls: [good] });
  writeFileSync(good, ssl.read("indirect.crl"));
  assert.equal(await server.judge(ssl, "alice"), "alice");
  assert.match(server.log(), /the former ones hold/);
});

test("a list for people at the certificate's own distribution point is honoured", async (t) => {
  const ssl = new OpenSsl(tempDir(t));
  const ca = { certificate: "ca", key: "ca" };
  const trustAnchors = ssl.root("ca", "/CN=Our CA", "ca");
  const address = "URI:http://ca.example.org/users.crl";
  for (const name of ["alice", "bob"]) {
    ssl.issue(name, ca);
    ssl.write(
      `${name}.ext`,
      `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectAltName=email:${name}@example.org\ncrlDistributionPoints=${address}\n`,
    );
    ssl.run(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-days",
      "9",
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.pem`,
    );
  }
  ssl.issue("carol", ca);
  const section = `crl_extensions=x\n[x]\nissuingDistributionPoint=critical,@p\n[p]\nfullname=${address}\nonlyuser=TRUE\n`;
  const { judge, log } = await open({ trustAnchors, crls: [ssl.list("users", ca, ["bob"], section)] });
  assert.equal(log(), "");
  assert.equal(await judge(ssl, "alice"), "alice");
  assert.equal(await judge(ssl, "bob"), "certificate.revoked");
  assert.equal(await judge(ssl, "carol"), "certificate.revocationUnknown", "published nowhere");
});

test("one list of a file that cannot be read is named, at start and later, and the others hold", async (t) => {
  const ssl = new OpenSsl(tempDir(t));
  const [ca, other] = [
    { certificate: "ca", key: "ca" },
    { certificate: "other", key: "other" },
  ];
  ssl.root("ca", "/CN=Our CA", "ca");
  ssl.root("other", "/CN=Other CA", "other");
  const trustAnchors = ssl.write(
    "anchors.pem",
    ssl.run("x509", "-in", "ca.pem") + ssl.run("x509", "-in", "other.pem"),
  );
  ssl.issue("alice", ca);
  ssl.issue("bob", other);
  const text = (path: string): string => ssl.run("crl", "-in", path);
  const ours = text(ssl.list("ours", ca));
  const theirs = text(ssl.list("theirs", other));
  const broken = theirs.replace(/.{64}\n/, "");
  const crl = ssl.write("both.crl", ours + broken);

  const server = await open({ trustAnchors, crls: [crl] });
  assert.match(server.log(), /"level":50.*"list":2,"code":"certificate\.crlMalformed".*cannot be used/);
  assert.equal(await server.judge(ssl, "alice"), "alice");
  assert.equal(await server.judge(ssl, "bob"), "certificate.revocationUnknown");

  ssl.write("both.crl", ours + theirs);
  assert.equal(await server.judge(ssl, "bob"), "bob");
  // Now the former one of the other authority holds, and what is new of ours counts.
  ssl.write("both.crl", text(ssl.list("later", ca, ["alice"])) + broken);
  assert.equal(await server.judge(ssl, "alice"), "certificate.revoked");
  assert.equal(await server.judge(ssl, "bob"), "bob");
  ssl.write("both.crl", text(ssl.list("latest", other, ["bob"])) + ours.replace(/.{64}\n/, ""));
  assert.equal(await server.judge(ssl, "bob"), "certificate.revoked");
  assert.equal(await server.judge(ssl, "alice"), "certificate.revoked");
});
