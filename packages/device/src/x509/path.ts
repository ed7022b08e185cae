/** Our own validation of a path (RFC 5280 section 6.1), stricter than the RFC where it leaves a choice. */
import { equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { names } from "./certificate.ts";
import type { CertificateIn } from "./certificate.ts";
import { keyUsages } from "./extensions.ts";
import { isWithin } from "./name-constraints.ts";
import { isStrongKey, signatureFault } from "./signature.ts";

/** The device's certificate first, the anchor last: at least these two. */
export interface Path {
  readonly device: CertificateIn;
  /** From the one that issued the device's certificate to the anchor. */
  readonly issuers: readonly CertificateIn[];
  readonly all: readonly CertificateIn[];
}

/**
 * A path for every anchor that bears the name in the last certificate and whose key signed it.
 * @returns where there is none, why: `certificate.order` (a certificate is not followed by its issuer's), `certificate.untrusted` (no
 *   anchor bears that name), `certificate.repeated`, and the codes of signatureFault, of the first anchor where several bear the name
 */
export async function pathsTo(
  chain: readonly CertificateIn[],
  anchors: readonly CertificateIn[],
): Promise<readonly Path[] | ErrorCode> {
  const [device, ...rest] = chain;
  const last = chain.at(-1);
  if (device === undefined || last === undefined) return "certificate.untrusted";
  for (const [i, issuer] of rest.entries()) {
    const certificate = chain[i] ?? device;
    if (!names(certificate, issuer)) return "certificate.order";
    const fault = await signatureFault(certificate, issuer.publicKey);
    if (fault !== undefined) return fault;
  }
  const faults: ErrorCode[] = [];
  const paths: Path[] = [];
  for (const anchor of anchors.filter((anchor) => names(last, anchor))) {
    const all = [...chain, anchor];
    const fault = (await signatureFault(last, anchor.publicKey)) ?? repetitionIn(all);
    if (fault === undefined) paths.push({ device, issuers: [...rest, anchor], all });
    else faults.push(fault);
  }
  return paths.length > 0 ? paths : (faults[0] ?? "certificate.untrusted");
}

/** One key twice is a loop, or an anchor sent along with the chain. */
function repetitionIn(all: readonly CertificateIn[]): ErrorCode | undefined {
  const isTwice = all.some((one, i) =>
    all.slice(i + 1).some((other) => equalBytes(one.publicKey, other.publicKey)),
  );
  return isTwice ? "certificate.repeated" : undefined;
}

/** @returns the code of the first check that fails, in the order that validateCertificates documents */
export async function checkPath(path: Path, nowMs: number): Promise<ErrorCode | undefined> {
  for (const { notBeforeMs, notAfterMs } of path.all) {
    if (nowMs < notBeforeMs) return "certificate.notYetValid";
    if (nowMs > notAfterMs) return "certificate.expired";
  }
  const deviceFault = signingFault(path.device);
  if (deviceFault !== undefined) return deviceFault;
  for (const [below, issuer] of path.issuers.entries()) {
    const fault = authorityFault(issuer, below);
    if (fault !== undefined) return fault;
    const { nameConstraints } = issuer.extensions;
    const named = path.all.slice(0, below + 1);
    if (nameConstraints !== undefined && !named.every((one) => isWithin(one, nameConstraints))) {
      return "certificate.nameConstraints";
    }
  }
  if (path.all.some(({ extensions }) => extensions.unknownCritical)) return "certificate.unknownExtension";
  const strong = await Promise.all(path.all.map(async ({ publicKey }) => isStrongKey(publicKey)));
  return strong.every(Boolean) ? undefined : "certificate.weakKey";
}

/** clientAuth, emailProtection, smartcardLogon of Microsoft's, anyExtendedKeyUsage. */
const purposes = new Set(["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.311.20.2.2", "2.5.29.37.0"]);

const hasPurpose = ({ extensions: { extendedKeyUsage } }: CertificateIn): boolean =>
  extendedKeyUsage?.some((oid) => purposes.has(oid)) ?? true;

/** @returns `certificate.ofAuthority`, `certificate.keyUsage`, `certificate.purpose`; undefined for one whose key may sign for a person */
export function signingFault(device: CertificateIn): ErrorCode | undefined {
  const { keyUsage = 0, basicConstraints } = device.extensions;
  if (basicConstraints?.cA === true) return "certificate.ofAuthority";
  if ((keyUsage & keyUsages.digitalSignature) === 0) return "certificate.keyUsage";
  return hasPurpose(device) ? undefined : "certificate.purpose";
}

/**
 * Why an authority may not have issued what is below it.
 * @param below how many authorities stand between this one and the device; self-issued ones count too
 * @returns `certificate.notAuthority`, `certificate.pathTooLong`, `certificate.authorityPurpose`
 */
export function authorityFault(issuer: CertificateIn, below: number): ErrorCode | undefined {
  const { keyUsage, basicConstraints } = issuer.extensions;
  if (basicConstraints?.cA !== true) return "certificate.notAuthority";
  if (keyUsage !== undefined && (keyUsage & keyUsages.keyCertSign) === 0) return "certificate.notAuthority";
  if (basicConstraints.pathLength !== undefined && below > basicConstraints.pathLength)
    return "certificate.pathTooLong";
  return hasPurpose(issuer) ? undefined : "certificate.authorityPurpose";
}

/** The first certificate of a chain must be for this very key, in the same bytes. */
export const isFor = (device: CertificateIn, publicKey: Bytes): boolean =>
  equalBytes(device.publicKey, publicKey);
