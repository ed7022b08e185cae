import { SignetError, equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { largestCertificateBytes, mostCertificates, names, readCertificate } from "./certificate.ts";
import type { CertificateIn } from "./certificate.ts";
import { certificateFault } from "./certificate-fault.ts";
import { sameName } from "./name-comparison.ts";

/**
 * Picks from a file's certificates, in any order, those of a device: its own, then each that issued the one before. What issued
 * itself is a trust anchor and left out, as is what has nothing to do with the device. Nothing is validated.
 * @param publicKey SubjectPublicKeyInfo of the device, DER
 * @throws SignetError `certificate.otherKey` when none is for this key, what {@link certificateFault} says of the first
 *   that cannot be read, `certificate.tooMany` when the chain is longer than four
 */
export function certificateChainFor(publicKey: Bytes, certificates: readonly Bytes[]): readonly Bytes[] {
  const read = certificates.map((bytes) => {
    const certificate = readCertificate(bytes);
    if (certificate === undefined) throw new SignetError(certificateFault(bytes));
    return certificate;
  });
  const own = read.find((certificate) => equalBytes(certificate.publicKey, publicKey));
  if (own === undefined) throw new SignetError("certificate.otherKey");
  const chain: CertificateIn[] = [own];
  for (;;) {
    const last = chain.at(-1) ?? own;
    const issuer = read.find((certificate) => names(last, certificate) && !chain.includes(certificate));
    if (issuer === undefined || sameName(issuer.issuer, issuer.subject)) break;
    chain.push(issuer);
  }
  if (chain.length > mostCertificates) throw new SignetError("certificate.tooMany");
  return chain.map(({ bytes }) => bytes);
}

/** Why a chain, such as a card brings, is more than anybody takes: `certificate.tooMany`, `certificate.tooLarge`. */
export function chainFault(chain: readonly Bytes[]): ErrorCode | undefined {
  if (chain.length > mostCertificates) return "certificate.tooMany";
  return chain.some(({ length }) => length > largestCertificateBytes) ? "certificate.tooLarge" : undefined;
}
