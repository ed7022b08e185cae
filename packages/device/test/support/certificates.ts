/** A small certification authority in WebCrypto, which makes any right or wrong certificate that a test asks for. */
import "reflect-metadata";

import type { SignatureDevice } from "@signet/device";
import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  cryptoProvider,
} from "@peculiar/x509";
import type { Extension, JsonGeneralNames, X509CrlReason } from "@peculiar/x509";

// For tests: this file brings the polyfill in first, without which the library does not load.
export {
  AuthorityKeyIdentifierExtension,
  Extension,
  KeyUsageFlags,
  SubjectKeyIdentifierExtension,
  X509CrlReason,
} from "@peculiar/x509";

import { hourMs, nowMs } from "./people.ts";

cryptoProvider.set(crypto);

const dayMs = 24 * hourMs;

export type KeyKind = keyof typeof keyParameters;

const rsa = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
const keyParameters = {
  "P-256": { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  "P-384": { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
  "P-521": { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" },
  Ed25519: { name: "Ed25519" },
  "RSA-2048": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", ...rsa },
  "RSA-PSS": { name: "RSA-PSS", hash: "SHA-256", saltLength: 32, ...rsa },
  "RSA-1024": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", ...rsa, modulusLength: 1024 },
  "RSA-SHA1": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-1", ...rsa },
  "P-256-SHA1": { name: "ECDSA", namedCurve: "P-256", hash: "SHA-1" },
} as const;

export interface Authority {
  readonly certificate: Bytes;
  readonly publicKey: Bytes;
  /** Distinguished name, such as `CN=Root`. */
  readonly name: string;
  readonly keys: CryptoKeyPair;
  readonly kind: KeyKind;
}

export interface Wish {
  readonly name?: string;
  /** Of the new key, where none is given. */
  readonly kind?: KeyKind;
  readonly keys?: CryptoKeyPair;
  /** Instead of a new key: the public key of a device. */
  readonly holder?: CryptoKey;
  /** Undefined leaves basicConstraints out. */
  readonly cA?: boolean | undefined;
  readonly pathLength?: number;
  /** Undefined leaves key usage out. */
  readonly keyUsage?: KeyUsageFlags | undefined;
  readonly extendedKeyUsage?: readonly string[];
  /** An empty list leaves them out. */
  readonly alternativeNames?: JsonGeneralNames;
  readonly extensions?: readonly Extension[];
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  readonly serial?: string;
}

export async function newKeys(kind: KeyKind): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey(keyParameters[kind], true, ["sign", "verify"]);
  return pair as CryptoKeyPair;
}

let serials = 0x1000;

/** @param issuer itself where there is none */
async function make(wish: Wish, issuer?: Authority): Promise<Authority> {
  const { name = "CN=Somebody", kind = issuer?.kind ?? "P-256" } = wish;
  const keys = wish.keys ?? (await newKeys(kind));
  const holder = wish.holder ?? keys.publicKey;
  const extensions: Extension[] = [];
  if (wish.cA !== undefined) extensions.push(new BasicConstraintsExtension(wish.cA, wish.pathLength, true));
  if (wish.keyUsage !== undefined) extensions.push(new KeyUsagesExtension(wish.keyUsage, true));
  if (wish.extendedKeyUsage !== undefined)
    extensions.push(new ExtendedKeyUsageExtension([...wish.extendedKeyUsage]));
  if (wish.alternativeNames !== undefined && wish.alternativeNames.length > 0)
    extensions.push(new SubjectAlternativeNameExtension(wish.alternativeNames));
  serials += 1;
  const made = await X509CertificateGenerator.create({
    serialNumber: wish.serial ?? serials.toString(16),
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: new Date(wish.notBeforeMs ?? nowMs - dayMs),
    notAfter: new Date(wish.notAfterMs ?? nowMs + 30 * dayMs),
    signingAlgorithm: keyParameters[issuer?.kind ?? kind],
    publicKey: holder,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [...extensions, ...(wish.extensions ?? [])],
  });
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", holder));
  return { certificate: new Uint8Array(made.rawData), publicKey, name, keys, kind };
}

const authority: Wish = { cA: true, keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign };

export const makeRoot = async (wish: Wish = {}): Promise<Authority> =>
  make({ name: "CN=Root, O=Republic", ...authority, ...wish });

export const makeIntermediate = async (issuer: Authority, wish: Wish = {}): Promise<Authority> =>
  make({ name: "CN=Cards", ...authority, ...wish }, issuer);

/** Alice's, by default: for signing, with her address as the alternative name. */
export const makeLeaf = async (issuer: Authority, wish: Wish = {}): Promise<Authority> =>
  make(
    {
      name: "CN=Alice Example",
      keyUsage: KeyUsageFlags.digitalSignature,
      alternativeNames: [{ type: "email", value: "alice@example.org" }],
      ...wish,
    },
    issuer,
  );

const holderAlgorithms = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;

/** The key of a device, to certify it. */
export const holderOf = async ({
  algorithm,
  publicKey,
}: Pick<SignatureDevice, "algorithm" | "publicKey">): Promise<CryptoKey> =>
  crypto.subtle.importKey("spki", publicKey, holderAlgorithms[algorithm], true, ["verify"]);

export interface CrlWish {
  readonly revoked?: readonly string[];
  readonly thisUpdateMs?: number;
  readonly nextUpdateMs?: number;
  readonly extensions?: readonly Extension[];
  readonly issuerName?: string;
  readonly withoutEnd?: boolean;
  /** Says of each entry that this authority issued the certificate: an indirect list. */
  readonly onBehalfOf?: string;
  /** Of each entry (RFC 5280 section 5.3.1). */
  readonly reason?: X509CrlReason;
}

export async function makeCrl(issuer: Authority, wish: CrlWish = {}): Promise<Bytes> {
  const crl = await X509CrlGenerator.create({
    issuer: wish.issuerName ?? issuer.name,
    thisUpdate: new Date(wish.thisUpdateMs ?? nowMs - dayMs),
    ...(wish.withoutEnd === true ? {} : { nextUpdate: new Date(wish.nextUpdateMs ?? nowMs + dayMs) }),
    entries: (wish.revoked ?? []).map((serialNumber) => ({
      serialNumber,
      revocationDate: new Date(nowMs - dayMs),
      ...(wish.onBehalfOf === undefined ? {} : { issuer: wish.onBehalfOf }),
      ...(wish.reason === undefined ? {} : { reason: wish.reason }),
    })),
    extensions: [...(wish.extensions ?? [])],
    signingAlgorithm: keyParameters[issuer.kind],
    signingKey: issuer.keys.privateKey,
  });
  return new Uint8Array(crl.rawData);
}

/** A DER value. */
export function der(tag: number, ...contents: readonly Bytes[]): Bytes {
  const body = concatBytes(...contents);
  const { length } = body;
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.from(header), body);
}

/** An RDN. @param tag of the string's type, UTF8String by default */
export const commonName = (text: string, tag = 0x0c): Bytes =>
  der(0x31, der(0x30, Uint8Array.of(0x06, 3, 0x55, 4, 3), der(tag, utf8(text))));
