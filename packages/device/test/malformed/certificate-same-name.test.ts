/** One name in several spellings (RFC 5280 section 7.1): in chains, anchors, lists and constraints. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { certificateChainFor } from "@signet/device";
import { utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { readDer } from "../../src/x509/der-tree.ts";
import { sameName } from "../../src/x509/name-comparison.ts";
import { assertCode, assertValid, makeChain, validate } from "../support/certificate-chain.ts";
import { commonName, der, makeCrl, makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import type { Authority } from "../support/certificates.ts";

const [utf8String, printable, teletex, ia5, bmp, universal] = [0x0c, 0x13, 0x14, 0x16, 0x1e, 0x1c];

const raw = (tag: number, contents: Bytes): Bytes =>
  der(0x31, der(0x30, Uint8Array.of(0x06, 3, 0x55, 4, 3), der(tag, contents)));
const units = (text: string, bytes: number): Bytes => {
  const view = new DataView(new ArrayBuffer(text.length * bytes));
  for (const [i, unit] of Array.from(text).entries()) {
    if (bytes === 2) view.setUint16(i * 2, unit.charCodeAt(0));
    else view.setUint32(i * 4, unit.charCodeAt(0));
  }
  return new Uint8Array(view.buffer);
};
const nameOf = (...rdns: readonly Bytes[]) => readDer(der(0x30, ...rdns)) ?? assert.fail("no DER");
const organization = (text: string, tag = utf8String): Bytes =>
  der(0x31, der(0x30, Uint8Array.of(0x06, 3, 0x55, 4, 10), der(tag, utf8(text))));
const pair = (...rdns: readonly Bytes[]): Bytes =>
  der(0x31, ...rdns.map((rdn) => readDer(rdn)?.children[0]?.bytes ?? assert.fail("no RDN")));

const cn = (text: string) => commonName(text);

/** Spellings of "Example CA 1". */
const same: readonly [string, Bytes][] = [
  ["PrintableString", commonName("Example CA 1", printable)],
  ["TeletexString", commonName("Example CA 1", teletex)],
  ["IA5String", commonName("Example CA 1", ia5)],
  ["BMPString", raw(bmp, units("Example CA 1", 2))],
  ["UniversalString", raw(universal, units("Example CA 1", 4))],
  ["small letters", cn("example ca 1")],
  ["capitals", cn("EXAMPLE CA 1")],
  ["spaces around it", cn("  Example CA 1 ")],
  ["spaces inside", cn("Example   CA  1")],
  ["a tab and a line feed", cn("Example\tCA\n1")],
  ["a space that does not break", cn("Example\u00a0CA\u30001")],
  ["what is not seen", cn("Exa\u00admple \u200bCA\u2060 1\ufe0f")],
  ["wide letters", cn("\uff25xample CA \uff11")],
];

const others: readonly [string, Bytes][] = [
  ["another word", cn("Example CA 2")],
  ["a space less", cn("ExampleCA 1")],
  ["a letter of another alphabet", cn("Ex\u0430mple CA 1")],
  ["an accent", cn("Ex\u00e1mple CA 1")],
  ["nothing", cn("")],
  ["another attribute", organization("Example CA 1")],
  ["what is no string of its type", raw(utf8String, Uint8Array.of(0xff))],
  ["an odd number of bytes", raw(bmp, utf8("Example CA 1!"))],
];

const plain = nameOf(cn("Example CA 1"));

for (const [how, rdn] of same)
  test(`the same name in ${how}`, () => {
    assert.ok(sameName(plain, nameOf(rdn)) && sameName(nameOf(rdn), plain));
    assert.ok(
      sameName(nameOf(rdn, organization("O")), nameOf(cn("Example CA 1"), organization("o", printable))),
    );
  });

for (const [how, rdn] of others)
  test(`not the same name: ${how}`, () => {
    assert.ok(!sameName(plain, nameOf(rdn)) && !sameName(nameOf(rdn), plain));
  });

test("what is no correct string is the same as itself only", () => {
  const odd = (last: number) => nameOf(raw(utf8String, Uint8Array.of(0xff, last)));
  assert.ok(sameName(odd(1), odd(1)));
  assert.ok(!sameName(odd(1), odd(2)));
  assert.ok(!sameName(nameOf(raw(0x04, utf8("a"))), nameOf(raw(0x04, utf8("A")))), "no string at all");
  // A text that reads as RFC 4514 section 2.4 writes such a value.
  assert.ok(!sameName(nameOf(raw(0x04, utf8("a"))), nameOf(cn("#040161"))), "its bytes as text");
});

test("letters with more than one small or capital form", () => {
  const pairs = [
    ["stra\u00dfe", "STRASSE"],
    ["stra\u00dfe", "STRA\u1e9eE"],
    ["\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"],
    ["\u03bf\u03b4\u03bf\u03c3", "\u03bf\u03b4\u03bf\u03c2"],
    ["J\u00fcrg", "JU\u0308RG"],
    ["\ufb01n", "FIN"],
  ] as const;
  for (const [one, other] of pairs)
    assert.ok(sameName(nameOf(cn(one)), nameOf(cn(other))), `${one} ${other}`);
  assert.ok(!sameName(nameOf(cn("\u0131n")), nameOf(cn("in"))), "a dotless i is another letter");
});

test("the order of RDNs counts, that of the attributes of one does not, and none is left over", () => {
  const [a, o] = [cn("A"), organization("O")];
  assert.ok(!sameName(nameOf(a, o), nameOf(o, a)));
  assert.ok(sameName(nameOf(pair(a, o)), nameOf(pair(o, a))));
  assert.ok(!sameName(nameOf(pair(a, o)), nameOf(a, o)));
  assert.ok(!sameName(nameOf(a), nameOf(a, o)));
  assert.ok(!sameName(nameOf(), nameOf(a)));
  assert.ok(sameName(nameOf(), nameOf()));
});

/** The same authority and key under both names. */
async function renamed(
  name: string,
  spelling: string,
): Promise<{ readonly plain: Authority; readonly other: Authority }> {
  const plain = await makeRoot({ name });
  return { plain, other: await makeRoot({ name: spelling, keys: plain.keys }) };
}

const spellings: readonly (readonly [string, string])[] = [
  ["CN=Example CA", "CN=EXAMPLE CA"],
  ["CN=Example CA", "CN=example  ca"],
  ["CN=Example CA", "CN=Example\u00a0\u200bCA"],
  ["CN=Stra\u00dfe", "CN=STRASSE"],
  ["CN=\uff21", "CN=a"],
];

for (const [name, spelling] of spellings) {
  test(`an anchor or issuer as ${spelling} is the same as ${name}`, async () => {
    const { plain, other } = await renamed(name, spelling);
    const leaf = await makeLeaf(plain, { serial: "0f00d1" });
    await assertValid(validate({ chain: [leaf], anchors: [other] }));
    const intermediate = await makeIntermediate(await makeRoot(), { name: spelling, keys: plain.keys });
    assert.deepEqual(certificateChainFor(leaf.publicKey, [intermediate.certificate, leaf.certificate]), [
      leaf.certificate,
      intermediate.certificate,
    ]);
    // Its lists, in either spelling, are about what it issued in either.
    for (const [issuer, anchor] of [
      [other, plain],
      [plain, other],
    ] as const) {
      const by = async (serial: string) => [await makeCrl(issuer, { revoked: [serial] })];
      const validation = { chain: [leaf], anchors: [anchor] };
      await assertValid(validate({ ...validation, trust: { crls: await by("0f00d2") } }));
      await assertCode(
        validate({ ...validation, trust: { crls: await by("0f00d1") } }),
        "certificate.revoked",
      );
    }
  });
}

test("an impostor's spelling of the name does not make its list count", async () => {
  const chain = await makeChain({ leaf: { serial: "0f00d1" } });
  const impostor = await makeRoot({ name: "CN=CARDS" });
  const crls = [await makeCrl(impostor, { revoked: ["0f00d1"] })];
  const validation = { chain: [chain.leaf, chain.intermediate], anchors: [chain.root] };
  await assertCode(validate({ ...validation, trust: { crls } }), "certificate.revocationUnknown");
});
