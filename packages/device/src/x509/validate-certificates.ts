import type { Bytes } from "@signet/protocol";

import { refuse } from "../verified.ts";
import type { Refusal } from "../verified.ts";
import { certificateUserId, emailsOf } from "./certificate-user-id.ts";
import type { CertificateNames, CertificateResult, CertificateTrust } from "./certificate-trust.ts";
import { certificateFault } from "./certificate-fault.ts";
import { mostCertificates, readCertificate } from "./certificate.ts";
import type { CertificateIn } from "./certificate.ts";
import { attributeTypes, shownName } from "./distinguished-name.ts";
import { checkPath, isFor, pathsTo } from "./path.ts";
import type { Path } from "./path.ts";
import { checkRevocation } from "./revocation.ts";
import { agrees } from "./second-opinion.ts";

export interface CertificateValidation {
  readonly trust: CertificateTrust;
  /** SubjectPublicKeyInfo of the device, DER. That the device holds its private key is for its proof to show. */
  readonly publicKey: Bytes;
  readonly nowMs: number;
}

/**
 * Validates the certificates of a device up to a trust anchor (RFC 5280 section 6), twice: by our own strict checks and by those of
 * pkijs. Never throws.
 *
 * @param chain the device's own certificate first, each signed by the next, the last by an anchor, which is left out
 * @returns the first refusal in this order: `certificate.notAccepted` (no anchors), `certificate.tooMany` (more than four),
 *   `certificate.malformed` (none) and what certificateFault says of one that is no strict DER, `certificate.otherKey`, what pathsTo says
 *   where no path leads to an anchor, `certificate.notYetValid` and `certificate.expired` (any of them, the anchor included), the rest of
 *   checkPath, `certificate.disputed` (pkijs does not accept it), what checkRevocation says, what certificateUserId says. Where several
 *   anchors signed the last certificate, the refusal is that of the first.
 */
export async function validateCertificates(
  chain: readonly Bytes[],
  input: CertificateValidation,
): Promise<CertificateResult> {
  const { trust } = input;
  const chained = await validateChain(chain, input);
  if (!chained.ok) return chained;
  const named = certificateUserId(chained.device, trust);
  return "code" in named ? refuse(named.code) : { ok: true, names: chained.names, userId: named.userId };
}

/** What vouches for a certificate, whatever user ID it gives. */
export type ChainTrust = Pick<CertificateTrust, "anchors" | "crls">;

export type ChainResult =
  | { readonly ok: true; readonly names: CertificateNames; readonly device: CertificateIn }
  | Refusal;

/** As {@link validateCertificates}, without the user ID. */
export async function validateChain(
  chain: readonly Bytes[],
  input: Omit<CertificateValidation, "trust"> & { readonly trust: ChainTrust },
): Promise<ChainResult> {
  const { trust, publicKey, nowMs } = input;
  if (trust.anchors.length === 0) return refuse("certificate.notAccepted");
  if (chain.length > mostCertificates) return refuse("certificate.tooMany");
  const certificates: CertificateIn[] = [];
  for (const bytes of chain) {
    const certificate = readCertificate(bytes);
    if (certificate === undefined) return refuse(certificateFault(bytes));
    certificates.push(certificate);
  }
  const [device] = certificates;
  if (device === undefined) return refuse("certificate.malformed");
  if (!isFor(device, publicKey)) return refuse("certificate.otherKey");

  // An anchor that cannot be read vouches for nobody.
  const anchors = trust.anchors.map(readCertificate).filter((anchor) => anchor !== undefined);
  const paths = await pathsTo(certificates, anchors);
  if (typeof paths === "string") return refuse(paths);
  const results: ChainResult[] = [];
  for (const path of paths) {
    const result = await validatePath(path, trust, nowMs);
    if (result.ok) return result;
    results.push(result);
  }
  return results[0] ?? refuse("certificate.untrusted");
}

async function validatePath(path: Path, trust: ChainTrust, nowMs: number): Promise<ChainResult> {
  const refusal = await checkPath(path, nowMs);
  if (refusal !== undefined) return refuse(refusal);
  if (!(await agrees(path, nowMs))) return refuse("certificate.disputed");
  const revocation = await checkRevocation(path.all, trust.crls ?? [], nowMs);
  return revocation === undefined
    ? { ok: true, names: namesOf(path), device: path.device }
    : refuse(revocation);
}

function namesOf({ device, issuers, all }: Path): CertificateNames {
  const { commonName, organization } = attributeTypes;
  const [email] = emailsOf(device);
  const [issuer = device] = issuers;
  const anchor = issuers.at(-1) ?? issuer;
  return {
    subject: shownName(device.subject, [commonName], email),
    issuer: shownName(issuer.subject, [commonName, organization]),
    anchor: shownName(anchor.subject, [commonName, organization]),
    validUntilMs: Math.min(...all.map(({ notAfterMs }) => notAfterMs)),
  };
}
