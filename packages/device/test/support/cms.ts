/** CMS as devices make it, as anybody could put it together otherwise, and as `openssl` sees it. */
import { spawnSync } from "node:child_process";
import { constants, createHash, createPrivateKey, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import { verifyCms } from "@signet/device";
import { pemOf } from "@signet/e2e/support/authority.ts";
import { OpenSsl } from "@signet/e2e/support/openssl.ts";
import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { readCertificate } from "../../src/x509/certificate.ts";
import { der } from "./certificates.ts";
import type { Authority } from "./certificates.ts";
import { nowMs } from "./people.ts";

export const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "hex"));

export const document = utf8("Pay 100 to Bob.\nToday.\r\n");
/** Whole seconds, as it is written. */
export const signedAtMs = nowMs;

const oids = {
  signedData: hex("06092a864886f70d010702"),
  data: hex("06092a864886f70d010701"),
  contentType: hex("06092a864886f70d010903"),
  messageDigest: hex("06092a864886f70d010904"),
  signingTime: hex("06092a864886f70d010905"),
  signingCertificate: hex("060b2a864886f70d010910022f"),
  /** Commitment: the document was received, not agreed to. */
  commitment: hex("060b2a864886f70d0109100210"),
  receipt: hex("060b2a864886f70d0109100602"),
} as const;

export const identifiers = {
  sha1: hex("300706052b0e03021a"),
  sha256: hex("300b0609608648016503040201"),
  sha256Null: hex("300d06096086480165030402010500"),
  sha384: hex("300b0609608648016503040202"),
  sha512: hex("300b0609608648016503040203"),
  ecdsaSha1: hex("300906072a8648ce3d0401"),
  ecdsaSha256: hex("300a06082a8648ce3d040302"),
  ecdsaSha384: hex("300a06082a8648ce3d040303"),
  ecdsaSha512: hex("300a06082a8648ce3d040304"),
  rsaSha256: hex("300d06092a864886f70d01010b0500"),
  rsa: hex("300d06092a864886f70d0101010500"),
  /** SHA-256 for document and mask, a salt of 32 bytes. */
  rsaPss: hex(
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120",
  ),
} as const;

const digestOf = (hash: string, bytes: Bytes): Bytes =>
  Uint8Array.from(createHash(hash).update(bytes).digest());

const attribute = (type: Bytes, ...values: readonly Bytes[]): Bytes => der(0x30, type, der(0x31, ...values));

/** Each attribute, with another value where a test wants that. */
export const attributes = {
  contentType: (value: Bytes = oids.data) => attribute(oids.contentType, value),
  signingTime: (value: Bytes = der(0x17, utf8("260921141320Z"))) => attribute(oids.signingTime, value),
  messageDigest: (value: Bytes, hash = "sha256") =>
    attribute(oids.messageDigest, der(0x04, digestOf(hash, value))),
  /** @param rest of the ESSCertIDv2, and behind it @param algorithm where it is not the default */
  signingCertificate: (
    certificate: Bytes,
    {
      hash = "sha256",
      algorithm = [] as readonly Bytes[],
      rest = [] as readonly Bytes[],
      more = [] as readonly Bytes[],
    } = {},
  ) =>
    attribute(
      oids.signingCertificate,
      der(0x30, der(0x30, der(0x30, ...algorithm, der(0x04, digestOf(hash, certificate)), ...rest), ...more)),
    ),
  commitment: () => attribute(oids.commitment, der(0x30, oids.receipt)),
  twice: (type: "contentType" | "messageDigest", value: Bytes) => attribute(oids[type], value, value),
} as const;

export interface Holder {
  readonly certificate: Bytes;
  readonly keys: CryptoKeyPair;
}

/** How a CMS differs from a right one; everything signed is signed as it then is. */
export interface Forgery {
  readonly document?: Bytes;
  /** Of what is right; sorted afterwards, unless they are not to be. */
  readonly attributes?: (right: readonly Bytes[]) => readonly Bytes[];
  readonly unsorted?: boolean;
  readonly withoutAttributes?: boolean;
  /** Hash of the signature, and its identifier. */
  readonly hash?: string;
  readonly digest?: Bytes;
  readonly listedDigest?: Bytes;
  readonly signatureAlgorithm?: Bytes;
  /** What is signed by the key after all. */
  readonly signed?: Bytes;
  readonly keys?: CryptoKeyPair;
  readonly signature?: (right: Bytes) => Bytes;
  readonly certificates?: readonly Bytes[];
  /** Whose certificate is named as the signer's. */
  readonly named?: Bytes;
  readonly signer?: Bytes;
  readonly signers?: (right: Bytes) => readonly Bytes[];
  readonly unsigned?: readonly Bytes[];
  readonly behindSigner?: readonly Bytes[];
  readonly content?: readonly Bytes[];
  readonly contentType?: Bytes;
  readonly type?: Bytes;
  readonly version?: number;
  readonly signerVersion?: number;
  readonly crls?: readonly Bytes[];
  readonly behind?: readonly Bytes[];
}

const sorted = (parts: readonly Bytes[]): readonly Bytes[] => parts.toSorted(Buffer.compare);

async function signBytes(
  { privateKey }: CryptoKeyPair,
  hash: string,
  message: Bytes,
  pss: boolean,
): Promise<Bytes> {
  const key = createPrivateKey({
    key: Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey)),
    format: "der",
    type: "pkcs8",
  });
  const padding = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  return Uint8Array.from(
    sign(key.asymmetricKeyType === "ed25519" ? null : hash, message, { key, ...padding }),
  );
}

/** A right CMS of {@link document}, P-256 with SHA-256, but for what is otherwise. */
export async function forge(holder: Holder, wish: Forgery = {}): Promise<Bytes> {
  const { digest = identifiers.sha256, hash = "sha256", certificates = [holder.certificate] } = wish;
  const right = [
    attributes.contentType(),
    attributes.signingTime(),
    attributes.messageDigest(wish.document ?? document),
    attributes.signingCertificate(holder.certificate),
  ];
  const chosen = wish.attributes?.(right) ?? right;
  const list = concatBytes(...(wish.unsorted === true ? chosen : sorted(chosen)));
  const message = wish.withoutAttributes === true ? (wish.document ?? document) : der(0x31, list);
  const isPss = wish.signatureAlgorithm === identifiers.rsaPss;
  const made = await signBytes(wish.keys ?? holder.keys, hash, wish.signed ?? message, isPss);
  const read = readCertificate(wish.named ?? holder.certificate);
  if (read === undefined) throw new Error("a certificate that is none");
  const signerInfo = der(
    0x30,
    der(0x02, Uint8Array.of(wish.signerVersion ?? 1)),
    wish.signer ?? der(0x30, read.issuer.bytes, der(0x02, read.serial)),
    digest,
    ...(wish.withoutAttributes === true ? [] : [der(0xa0, list)]),
    wish.signatureAlgorithm ?? identifiers.ecdsaSha256,
    der(0x04, wish.signature?.(made) ?? made),
    ...(wish.unsigned === undefined ? [] : [der(0xa1, ...wish.unsigned)]),
    ...(wish.behindSigner ?? []),
  );
  const signedData = der(
    0x30,
    der(0x02, Uint8Array.of(wish.version ?? 1)),
    der(0x31, wish.listedDigest ?? digest),
    der(0x30, wish.contentType ?? oids.data, ...(wish.content ?? [])),
    der(0xa0, ...(wish.unsorted === true ? certificates : sorted(certificates))),
    ...(wish.crls === undefined ? [] : [der(0xa1, ...wish.crls)]),
    der(0x31, ...sorted(wish.signers?.(signerInfo) ?? [signerInfo])),
    ...(wish.behind ?? []),
  );
  return der(0x30, wish.type ?? oids.signedData, der(0xa0, signedData));
}

/** What ours says: the holder's name, or the code. */
export async function verdict(
  cms: Bytes,
  anchors: readonly Authority[],
  { of = document, atMs = nowMs, crls = [] as readonly Bytes[] } = {},
): Promise<string> {
  const trust = { anchors: anchors.map(({ certificate }) => certificate), crls };
  const result = await verifyCms(cms, of, { trust, atMs });
  return result.ok ? result.signature.names.subject : result.code;
}

/** What a program says: true where it takes the signature, else its words. */
export type Outside = (cms: Bytes, anchor: Authority, of?: Bytes) => true | string;

/**
 * `openssl cms -verify -cades`, and `certtool --p7-verify` of GnuTLS, which looks at the clock of this machine. Their files are deleted after
 * the tests.
 */
export function outsideVerifiers(): {
  readonly openssl: Outside;
  readonly gnutls: Outside;
  readonly ssl: OpenSsl;
} {
  const dir = mkdtempSync(join(tmpdir(), "signet-cms-"));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const ssl = new OpenSsl(dir);
  const outcome = (
    { cms, anchor, of }: { readonly cms: Bytes; readonly anchor: Authority; readonly of: Bytes },
    program: string,
    args: readonly string[],
  ): true | string => {
    writeFileSync(ssl.path("signature.p7s"), cms);
    writeFileSync(ssl.path("document"), of);
    writeFileSync(ssl.path("ca.pem"), pemOf("CERTIFICATE", anchor.certificate));
    const done = spawnSync(program, args, { cwd: dir, encoding: "utf8" });
    return done.status === 0 ? true : (done.error?.message ?? done.stderr + done.stdout);
  };
  return {
    ssl,
    openssl: (cms, anchor, of = document) => {
      const files = ["-inform", "DER", "-in", "signature.p7s", "-content", "document", "-CAfile", "ca.pem"];
      const rest = ["-attime", String(nowMs / 1000), "-out", "out"];
      return outcome({ cms, anchor, of }, "openssl", [
        "cms",
        "-verify",
        "-cades",
        "-binary",
        ...files,
        ...rest,
      ]);
    },
    gnutls: (cms, anchor, of = document) => {
      const files = [
        "--infile",
        "signature.p7s",
        "--load-data",
        "document",
        "--load-ca-certificate",
        "ca.pem",
      ];
      return outcome({ cms, anchor, of }, "certtool", ["--p7-verify", "--inder", ...files]);
    },
  };
}
