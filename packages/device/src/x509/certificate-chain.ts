import { SignetError, equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { mostCertificates, names, readCertificate } from "./certificate.ts";
import type { CertificateIn } from "./certificate.ts";
import { sameDer } from "./der-tree.ts";

/**
 * Picks from a file's certificates, in any order, those of a device: its own, then each that issued the one before. What issued
 * itself is a trust anchor and left out, as is what has nothing to do with the device. Nothing is validated.
 * @param publicKey SubjectPublicKeyInfo of the device, DER
 * @throws SignetError `certificate.otherKey` when none is for this key, `certificate.malformed` when one cannot be read, or the chain
 *   is longer than four
 */
export function certificateChainFor(publicKey: Bytes, certificates: readonly Bytes[]): readonly Bytes[] {
  const read = certificates.map(readCertificate).filter((certificate) => certificate !== undefined);
  if (read.length < certificates.length) throw new SignetError("certificate.malformed");
  const own = read.find((certificate) => equalBytes(certificate.publicKey, publicKey));
  if (own === undefined) throw new SignetError("certificate.otherKey");
  const chain: CertificateIn[] = [own];
  for (;;) {
    const last = chain.at(-1) ?? own;
    const issuer = read.find((certificate) => names(last, certificate) && !chain.includes(certificate));
    if (issuer === undefined || sameDer(issuer.issuer, issuer.subject)) break;
    chain.push(issuer);
  }
  if (chain.length > mostCertificates) throw new SignetError("certificate.malformed");
  return chain.map(({ bytes }) => bytes);
}
