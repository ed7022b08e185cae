/** Name constraints, the user ID, and the names that people are shown. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { utf8 } from "@signet/protocol";
import type { Bytes, CertificateUserIdPart } from "@signet/protocol";

import { assertCode, assertValid, makeChain, validateChain } from "../support/certificate-chain.ts";
import { Extension, der } from "../support/certificates.ts";
import type { Wish } from "../support/certificates.ts";

const outside = "certificate.nameConstraints";

const email = (text: string) => der(0x81, utf8(text));
const dns = (text: string) => der(0x82, utf8(text));
const attribute = (oid: string, text: string, tag = 0x0c) =>
  der(0x31, der(0x30, der(0x06, Uint8Array.from(Buffer.from(oid, "hex"))), der(tag, utf8(text))));
const organization = "55040a";
const country = "550406";
const directory = (...rdns: readonly Bytes[]) => der(0xa4, der(0x30, ...rdns));

function constraints(permitted: readonly Bytes[], excluded: readonly Bytes[], critical = true): Extension {
  const subtrees = (tag: number, bases: readonly Bytes[]) =>
    bases.length === 0 ? [] : [der(tag, ...bases.map((base) => der(0x30, base)))];
  const value = der(0x30, ...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded));
  return new Extension("2.5.29.30", critical, value);
}

const constrained = (permitted: readonly Bytes[], excluded: readonly Bytes[] = []): Wish => ({
  extensions: [constraints(permitted, excluded)],
});

const names = (...values: readonly Bytes[]): Wish => ({
  alternativeNames: [],
  extensions: [new Extension("2.5.29.17", false, der(0x30, ...values))],
});

/** Alice is alice@example.org, C=FR, O=Republic, CN=Alice Example. */
const alice: Wish = { name: "C=FR, O=Republic, CN=Alice Example" };
const republic = directory(attribute(country, "FR", 0x13), attribute(organization, "REPUBLIC  "));

const rows: readonly [string, Wish, boolean][] = [
  ["an e-mail host", constrained([email("example.org")]), true],
  ["an e-mail host in capitals", constrained([email("EXAMPLE.org")]), true],
  ["another e-mail host", constrained([email("example.com")]), false],
  ["a domain of which this is the top", constrained([email(".example.org")]), false],
  ["a domain above", constrained([email(".org")]), true],
  ["a host that only ends alike", constrained([email("ample.org")]), false],
  ["this very mailbox", constrained([email("alice@example.org")]), true],
  ["another mailbox", constrained([email("bob@example.org")]), false],
  ["two hosts, one of them right", constrained([email("example.com"), email("example.org")]), true],
  ["an excluded e-mail host", constrained([], [email("example.org")]), false],
  ["another excluded e-mail host", constrained([], [email("example.com")]), true],
  ["permitted and excluded", constrained([email("example.org")], [email("alice@example.org")]), false],
  ["a directory", constrained([republic]), true],
  ["another directory", constrained([directory(attribute(country, "DE", 0x13))]), false],
  ["an excluded directory", constrained([], [republic]), false],
  ["another excluded directory", constrained([], [directory(attribute(country, "DE", 0x13))]), true],
  ["a form that no certificate here has", constrained([dns("example.org")]), true],
  [
    "constraints that are not critical",
    { extensions: [constraints([email("example.com")], [], false)] },
    false,
  ],
];

for (const [name, authority, valid] of rows) {
  test(`name constraints: ${name} is ${valid ? "within" : "certificate.nameConstraints"}`, async () => {
    const above = await makeChain({
      root: authority,
      intermediate: { name: "C=FR, O=Republic, CN=Cards" },
      leaf: alice,
    });
    const beside = await makeChain({ intermediate: authority, leaf: alice });
    for (const chain of [above, beside]) {
      await (valid ? assertValid(validateChain(chain)) : assertCode(validateChain(chain), outside));
    }
  });
}

test("name constraints bind the authorities below, too", async () => {
  const root = constrained([republic]);
  const elsewhere = { name: "C=DE, CN=Cards" };
  await assertCode(validateChain(await makeChain({ root, intermediate: elsewhere, leaf: alice })), outside);
});

test("name constraints bind an address in the subject, where the user ID may come from it", async () => {
  const intermediate = constrained([email("example.org")]);
  const leaf = (host: string) => subject(`CN=Alice, E=alice@${host}`);
  for (const [host, valid] of [
    ["example.org", true],
    ["example.com", false],
  ] as const) {
    const chain = await makeChain({ intermediate, leaf: leaf(host) });
    await (valid ? assertValid(validateChain(chain)) : assertCode(validateChain(chain), outside));
  }
});

test("a constraint that cannot be compared: certificate.nameConstraints where there is such a name", async () => {
  const host = names(email("alice@example.org"), dns("alice.example.org"));
  const odd = names(email("alice@example.org"), email("no-address"));
  const elsewhere = dns("example.com");
  await assertValid(validateChain(await makeChain({ leaf: host })));
  for (const intermediate of [constrained([dns("example.org")]), constrained([], [elsewhere])]) {
    await assertCode(validateChain(await makeChain({ intermediate, leaf: host })), outside);
    await assertValid(validateChain(await makeChain({ intermediate })));
  }
  const excluded = constrained([], [email("example.com")]);
  await assertCode(validateChain(await makeChain({ intermediate: excluded, leaf: odd })), outside);
});

const upn = (value: string): Bytes =>
  der(
    0xa0,
    der(0x06, Uint8Array.from(Buffer.from("2b060104018237140203", "hex"))),
    der(0xa0, der(0x0c, utf8(value))),
  );

const subject = (name: string): Wish => ({ name, ...names(dns("nobody.example")) });

const ids: readonly [CertificateUserIdPart, string, Wish, string][] = [
  ["email", "an address", names(email("alice@example.org")), "alice"],
  ["email", "capitals and a space", names(email("Alice Example@example.org")), "alice.example"],
  ["email", "two addresses of one name", names(email("bob@a.example"), email("BOB@b.example")), "bob"],
  [
    "email",
    "two addresses of two names",
    names(email("bob@a.example"), email("rob@a.example")),
    "certificate.severalUserIds",
  ],
  [
    "email",
    "two names, one of which is none",
    names(email("bob@a.example"), email("b")),
    "certificate.severalUserIds",
  ],
  ["email", "no address", subject("CN=Alice"), "certificate.noUserId"],
  ["email", "an address in the subject", subject("CN=Alice, E=alice@example.org"), "alice"],
  [
    "email",
    "one in the subject beside another",
    { name: "E=bob@example.org", ...names(email("al@example.org")) },
    "al",
  ],
  ["email", "two at signs", names(email("al@b@example.org")), "certificate.badUserId"],
  ["email", "nothing before the at sign", names(email("@example.org")), "certificate.badUserId"],
  ["email", "letters that are none", names(email("a+b@example.org")), "certificate.badUserId"],
  ["upn", "a principal name", names(upn("Alice@corp.example")), "alice"],
  [
    "upn",
    "two that differ",
    names(upn("alice@corp.example"), upn("bob@corp.example")),
    "certificate.severalUserIds",
  ],
  ["upn", "no principal name", names(email("alice@example.org")), "certificate.noUserId"],
  ["cn", "a common name", subject("CN=Alice  Example"), "alice.example"],
  ["cn", "two common names", subject("CN=Alice, CN=Bob"), "certificate.severalUserIds"],
  ["cn", "the sign of the kelvin", subject("CN=\u212aelvin"), "certificate.badUserId"],
  ["cn", "letters of another alphabet", subject("CN=\u0430lice"), "certificate.badUserId"],
  ["cn", "one character", subject("CN=a"), "certificate.badUserId"],
  ["cn", "two characters", subject("CN=ab"), "ab"],
  ["cn", "32 characters", subject(`CN=${"a".repeat(32)}`), "a".repeat(32)],
  ["cn", "33 characters", subject(`CN=${"a".repeat(33)}`), "certificate.badUserId"],
  ["serial", "a serial number", subject("CN=Alice, 2.5.4.5=PNO FR-1234"), "pno.fr-1234"],
  ["serial", "no serial number", subject("CN=Alice"), "certificate.noUserId"],
];

for (const [userIdFrom, name, leaf, expected] of ids) {
  test(`user ID from ${userIdFrom}: ${name} gives ${expected}`, async () => {
    const result = await validateChain(await makeChain({ leaf }), { trust: { userIdFrom } });
    assert.equal(result.ok ? result.userId : result.code, expected);
  });
}

const within: readonly ["email" | "upn", string, string, Wish, string][] = [
  ["email", "an address in it", "bank.example", names(email("alice@bank.example")), "alice"],
  ["email", "capitals", "Bank.example", names(email("alice@BANK.example")), "alice"],
  ["email", "one elsewhere", "bank.example", names(email("alice@evil.example")), "certificate.otherDomain"],
  ["email", "one below it", "bank.example", names(email("alice@x.bank.example")), "certificate.otherDomain"],
  [
    "email",
    "one that only ends alike",
    "bank.example",
    names(email("alice@evilbank.example")),
    "certificate.otherDomain",
  ],
  [
    "email",
    "one in it, one elsewhere",
    "bank.example",
    names(email("bob@evil.example"), email("alice@bank.example")),
    "alice",
  ],
  [
    "email",
    "one in it, and no address",
    "bank.example",
    names(email("al@bank.example"), email("b")),
    "certificate.severalUserIds",
  ],
  [
    "email",
    "an address in the subject",
    "bank.example",
    subject("CN=A, E=alice@evil.example"),
    "certificate.otherDomain",
  ],
  ["upn", "a principal name in it", "corp.example", names(upn("alice@corp.example")), "alice"],
  ["upn", "one elsewhere", "corp.example", names(upn("alice@evil.example")), "certificate.otherDomain"],
];

for (const [userIdFrom, name, userIdDomain, leaf, expected] of within) {
  test(`user ID from ${userIdFrom} in ${userIdDomain}: ${name} gives ${expected}`, async () => {
    const result = await validateChain(await makeChain({ leaf }), { trust: { userIdFrom, userIdDomain } });
    assert.equal(result.ok ? result.userId : result.code, expected);
  });
}

const shown: readonly [string, string, Wish, CertificateUserIdPart?][] = [
  ["the common name", "Alice", { name: "O=Republic, CN=Alice" }],
  ["the address, without a common name", "alice@example.org", { name: "O=Republic" }],
  [
    "the whole name, without either",
    "C=FR, O=Republic",
    { name: "C=FR, O=Republic", ...names(upn("al@b.c")) },
    "upn",
  ],
  ["64 characters", "a".repeat(64), { name: `CN=${"a".repeat(64)}` }],
  ["no more than 64 characters", `${"a".repeat(63)}\u2026`, { name: `CN=${"a".repeat(65)}` }],
  ["a mark for each control character", "Al\ufffdice\ufffd", { name: "CN=Al\u200bice\u0007" }],
  ["a mark for each bidirectional one", "\ufffdAl\ufffdice", { name: "CN=\u202eAl\u2066ice" }],
];

for (const [name, expected, leaf, userIdFrom = "email"] of shown) {
  test(`people are shown ${name}`, async () => {
    const result = await validateChain(await makeChain({ leaf }), { trust: { userIdFrom } });
    assert.equal(result.ok ? result.names.subject : result.code, expected);
  });
}

test("the issuer is who issued the device's certificate, the anchor who is trusted", async () => {
  const chain = await makeChain({
    root: { name: "C=FR, O=Republic" },
    intermediate: { name: "O=Cards Ltd, CN=Cards" },
  });
  const result = await validateChain(chain);
  assert.ok(result.ok);
  assert.equal(result.names.issuer, "Cards");
  assert.equal(result.names.anchor, "Republic");
});
