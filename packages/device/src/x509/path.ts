/** Our own validation of a path (RFC 5280 section 6.1), stricter than the RFC where it leaves a choice. */
import { equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { names } from "./certificate.ts";
import type { CertificateIn } from "./certificate.ts";
import { keyUsages } from "./extensions.ts";
import { isWithin } from "./name-constraints.ts";
import { isSignedBy, isStrongKey } from "./signature.ts";

/** The device's certificate first, the anchor last: at least these two. */
export interface Path {
  readonly device: CertificateIn;
  /** From the one that issued the device's certificate to the anchor. */
  readonly issuers: readonly CertificateIn[];
  readonly all: readonly CertificateIn[];
}

/** Every anchor that bears the name in the last certificate and whose key signed it. */
export async function pathsTo(
  chain: readonly CertificateIn[],
  anchors: readonly CertificateIn[],
): Promise<readonly Path[]> {
  for (const [i, certificate] of chain.slice(0, -1).entries()) {
    const issuer = chain[i + 1];
    if (issuer === undefined || !(await isIssuedBy(certificate, issuer))) return [];
  }
  const [device, ...rest] = chain;
  const last = chain.at(-1);
  const paths: Path[] = [];
  for (const anchor of anchors) {
    if (device === undefined || last === undefined || !(await isIssuedBy(last, anchor))) continue;
    const all = [...chain, anchor];
    if (hasRepetition(all)) continue;
    paths.push({ device, issuers: [...rest, anchor], all });
  }
  return paths;
}

async function isIssuedBy(certificate: CertificateIn, issuer: CertificateIn): Promise<boolean> {
  return names(certificate, issuer) && (await isSignedBy(certificate, issuer.publicKey));
}

/** One key twice is a loop, or an anchor sent along with the chain. */
function hasRepetition(all: readonly CertificateIn[]): boolean {
  return all.some((one, i) => all.slice(i + 1).some((other) => equalBytes(one.publicKey, other.publicKey)));
}

/** @returns the code of the first check that fails, in the order that validateCertificates documents */
export async function checkPath(path: Path, nowMs: number): Promise<ErrorCode | undefined> {
  for (const { notBeforeMs, notAfterMs } of path.all) {
    if (nowMs < notBeforeMs) return "certificate.notYetValid";
    if (nowMs > notAfterMs) return "certificate.expired";
  }
  if (!isForSigning(path.device)) return "certificate.keyUsage";
  for (const [below, issuer] of path.issuers.entries()) {
    if (!isAuthority(issuer, below)) return "certificate.untrusted";
    const { nameConstraints } = issuer.extensions;
    const named = path.all.slice(0, below + 1);
    if (nameConstraints !== undefined && !named.every((one) => isWithin(one, nameConstraints))) {
      return "certificate.untrusted";
    }
  }
  if (path.all.some(({ extensions }) => extensions.unknownCritical)) return "certificate.untrusted";
  const strong = await Promise.all(path.all.map(async ({ publicKey }) => isStrongKey(publicKey)));
  return strong.every(Boolean) ? undefined : "certificate.untrusted";
}

/** clientAuth, emailProtection, smartcardLogon of Microsoft's, anyExtendedKeyUsage. */
const purposes = new Set(["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.311.20.2.2", "2.5.29.37.0"]);

const hasPurpose = ({ extensions: { extendedKeyUsage } }: CertificateIn): boolean =>
  extendedKeyUsage?.some((oid) => purposes.has(oid)) ?? true;

function isForSigning(device: CertificateIn): boolean {
  const { keyUsage = 0, basicConstraints } = device.extensions;
  if (basicConstraints?.cA === true) return false;
  return (keyUsage & keyUsages.digitalSignature) !== 0 && hasPurpose(device);
}

/** @param below how many authorities stand between this one and the device; self-issued ones count too */
export function isAuthority(issuer: CertificateIn, below: number): boolean {
  const { keyUsage, basicConstraints } = issuer.extensions;
  if (basicConstraints?.cA !== true) return false;
  if (basicConstraints.pathLength !== undefined && below > basicConstraints.pathLength) return false;
  if (keyUsage !== undefined && (keyUsage & keyUsages.keyCertSign) === 0) return false;
  return hasPurpose(issuer);
}

/** The first certificate of a chain must be for this very key, in the same bytes. */
export const isFor = (device: CertificateIn, publicKey: Bytes): boolean =>
  equalBytes(device.publicKey, publicKey);
