/** The authorities whose certificates a server accepts, and what they revoked. */
import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

import { readCrls, readPemCertificates, validateCertificates } from "@signet/device";
import type { CertificateResult, CertificateTrust } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { Bytes, CertificateUserIdPart, DirectoryEntryIn } from "@signet/protocol";
import type { Logger } from "pino";

import { StartError } from "../start-error.ts";

export interface CertificateOptions {
  /** PEM file of certificates of authorities. */
  readonly trustAnchors?: string | undefined;
  /** Files of revocation lists, PEM or DER. */
  readonly crls?: readonly string[] | undefined;
  /** Default `email`. */
  readonly userIdFrom?: CertificateUserIdPart | undefined;
  /** Default: any. */
  readonly userIdDomain?: string | undefined;
}

/** As many and as large as every terminal takes: it has to validate by them, too. */
const mostAnchors = 16;
const largestCertificateBytes = 4096;

type UserIdRule = Pick<CertificateTrust, "userIdFrom" | "userIdDomain">;

interface CrlFile {
  readonly path: string;
  /** Of the file as it was read last, or tried. */
  version: string;
  crls: readonly Bytes[];
}

/**
 * Files of revocation lists are read again when they have changed, so that a revocation needs no restart. While a changed one cannot
 * be read, the lists that were read before hold.
 */
export class Certificates {
  readonly #anchors: Bytes[];
  readonly #rule: UserIdRule;
  readonly #files: readonly CrlFile[];
  readonly #log: Logger;

  private constructor(anchors: readonly Bytes[], files: readonly CrlFile[], rule: UserIdRule, log: Logger) {
    this.#anchors = [...anchors];
    this.#files = files;
    this.#rule = rule;
    this.#log = log;
  }

  /** @returns undefined for a server without trust anchors @throws StartError */
  static open(
    { trustAnchors, crls = [], userIdFrom, userIdDomain }: CertificateOptions,
    log: Logger,
    nowMs: number,
  ): Certificates | undefined {
    if (trustAnchors === undefined) {
      const alone = [
        crls.length > 0 && "--crl",
        userIdFrom !== undefined && "--user-id-from",
        userIdDomain !== undefined && "--user-id-domain",
      ].find((name) => name !== false);
      if (alone === undefined) return undefined;
      throw new StartError(
        `${alone} needs --trust-anchors`,
        "give the file with the certificates of the authorities that you trust, or leave it out",
      );
    }
    const part = userIdFrom ?? "email";
    if (userIdDomain !== undefined && part !== "email" && part !== "upn") {
      throw new StartError(
        `--user-id-domain does not go with --user-id-from ${part}`,
        "leave it out, or take the user ID from email or upn, which have a domain",
      );
    }
    const anchors = readAnchors(trustAnchors, nowMs);
    const files = crls.map(openCrlFile);
    const rule = { userIdFrom: part, ...(userIdDomain === undefined ? {} : { userIdDomain }) };
    return new Certificates(anchors, files, rule, log);
  }

  /** What terminals are told, so that each validates by itself. */
  get accepted() {
    return { anchors: this.#anchors, ...this.#rule };
  }

  /** With the revocation lists as they are now. */
  get trust(): CertificateTrust {
    for (const file of this.#files) this.#renew(file);
    return { ...this.accepted, crls: this.#files.flatMap(({ crls }) => crls) };
  }

  /** Whether the certificates of a registered device still hold. */
  async validate(
    { publicKey, userId }: DirectoryEntryIn,
    certificates: readonly Bytes[],
    nowMs: number,
  ): Promise<CertificateResult> {
    const result = await validateCertificates(certificates, { trust: this.trust, publicKey, nowMs });
    if (!result.ok || result.userId === userId) return result;
    return { ok: false, code: "certificate.otherUser" };
  }

  #renew(file: CrlFile): void {
    const { path } = file;
    const version = versionOf(path);
    if (version === file.version) return;
    // Kept also when it cannot be read, so that the log says it once.
    file.version = version;
    try {
      file.crls = readCrls(readBytes(path));
      this.#log.info({ path, lists: file.crls.length }, "revocation lists read again");
    } catch (error) {
      this.#log.error(
        { path, err: error },
        "a changed file of revocation lists cannot be read: the former ones hold",
      );
    }
  }
}

const readBytes = (path: string): Bytes => new Uint8Array(readFileSync(path));

function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

function openCrlFile(path: string): CrlFile {
  const version = versionOf(path);
  const bytes = readOrSay(path);
  try {
    return { path, version, crls: readCrls(bytes) };
  } catch (cause) {
    // RFC 5280 section 5.1.2.1 wants version 2. `openssl ca` makes version 1, which has no room for a number.
    throw new StartError(
      `${path} holds no revocation list of version 2 in PEM or DER`,
      "give the right file; `openssl ca -gencrl` makes version 2 where its configuration names a crlnumber",
      cause,
    );
  }
}

function readAnchors(path: string, nowMs: number): readonly Bytes[] {
  const text = new TextDecoder().decode(readOrSay(path));
  const blocks = text.split("-----BEGIN CERTIFICATE-----").slice(1);
  if (blocks.length === 0)
    throw new StartError(
      `${path} holds no certificate`,
      "it must hold certificates in PEM, one after another",
    );
  if (blocks.length > mostAnchors) {
    throw new StartError(
      `${path} holds ${blocks.length} certificates, and at most ${mostAnchors} can be trust anchors`,
      "keep those of the authorities that issue to your people",
    );
  }
  const anchors = readCertificates(path, text, blocks);
  for (const anchor of anchors) checkAnchor(path, anchor, nowMs);
  return anchors;
}

function readCertificates(path: string, text: string, blocks: readonly string[]): readonly Bytes[] {
  try {
    return readPemCertificates(text);
  } catch (cause) {
    if (!(cause instanceof SignetError)) throw cause;
    const isLarge = blocks.some((block) => base64Bytes(block) > largestCertificateBytes);
    if (isLarge) {
      throw new StartError(
        `a certificate in ${path} is larger than ${largestCertificateBytes} bytes`,
        "terminals take none that is; use another of the same authority",
        cause,
      );
    }
    throw new StartError(
      `a certificate in ${path} cannot be read`,
      "each must be an X.509 certificate of version 3 in PEM, with nothing else in the file",
      cause,
    );
  }
}

const base64Bytes = (block: string): number =>
  Buffer.from(block.split("-----END", 1)[0] ?? "", "base64").length;

function checkAnchor(path: string, anchor: Bytes, nowMs: number): void {
  const certificate = new X509Certificate(anchor);
  const name = certificate.subject.replaceAll("\n", ", ");
  if (!certificate.ca) {
    throw new StartError(
      `${name} in ${path} is no authority's certificate`,
      "trust anchors are the certificates of those who issue, not of those who sign in",
    );
  }
  if (nowMs > Date.parse(certificate.validTo)) {
    throw new StartError(
      `${name} in ${path} has expired`,
      "take it out, or put the authority's new certificate in its place",
    );
  }
}

function readOrSay(path: string): Bytes {
  try {
    return readBytes(path);
  } catch (cause) {
    throw new StartError(`cannot read ${path}`, "check the path and who may read it", cause);
  }
}
