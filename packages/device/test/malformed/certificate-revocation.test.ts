/** Revocation lists: what they revoke, and when they say nothing. */
import { before, test } from "node:test";

import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { readDer } from "../../src/x509/der-tree.ts";
import { assertCode, assertValid, makeChain, validateChain } from "../support/certificate-chain.ts";
import type { Chain } from "../support/certificate-chain.ts";
import {
  Extension,
  KeyUsageFlags,
  X509CrlReason,
  commonName,
  der,
  makeCrl,
  makeRoot,
} from "../support/certificates.ts";
import type { CrlWish } from "../support/certificates.ts";
import { hourMs, nowMs } from "../support/people.ts";

let chain: Chain;

before(async () => {
  chain = await makeChain({ intermediate: { serial: "0abc01" }, leaf: { serial: "00f00d" } });
});

const withLists = async (crls: readonly Bytes[], atMs = nowMs) =>
  validateChain(chain, { trust: { crls }, atMs });

const revoked = "certificate.revoked";
const unknown = "certificate.revocationUnknown";

test("a revoked device, a revoked authority: certificate.revoked", async () => {
  const { root, intermediate } = chain;
  await assertValid(withLists([await makeCrl(root), await makeCrl(intermediate)]));
  await assertCode(withLists([await makeCrl(intermediate, { revoked: ["f00d"] })]), revoked);
  await assertCode(withLists([await makeCrl(root, { revoked: ["0abc01"] })]), revoked);
  // The same serial number of another authority.
  await assertValid(withLists([await makeCrl(root, { revoked: ["f00d", "0abc02"] })]));
  // One list among others.
  const lists = [await makeCrl(intermediate), await makeCrl(intermediate, { revoked: ["01", "f00d"] })];
  await assertCode(withLists(lists), revoked);
});

test("a list that another authority of the same name signed revokes nothing, and does not stand for the right one", async () => {
  const { intermediate } = chain;
  const impostor = await makeRoot({ name: intermediate.name });
  const own = await makeCrl(intermediate);
  for (const list of [
    await makeCrl(impostor, { revoked: ["f00d"] }),
    await makeCrl(impostor, { nextUpdateMs: nowMs - 1000 }),
  ]) {
    await assertCode(withLists([list]), unknown);
    await assertValid(withLists([list, own]));
  }
});

test("a list that an authority's key signed in another name is not passed over", async () => {
  const { root, intermediate } = chain;
  const own = await makeCrl(intermediate);
  // Nobody can tell which of the two names revoked this number.
  for (const issuerName of ["CN=Other", root.name]) {
    const listed = await makeCrl(intermediate, { issuerName, revoked: ["f00d"] });
    await assertCode(withLists([listed]), unknown);
    await assertCode(withLists([listed, own, await makeCrl(root)]), unknown);
    const free = await makeCrl(intermediate, { issuerName, revoked: ["01"] });
    await assertCode(withLists([free]), unknown);
    await assertValid(withLists([free, own, await makeCrl(root)]));
  }
  // Of another key and in another name, it is about somebody else.
  const stranger = await makeRoot({ name: "CN=Other" });
  await assertValid(withLists([await makeCrl(stranger, { revoked: ["f00d"] })]));
});

test("an altered list, or one with a signature that does not count: certificate.revocationUnknown", async () => {
  const list = await makeCrl(chain.intermediate, { revoked: ["f00d"] });
  await assertCode(withLists([list]), revoked);
  const forged = list.slice();
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  await assertCode(withLists([forged]), unknown);
  await assertValid(withLists([forged, await makeCrl(chain.intermediate)]));
});

test("a list that is over: certificate.crlExpired; one that has not begun: certificate.revocationUnknown", async () => {
  const wish: CrlWish = { thisUpdateMs: nowMs - hourMs, nextUpdateMs: nowMs + hourMs };
  for (const authority of [chain.root, chain.intermediate]) {
    const list = await makeCrl(authority, wish);
    await assertCode(withLists([list], nowMs - hourMs - 1), unknown);
    await assertValid(withLists([list], nowMs - hourMs));
    await assertValid(withLists([list], nowMs + hourMs));
    await assertCode(withLists([list], nowMs + hourMs + 1), "certificate.crlExpired");
    // A current one beside it will do.
    await assertValid(withLists([list, await makeCrl(authority)], nowMs + hourMs + 1));
  }
});

test("what was revoked stays so when the list is over", async () => {
  const over = await makeCrl(chain.intermediate, { revoked: ["f00d"], nextUpdateMs: nowMs - 1000 });
  await assertCode(withLists([over]), revoked);
});

test("a list without an end: certificate.revocationUnknown", async () => {
  await assertCode(withLists([await makeCrl(chain.intermediate, { withoutEnd: true })]), unknown);
});

const deltaIndicator = "2.5.29.27";
const issuingDistributionPoint = "2.5.29.28";
const number = der(0x02, Uint8Array.of(1));
const yes = Uint8Array.of(0xff);

test("a delta, some reasons only, or something critical: certificate.revocationUnknown", async () => {
  const reasons = der(0x30, der(0x83, Uint8Array.of(0, 0xff)));
  const attributes = der(0x30, der(0x85, yes));
  const wrong = [
    new Extension(deltaIndicator, true, number),
    new Extension(deltaIndicator, false, number),
    new Extension(issuingDistributionPoint, true, reasons),
    new Extension(issuingDistributionPoint, true, attributes),
    new Extension(issuingDistributionPoint, true, der(0x30)),
    new Extension(issuingDistributionPoint, true, Uint8Array.of(1, 2, 3)),
    new Extension("1.2.3.4", true, number),
  ];
  for (const extension of wrong) {
    const list = await makeCrl(chain.intermediate, { extensions: [extension] });
    await assertCode(withLists([list]), unknown);
    await assertValid(withLists([list, await makeCrl(chain.intermediate)]));
    const listed = await makeCrl(chain.intermediate, { extensions: [extension], revoked: ["f00d"] });
    await assertCode(withLists([listed]), revoked);
  }
  const numbered = await makeCrl(chain.intermediate, {
    extensions: [new Extension("2.5.29.20", false, number)],
  });
  await assertValid(withLists([numbered]));
});

test("what a delta takes off the list again is not revoked by it; what it adds is", async () => {
  const { intermediate } = chain;
  const extensions = [new Extension(deltaIndicator, true, number)];
  const revokedFor = async (reason: X509CrlReason, delta: boolean) =>
    makeCrl(intermediate, { revoked: ["f00d"], reason, ...(delta && { extensions }) });
  const base = await makeCrl(intermediate);
  await assertValid(withLists([base, await revokedFor(X509CrlReason.removeFromCRL, true)]));
  await assertCode(withLists([base, await revokedFor(X509CrlReason.certificateHold, true)]), revoked);
  // Only a delta can take anything off.
  await assertCode(withLists([await revokedFor(X509CrlReason.removeFromCRL, false)]), revoked);
});

test("an indirect list, whoever signed it, is never passed over: certificate.revocationUnknown", async () => {
  const { intermediate, root } = chain;
  const own = [await makeCrl(intermediate), await makeCrl(root)];
  const other = await makeRoot({ name: "CN=List issuer" });
  const point = [new Extension(issuingDistributionPoint, true, der(0x30, der(0x84, yes)))];
  for (const issuer of [intermediate, other]) {
    for (const wish of [
      { extensions: point },
      { extensions: point, revoked: ["f00d"], onBehalfOf: intermediate.name },
      { revoked: ["01"], onBehalfOf: "CN=Other" },
    ]) {
      const list = await makeCrl(issuer, wish);
      await assertCode(withLists([list]), unknown);
      await assertCode(withLists([...own, list]), unknown);
      const revoking = await makeCrl(intermediate, { revoked: ["f00d"] });
      await assertCode(withLists([revoking, list]), revoked);
    }
  }
});

const uri = (text: string) => der(0x86, utf8(text));
const fullName = (...names: readonly Bytes[]) => der(0xa0, der(0xa0, ...names));
const people = der(0x81, yes);
const authorities = der(0x82, yes);
const here = uri("http://ca.example.org/Users.crl");

const pointExtension = (...parts: readonly Bytes[]) =>
  new Extension(issuingDistributionPoint, true, der(0x30, ...parts));
const published = (...points: readonly Bytes[]) =>
  new Extension("2.5.29.31", false, der(0x30, ...points.map((point) => der(0x30, point))));

/** Of the device's certificate: where its lists are, or how it is told. */
const places: readonly [string, readonly Extension[], readonly Bytes[], boolean][] = [
  ["the same address", [published(fullName(here))], [fullName(here)], true],
  ["the same address, for people", [published(fullName(here))], [fullName(here), people], true],
  ["for people, wherever", [], [people], true],
  ["for authorities", [], [authorities], false],
  ["the same address, for authorities", [published(fullName(here))], [fullName(here), authorities], false],
  ["for people and authorities", [], [people, authorities], false],
  ["for people, said to be false", [], [der(0x81, Uint8Array.of(0))], false],
  ["parts in another order", [published(fullName(here))], [people, fullName(here)], false],
  ["an address, where the certificate names none", [], [fullName(here)], false],
  ["another address", [published(fullName(uri("http://ca.example.org/users.crl")))], [fullName(here)], false],
  [
    "the same host in capitals",
    [published(fullName(uri("HTTP://CA.example.ORG/Users.crl")))],
    [fullName(here)],
    true,
  ],
  [
    "one of several addresses",
    [published(fullName(uri("ldap://x"), here))],
    [fullName(uri("http://y"), here)],
    true,
  ],
  ["one of several points", [published(fullName(uri("http://x")), fullName(here))], [fullName(here)], true],
  [
    "a point for some reasons",
    [
      new Extension(
        "2.5.29.31",
        false,
        der(0x30, der(0x30, fullName(here), der(0x81, Uint8Array.of(0, 0x40)))),
      ),
    ],
    [fullName(here)],
    false,
  ],
  [
    "a point with another issuer",
    [new Extension("2.5.29.31", false, der(0x30, der(0x30, fullName(here), der(0xa2, uri("x:y")))))],
    [fullName(here)],
    false,
  ],
  [
    "the same directory in another string type",
    [published(fullName(der(0xa4, der(0x30, commonName("Users", 0x0c)))))],
    [fullName(der(0xa4, der(0x30, commonName("USERS", 0x13))))],
    true,
  ],
  ["a name relative to the issuer", [], [der(0xa0, der(0xa1, commonName("Users").subarray(2)))], false],
];

for (const [name, extensions, parts, isHonoured] of places) {
  test(`a list with an issuing distribution point, ${name}: ${isHonoured ? "honoured" : unknown}`, async () => {
    const made = await makeChain({ leaf: { serial: "00f00d", extensions } });
    const list = async (serial: string) =>
      makeCrl(made.intermediate, { revoked: [serial], extensions: [pointExtension(...parts)] });
    const result = validateChain(made, { trust: { crls: [await list("0bad")] } });
    await (isHonoured ? assertValid(result) : assertCode(result, unknown));
    await assertCode(validateChain(made, { trust: { crls: [await list("f00d")] } }), revoked);
  });
}

test("a list for people alone says nothing of an authority", async () => {
  const list = async (part: Bytes) => makeCrl(chain.root, { extensions: [pointExtension(part)] });
  await assertCode(withLists([await list(people)]), unknown);
  await assertValid(withLists([await list(authorities)]));
  await assertValid(withLists([await list(people), await list(authorities)]));
});

test("an authority that may not sign lists: certificate.revocationUnknown", async () => {
  const intermediate = { keyUsage: KeyUsageFlags.keyCertSign };
  const without = await makeChain({ intermediate });
  await assertValid(validateChain(without));
  const crls = [await makeCrl(without.intermediate)];
  await assertCode(validateChain(without, { trust: { crls } }), unknown);
});

test("a list that cannot be read leaves those of other authorities as they are, and nobody unasked", async () => {
  const { intermediate, root } = chain;
  const list = await makeCrl(root);
  const both = [list, await makeCrl(intermediate)];
  const version1 = withoutVersion(await makeCrl(intermediate));
  const wrong = [new Uint8Array(), list.slice(0, -1), concatBytes(list, Uint8Array.of(0)), version1];
  for (const unreadable of wrong) {
    // The authority that has no list here may be the one that this was about.
    await assertCode(withLists([list, unreadable]), unknown);
    await assertCode(withLists([unreadable]), unknown);
    await assertValid(withLists([...both, unreadable]));
    await assertCode(
      withLists([...both, unreadable, await makeCrl(intermediate, { revoked: ["f00d"] })]),
      revoked,
    );
  }
  // In the name of somebody else, as far as that can be read.
  const stranger = await makeRoot({ name: "CN=Other" });
  await assertValid(withLists([withoutVersion(await makeCrl(stranger))]));
});

/** As version 1 begins. */
function withoutVersion(list: Bytes): Bytes {
  const [tbs, ...rest] = readDer(list)?.children ?? [];
  const [, ...body] = tbs?.children ?? [];
  const bytes = (nodes: readonly { readonly bytes: Bytes }[]) => nodes.map((node) => node.bytes);
  return der(0x30, der(0x30, ...bytes(body)), ...bytes(rest));
}
