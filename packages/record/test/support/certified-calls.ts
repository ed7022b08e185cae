/** Records of a call of somebody with certificates, and approvals with a signature of the document: each rule of paths, names and forms, kept and broken. */
import { utf8 } from "@signet/protocol";
import type { Bytes, Decision, ResolutionSubject, UserId } from "@signet/protocol";

import { formatRecord } from "../../src/index.ts";
import { at, startMs } from "./call-of-five.ts";
import { sha256 } from "./seeded-keys.ts";
import { WrittenCall } from "./written-call.ts";
import { cmsWishes, writtenCms } from "./written-cms.ts";
import { WrittenPerson } from "./written-person.ts";
import * as written from "./written-der.ts";
import type { CertificateWish, KeyOf } from "./written-der.ts";

const { certificate, commonName, der, ed25519, integer, keyUsage, nameOf, oid, text, time } = written;

export interface CertifiedCall {
  readonly name: string;
  readonly text: string;
  readonly anchors: readonly Bytes[];
}

const hourMs = 3_600_000;
const [anna, root, middle, lower] = ["anna", "authority", "middle", "lower"].map(ed25519) as [
  KeyOf,
  KeyOf,
  KeyOf,
  KeyOf,
];
const ofAuthority = { extensions: [written.authority(), keyUsage(0x06)] };

const rootWith = (wish: CertificateWish = {}, key = root): Bytes =>
  certificate(key, key, startMs, { subject: commonName("Root"), ...ofAuthority, ...wish });

interface Approval {
  readonly cms?: Bytes;
  readonly subject?: ResolutionSubject;
  readonly decision?: Decision;
}

const words = "Pay 4,000 to the roofer.";
const approvedMs = at(1) + 500;

async function callOf(key: KeyOf, certificates: readonly Bytes[], approval: Approval = {}): Promise<string> {
  const device = await written.deviceOf(key, certificates);
  const caller = await WrittenPerson.register("anna", "Anna", startMs - hourMs, { device });
  const call = await WrittenCall.begin(caller, caller.asRegistered, ["ben"], at(0));
  const rule = { type: "named", userIds: ["anna" as UserId], needed: 1 } as const;
  const { cms, decision = "approve", subject = { type: "text", text: words } as const } = approval;
  const resolution = call.resolve(call.call, { number: 1, epoch: 1, rule, subject }, at(1));
  await resolution.decide(call.call, decision, approvedMs, cms);
  return formatRecord(await call.record([caller]));
}

/** Of a certificate of anna's, below the root unless others are between. */
interface Path {
  readonly own?: CertificateWish;
  readonly by?: KeyOf;
  readonly key?: KeyOf;
  readonly between?: readonly Bytes[];
  readonly anchor?: Bytes;
}

const purposes = { client: "1.3.6.1.5.5.7.3.2", server: "1.3.6.1.5.5.7.3.1" };
const withUsage = (...more: readonly Bytes[]) => ({ extensions: [keyUsage(0x80), ...more] });
const ofMiddle = { issuer: commonName("Middle") };
const middleWith = (wish: CertificateWish = {}, by = root): Bytes =>
  certificate(middle, by, startMs, { subject: commonName("Middle"), ...ofAuthority, ...wish });
const below = (between: readonly Bytes[], more: Path = {}): Path => ({
  own: ofMiddle,
  by: middle,
  between,
  ...more,
});
const limited = (permitted: readonly Bytes[], excluded: readonly Bytes[] = []) =>
  rootWith({ extensions: [...ofAuthority.extensions, written.constraints(permitted, excluded)] });
const mail = written.mailOf;
const withMail = (address: string) => ({ own: withUsage(written.alternative(mail(address))) });
const directory = (name: Bytes): Bytes => der(0xa4, name);

function paths(): Readonly<Record<string, Path>> {
  const [second, third] = [ed25519("second"), ed25519("third")];
  const authorityNamed = (
    subject: string,
    of: KeyOf,
    by: KeyOf,
    issuer: string,
    wish: CertificateWish = {},
  ) =>
    certificate(of, by, startMs, {
      subject: commonName(subject),
      issuer: commonName(issuer),
      ...ofAuthority,
      ...wish,
    });
  const longer = [
    authorityNamed("Third", third, second, "Second"),
    authorityNamed("Second", second, root, "Root"),
  ];
  return {
    plain: {},
    "other-key": { key: lower },
    "other-anchor": { anchor: rootWith({}, middle) },
    "of-one-name": {
      anchor: certificate(middle, middle, startMs, { subject: commonName("Root"), ...ofAuthority }),
    },
    "until-then": { own: { to: time(startMs) } },
    "ran-out": { own: { to: time(startMs - 1_000) } },
    "from-then": { own: { from: time(startMs) } },
    "not-yet": { own: { from: time(startMs + 1_000) } },
    "long-dates": { own: { from: time(startMs - hourMs, true), to: time(startMs + hourMs, true) } },
    "last-century": { own: { from: text("500101000000Z", 0x17), to: text("491231235959Z", 0x17) } },
    "far-dates": { own: { from: text("00000101000000Z", 0x18), to: text("99991231235959Z", 0x18) } },
    "no-day": { own: { from: text("260230000000Z", 0x17) } },
    "no-seconds": { own: { from: text("2601010000Z", 0x17) } },
    "anchor-ran-out": { anchor: rootWith({ to: time(startMs - 1_000) }) },
    "no-usage": { own: { extensions: [] } },
    "usage-of-law": { own: { extensions: [keyUsage(0x40)] } },
    "of-authority": { own: withUsage(written.authority()) },
    "for-clients": { own: withUsage(written.purposes(purposes.client, purposes.server)) },
    "for-servers": { own: withUsage(written.purposes(purposes.server)) },
    "authority-for-servers": {
      anchor: rootWith({ extensions: [...ofAuthority.extensions, written.purposes(purposes.server)] }),
    },
    "anchor-no-authority": { anchor: rootWith({ extensions: [keyUsage(0x06)] }) },
    "anchor-no-usage": { anchor: rootWith({ extensions: [written.authority()] }) },
    "anchor-other-usage": { anchor: rootWith({ extensions: [written.authority(), keyUsage(0x80)] }) },
    "unknown-critical": { own: withUsage(written.extension("1.2.3.4", integer(1), true)) },
    unknown: { own: withUsage(written.extension("1.2.3.4", integer(1))) },
    "long-arc": {
      own: withUsage(written.extension("2.25.329800735698586629295641978511506172918", integer(1))),
    },
    "extension-twice": { own: withUsage(keyUsage(0x80)) },
    policies: {
      own: withUsage(written.extension("2.5.29.32", written.sequence(written.sequence(oid("1.2.3"))), true)),
    },
    "points-critical": { own: withUsage(written.extension("2.5.29.31", written.sequence(), true)) },
    "broken-usage": { own: { extensions: [written.extension("2.5.29.15", integer(1))] } },
    middle: below([middleWith()]),
    "middle-missing": below([]),
    "middle-twice": below([middleWith(), middleWith()]),
    "middle-no-authority": below([middleWith({ extensions: [keyUsage(0x06)] })]),
    "middle-other-usage": below([middleWith({ extensions: [written.authority(), keyUsage(0x80)] })]),
    "middle-ran-out": below([middleWith({ to: time(startMs - 1) })]),
    "middle-of-other": below([middleWith({}, lower)]),
    "path-as-long": below([middleWith()], {
      anchor: rootWith({ extensions: [written.authority(1), keyUsage(0x06)] }),
    }),
    "path-too-long": below([middleWith()], {
      anchor: rootWith({ extensions: [written.authority(0), keyUsage(0x06)] }),
    }),
    "with-anchor": { between: [rootWith()] },
    four: below([middleWith({ issuer: commonName("Third") }, third), ...longer]),
    "four-other-order": below([middleWith({ issuer: commonName("Third") }, third), ...longer.toReversed()]),
    "version-1": { own: { version: der(0xa0, integer(0)) } },
    "padded-serial": { own: { serial: integer(0, 1) } },
    "other-inner": { own: { inner: written.sequence(oid("1.2.840.113549.1.1.11"), der(0x05)) } },
    "too-large": { own: withUsage(written.extension("1.2.3.4", written.octets(new Uint8Array(4_096)))) },
    "mail-permitted": { ...withMail("anna@example.org"), anchor: limited([mail("Example.org")]) },
    "mail-below": { ...withMail("anna@a.example.org"), anchor: limited([mail(".example.org")]) },
    "mail-not-below": { ...withMail("anna@example.org"), anchor: limited([mail(".example.org")]) },
    "mail-exact": { ...withMail("anna@example.org"), anchor: limited([mail("anna@example.ORG")]) },
    "mail-other": { ...withMail("anna@example.net"), anchor: limited([mail("example.org")]) },
    "mail-excluded": { ...withMail("anna@example.org"), anchor: limited([], [mail("example.org")]) },
    "mail-none": { ...withMail("anna"), anchor: limited([mail("example.org")]) },
    "name-permitted": { anchor: limited([directory(commonName("ANNA  aalto"))]) },
    "name-other": { anchor: limited([directory(commonName("Ben"))]) },
    "name-excluded": { anchor: limited([], [directory(commonName("Anna Aalto"))]) },
    "name-longer": {
      own: { subject: nameOf(["2.5.4.10", text("Aalto")], ["2.5.4.3", text("Anna")]) },
      anchor: limited([directory(nameOf(["2.5.4.10", text("Aalto")]))]),
    },
    "host-constrained": { anchor: limited([text("example.org", 0x82)]) },
  };
}

function names(): Readonly<Record<string, CertificateWish>> {
  const [o, ou, c, serial, email] = [
    "2.5.4.10",
    "2.5.4.11",
    "2.5.4.6",
    "2.5.4.5",
    "1.2.840.113549.1.9.1",
  ] as const;
  const utf16 = (said: string) => der(0x1e, Buffer.from(said, "utf16le").swap16());
  const ofType = (value: Bytes) => ({ subject: nameOf(["2.5.4.3", value]) });
  const upn = der(0xa0, oid("1.3.6.1.4.1.311.20.2.3"), der(0xa0, text("anna@corp")));
  return {
    printable: ofType(text("Anna", 0x13)),
    "printable-no-ascii": ofType(text("Änna", 0x13)),
    latin: ofType(der(0x14, Buffer.from("Änna", "latin1"))),
    utf16: ofType(utf16("Ännä 😀")),
    "utf16-broken": ofType(der(0x1e, Buffer.from("d83d0041", "hex"))),
    utf32: ofType(der(0x1c, Buffer.from("0001f60000000041", "hex"))),
    "utf32-broken": ofType(der(0x1c, Buffer.from("0000d800", "hex"))),
    "utf8-broken": ofType(der(0x0c, Uint8Array.of(0xc0, 0x80))),
    "no-string": ofType(integer(7)),
    unseen: ofType(text("An\u200bna\u202e\tAalto  B\u00a0C \ue000\u{378}")),
    long: ofType(text("Anna ".repeat(20))),
    "long-by-one": ofType(text(`${"a".repeat(62)} bc`)),
    composed: ofType(text("A\u030anna")),
    blank: { subject: nameOf(["2.5.4.3", text("  ")], [o, text("Aalto")]) },
    whole: {
      subject: nameOf(
        [c, text("FI", 0x13)],
        [o, text("Aalto Oy")],
        [ou, text("Roofs")],
        [serial, text("7")],
        ["1.2.3", text("x")],
      ),
    },
    "long-type": { subject: nameOf(["2.25.329800735698586629295641978511506172918", text("y")]) },
    "several-in-one": {
      subject: written.sequence(
        written.setOf(
          written.sequence(oid(o), text("Aalto")),
          written.sequence(oid("2.5.4.3"), text("Anna")),
        ),
      ),
    },
    "two-names": {
      subject: nameOf(["2.5.4.3", integer(1)], ["2.5.4.3", text("Anna")], ["2.5.4.3", text("Ben")]),
    },
    nobody: { subject: nameOf(), extensions: [keyUsage(0x80)] },
    "mail-alone": {
      subject: nameOf([o, text("Aalto")]),
      ...withUsage(written.alternative(mail("anna@example.org"))),
    },
    "mail-in-name": { subject: nameOf([o, text("Aalto")], [email, text("anna@example.org", 0x16)]) },
    "mail-broken": {
      subject: nameOf([o, text("Aalto")]),
      ...withUsage(written.alternative(mail("änna@example.org"), upn)),
    },
    "upn-alone": { subject: nameOf([o, text("Aalto")]), ...withUsage(written.alternative(upn)) },
    "issuer-other-case": { issuer: nameOf(["2.5.4.3", text("rOOT", 0x13)]) },
    "issuer-spaced": { issuer: nameOf(["2.5.4.3", text(" Ro\u00adot ")]) },
    "issuer-other": { issuer: nameOf(["2.5.4.3", text("Ro ot")]) },
    "issuer-whole": { issuer: nameOf([o, text("Republic")]) },
    "issuer-nobody": { issuer: nameOf() },
    "no-pair": { subject: written.sequence(written.setOf(written.sequence(oid(o)))) },
  };
}

export async function certifiedCalls(): Promise<readonly CertifiedCall[]> {
  const made: CertifiedCall[] = [];
  for (const [name, path] of Object.entries(paths())) {
    const { anchor = rootWith(), between = [], by = root, key = anna, own = {} } = path;
    const chain = [certificate(anna, by, startMs, own), ...between];
    made.push({ name: `path-${name}`, text: await callOf(key, chain), anchors: [anchor] });
  }
  for (const [name, wish] of Object.entries(names()))
    made.push({
      name: `name-${name}`,
      text: await callOf(anna, [certificate(anna, root, startMs, wish)]),
      anchors: [rootWith()],
    });
  const spelled: Readonly<Record<string, readonly [Bytes, Bytes]>> = {
    "sharp-s": [text("Straße"), text("STRASSE")],
    sigma: [text("ΟΔΟΣ"), text("οδος")],
    "dotless-i": [text("Istanbul"), text("ıstanbul")],
    compatible: [text("ﬁn Ⅳ"), text("FIN iv")],
    composed: [text("Å"), text("a\u030a")],
  };
  for (const [name, [subject, issuer]] of Object.entries(spelled)) {
    const chain = [certificate(anna, root, startMs, { issuer: nameOf(["2.5.4.3", issuer]) })];
    const anchors = [
      rootWith({ subject: nameOf(["2.5.4.3", subject]), issuer: nameOf(["2.5.4.3", subject]) }),
    ];
    made.push({ name: `issuer-${name}`, text: await callOf(anna, chain), anchors });
  }
  const authorities: Readonly<Record<string, KeyOf>> = {
    "p-256": written.ecdsa(),
    "p-384": written.ecdsa("P-384", 384),
    "p-521": written.ecdsa("P-521", 512),
    rsa: written.rsa(),
    "rsa-pss": written.rsa({ isPss: true }),
    "rsa-short": written.rsa({ bits: 1_024 }),
    "rsa-3": written.rsa({ exponent: 3 }),
    "rsa-sha-1": written.rsa({ hash: "sha1" }),
  };
  for (const [name, key] of Object.entries(authorities)) {
    const chain = [certificate(anna, key, startMs)];
    made.push({ name: `authority-${name}`, text: await callOf(anna, chain), anchors: [rootWith({}, key)] });
  }
  return [...made, ...(await approvals())];
}

async function approvals(): Promise<CertifiedCall[]> {
  const anchors = [rootWith()];
  const made: CertifiedCall[] = [];
  const document = utf8(words);
  const add = async (
    name: string,
    key: KeyOf,
    approval: Approval,
    chain = [certificate(key, root, startMs)],
  ) => made.push({ name: `cms-${name}`, text: await callOf(key, chain, approval), anchors });
  const keys = {
    eddsa: anna,
    es256: written.ecdsa(),
    rs256: written.rsa(),
    ps256: written.rsa({ isPss: true }),
  };
  const pdf = utf8("%PDF");
  const file = { type: "file", name: "plan.pdf", sha256: sha256(pdf), sizeBytes: 4 } as const;
  for (const [name, key] of Object.entries(keys)) {
    const own = certificate(key, root, startMs);
    await add(name, key, { cms: writtenCms(key, [own], document, approvedMs) });
    await add(`${name}-file`, key, { cms: writtenCms(key, [own], pdf, approvedMs), subject: file });
  }
  const key = keys.es256;
  const own = certificate(key, root, startMs);
  const good = writtenCms(key, [own], document, approvedMs);
  for (const [name, wish] of Object.entries(cmsWishes(approvedMs)))
    await add(name, key, { cms: writtenCms(key, [own], document, approvedMs, wish) });
  await add("rejected", key, { cms: good, decision: "reject" });
  await add("other-text", key, { cms: writtenCms(key, [own], utf8("Pay"), approvedMs) });
  const others = written.ecdsa();
  await add("other-key", key, {
    cms: writtenCms(others, [certificate(others, root, startMs)], document, approvedMs),
  });
  await add("other-certificate", key, {
    cms: writtenCms(key, [certificate(others, root, startMs)], document, approvedMs),
  });
  await add("no-certificates-of-device", key, { cms: good }, []);
  const ofMiddleToo = certificate(key, middle, startMs, ofMiddle);
  const signer = { signer: written.sequence(commonName("Middle"), integer(0x11)) };
  const chained = [ofMiddleToo, middleWith()];
  await add("chain", key, { cms: writtenCms(key, chained, document, approvedMs, signer) });
  await add("chain-apart", key, { cms: writtenCms(key, [own, middleWith()], document, approvedMs) });
  const five = ["2", "3", "4", "5"].map((name) => rootWith({}, ed25519(name)));
  await add("five-certificates", key, { cms: writtenCms(key, [own, ...five], document, approvedMs) });
  for (let i = 0; i < 60; i++) {
    const place = (i * 37) % good.length;
    await add(`bit-${i}`, key, { cms: good.map((byte, j) => (j === place ? byte ^ (1 << (i % 8)) : byte)) });
  }
  return made;
}
