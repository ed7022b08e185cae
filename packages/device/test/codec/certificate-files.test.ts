/** Files of certificates and lists: what is read, and what others are told apart as. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import fc from "fast-check";

import { readCertificateFile, readCrls, readPemCertificates } from "@signet/device";
import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { readDer } from "../../src/x509/der-tree.ts";
import { makeChain, validateChain } from "../support/certificate-chain.ts";
import type { Chain } from "../support/certificate-chain.ts";
import { der, makeCrl } from "../support/certificates.ts";

let right: Chain;
let list: Bytes;

before(async () => {
  right = await makeChain();
  list = await makeCrl(right.root);
});

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "hex"));
const bytesOf = (value: Uint8Array): Bytes => Uint8Array.from(value);

const childrenOf = (bytes: Bytes | undefined): readonly Bytes[] =>
  readDer(bytes ?? new Uint8Array())?.children.map((child) => child.bytes) ?? [];

const pem = (label: string, bytes: Bytes): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes)
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")}\n-----END ${label}-----\n`;

test("a PEM file of certificates, with words between them, or with nothing at all", () => {
  const { root, leaf } = right;
  const both = [root.certificate, leaf.certificate];
  const [first, second] = [pem("CERTIFICATE", root.certificate), pem("X509 CERTIFICATE", leaf.certificate)];
  const text = `Root:\n${first}\r\nAlice\n${second}`;
  for (const whole of [text, text.replaceAll("\n", "\r\n"), first.trimEnd() + second]) {
    assert.deepEqual(readPemCertificates(whole), both);
    assert.deepEqual(readCertificateFile(utf8(whole)), both);
  }
});

test("a certificate in DER, and PEM with a byte order mark or in UTF-16, are read", () => {
  const { certificate } = right.leaf;
  assert.deepEqual(readCertificateFile(certificate), [certificate]);
  const text = pem("CERTIFICATE", certificate);
  assert.deepEqual(readCertificateFile(utf8(`\ufeff${text}`)), [certificate]);
  assert.deepEqual(readPemCertificates(`\ufeff${text}\ufeff${text}`), [certificate, certificate]);
  const little = Uint8Array.from(Buffer.from(`\ufeff${text}`, "utf16le"));
  const big = Uint8Array.from(Buffer.from(little).swap16());
  for (const file of [little, big]) assert.deepEqual(readCertificateFile(file), [certificate]);
});

/** The certificate with other children in what was signed; the signature does not fit any more. */
function rebuilt(bytes: Bytes, change: (children: readonly Bytes[]) => readonly Bytes[]): Bytes {
  const [tbs, ...rest] = childrenOf(bytes);
  return der(0x30, der(0x30, ...change(childrenOf(tbs))), ...rest);
}

const withSerial = (serial: Bytes) => (bytes: Bytes) =>
  rebuilt(bytes, ([version = bytes, , ...others]) => [version, serial, ...others]);

const withDates = (validity: Bytes) => (bytes: Bytes) =>
  rebuilt(bytes, (children) => children.map((child, i) => (i === 4 ? validity : child)));

const time = (text: string, tag = 0x17): Bytes => der(tag, utf8(text));
const good = time("260101000000Z");

/** A signed-data of PKCS #7, a PFX, a key and a request, as far as they are told apart by. */
const signedData = der(
  0x30,
  hex("06092a864886f70d010702"),
  der(0xa0, der(0x30, der(0x02, Uint8Array.of(1)), new Uint8Array(120))),
);
const pfx = der(0x30, hex("020103"), der(0x30, new Uint8Array(130)));
const privateKey = der(0x30, hex("020100"), der(0x30, new Uint8Array(130)));
const request = der(0x30, der(0x30, hex("020100"), new Uint8Array(130)), der(0x30), hex("030100"));

const faults: readonly [string, (bytes: Bytes) => Bytes, string][] = [
  ["a serial number with zeros in front", withSerial(hex("020300000a")), "certificate.paddedSerial"],
  ["a serial number with one zero in front", withSerial(hex("0202007f")), "certificate.paddedSerial"],
  ["a date with an offset", withDates(der(0x30, good, time("270101000000+0100"))), "certificate.oddDate"],
  ["a date without seconds", withDates(der(0x30, time("2601010000Z"), good)), "certificate.oddDate"],
  ["a third date", withDates(der(0x30, good, good, good)), "certificate.malformed"],
  ["version 1", (bytes) => rebuilt(bytes, (children) => children.slice(1, 7)), "certificate.version"],
  [
    "version 1 and serial number 1",
    (bytes) => rebuilt(bytes, (children) => [hex("020101"), ...children.slice(2, 7)]),
    "certificate.version",
  ],
  [
    "version 2",
    (bytes) => rebuilt(bytes, ([, ...children]) => [hex("a003020101"), ...children]),
    "certificate.version",
  ],
  ["a byte after it", (bytes) => concatBytes(bytes, Uint8Array.of(0)), "certificate.malformed"],
  ["its end cut off", (bytes) => bytes.slice(0, -1), "certificate.malformed"],
  [
    "4,097 bytes",
    (bytes) => rebuilt(bytes, (all) => [...all, der(0xa5, new Uint8Array(4000))]),
    "certificate.tooLarge",
  ],
  ["PKCS #7 in its place", () => signedData, "certificate.filePkcs7"],
  [
    "PKCS #7 of more than 4,096 bytes",
    () => concatBytes(signedData, new Uint8Array(5000)),
    "certificate.filePkcs7",
  ],
  [
    "PKCS #7 of indefinite length",
    () => concatBytes(hex("3080"), signedData.slice(3)),
    "certificate.filePkcs7",
  ],
  ["PKCS #12 in its place", () => pfx, "certificate.filePkcs12"],
  ["a private key in its place", () => privateKey, "certificate.fileKey"],
  ["a request in its place", () => request, "certificate.fileRequest"],
  ["a list in its place", () => list, "certificate.fileOther"],
];

for (const [name, change, code] of faults) {
  test(`a file of a certificate with ${name}: ${code}`, async () => {
    const { leaf, root } = right;
    const wrong = change(leaf.certificate);
    assert.throws(() => readCertificateFile(wrong), { code });
    for (const text of [
      pem("CERTIFICATE", wrong),
      pem("CERTIFICATE", root.certificate) + pem("CERTIFICATE", wrong),
    ])
      assert.throws(() => readCertificateFile(utf8(text)), { code });
    if (code.startsWith("certificate.file")) return;
    const result = await validateChain(right, {
      chain: [wrong, right.intermediate],
      publicKey: leaf.publicKey,
    });
    assert.deepEqual(result, { ok: false, code });
  });
}

test("what is no PEM file of certificates", () => {
  const one = pem("CERTIFICATE", right.root.certificate);
  const rows: readonly [string, string][] = [
    ["", "certificate.fileWithout"],
    ["words", "certificate.fileWithout"],
    [one.replace("END", "AND"), "certificate.fileDamaged"],
    [one.replace("M", "*"), "certificate.fileDamaged"],
    [one.replace(/-----END[^]*/, ""), "certificate.fileDamaged"],
    [one.trimEnd() + one.replace("M", "*"), "certificate.fileDamaged"],
    [one + pem("PRIVATE KEY", Uint8Array.of(0x30, 0)), "certificate.fileKey"],
    [
      one +
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAA==\n-----END EC PRIVATE KEY-----\n",
      "certificate.fileKey",
    ],
    [pem("PKCS7", signedData), "certificate.filePkcs7"],
    [pem("CERTIFICATE REQUEST", request), "certificate.fileRequest"],
    [one + pem("TRUSTED CERTIFICATE", right.root.certificate), "certificate.fileOther"],
    [one + pem("X509 CRL", list), "certificate.fileOther"],
    [pem("CERTIFICATE", Uint8Array.of(0x30, 2, 0x30, 0)), "certificate.fileOther"],
    ["-----BEGIN -----\n", "certificate.fileDamaged"],
  ];
  for (const [text, code] of rows) assert.throws(() => readPemCertificates(text), { code }, text);
});

test("256 certificates are read, 257 are not", () => {
  const one = pem("CERTIFICATE", right.root.certificate);
  assert.equal(readPemCertificates(one.repeat(256)).length, 256);
  assert.throws(() => readPemCertificates(one.repeat(257)), { code: "certificate.fileTooMany" });
});

test("revocation lists in DER and PEM", () => {
  assert.deepEqual(readCrls(list), { crls: [list], faults: [] });
  const text = pem("X509 CRL", list);
  assert.deepEqual(readCrls(utf8(`\ufeff${text.trimEnd()}${text}`)).crls, [list, list]);
  assert.equal(readCrls(utf8(text.repeat(64))).crls.length, 64);
  const certificate = pem("CERTIFICATE", right.root.certificate);
  const rows: readonly [Bytes, string][] = [
    [new Uint8Array(), "certificate.crlNone"],
    [list.slice(1), "certificate.crlNone"],
    [right.root.certificate, "certificate.crlOther"],
    [utf8(certificate), "certificate.crlOther"],
    [utf8(text + certificate), "certificate.crlOther"],
    [utf8(text.repeat(65)), "certificate.crlTooMany"],
  ];
  for (const [file, code] of rows) assert.throws(() => readCrls(file), { code }, code);
});

test("a list that cannot be used is named by its place and issuer; the others are read all the same", () => {
  const version1 = rebuilt(list, ([, ...children]) => children);
  const broken = concatBytes(list, Uint8Array.of(0));
  const whole = [list, version1, broken].map((bytes) => pem("X509 CRL", bytes)).join("");
  const { crls, faults, refusal } = readCrls(utf8(whole + pem("X509 CRL", list).replace("M", "*")));
  assert.deepEqual(crls, [list, version1, broken, new Uint8Array()]);
  assert.deepEqual(faults, [
    { place: 2, code: "certificate.crlVersion", issuer: "Root" },
    { place: 3, code: "certificate.crlMalformed" },
    { place: 4, code: "certificate.crlMalformed" },
  ]);
  assert.equal(refusal, undefined);
  for (const [file, code] of [
    [version1, "certificate.crlVersion"],
    [broken, "certificate.crlMalformed"],
  ] as const)
    assert.equal(readCrls(file).refusal?.code, code);
});

test("any text or bytes as a file are read, or refused with a code", () => {
  const attempt = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      assert.match(String((error as { code?: unknown }).code), /^certificate\./);
    }
  };
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.uint8Array().map((tail) => Uint8Array.of(0x30, 0x82, ...tail)),
  );
  fc.assert(
    fc.property(fc.string(), bytes, (text, file) => {
      attempt(() => readCertificateFile(bytesOf(file)));
      attempt(() => readPemCertificates(pem("CERTIFICATE", bytesOf(file))));
      attempt(() => readPemCertificates(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`));
      attempt(() => readCrls(bytesOf(file)));
    }),
  );
});
