/** What a certificate says that its key is for, as far as a person has to choose between the certificates of a card. */
import type { Bytes } from "@signet/protocol";

import { readCertificate } from "../x509/certificate.ts";

export type CertificateUse = "authentication" | "signing" | "encryption";

/** Bits of KeyUsage (RFC 5280 section 4.2.1.3). */
const [digitalSignature, nonRepudiation] = [0x80, 0x40];
/** id-kp-clientAuth (RFC 5280 section 4.2.1.12) and the smart card logon of Windows. */
const authenticationPurposes = new Set(["1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.311.20.2.2"]);

/** @returns undefined where it says nothing, or several things */
export function certificateUse(der: Bytes): CertificateUse | undefined {
  const { keyUsage, extendedKeyUsage } = readCertificate(der)?.extensions ?? {};
  if (extendedKeyUsage?.some((purpose) => authenticationPurposes.has(purpose)) === true)
    return keyUsage === undefined || (keyUsage & digitalSignature) !== 0 ? "authentication" : undefined;
  if (keyUsage === undefined) return undefined;
  // A legally binding signature is not to be made by the way (ETSI EN 319 412-2 section 4.3.2).
  if ((keyUsage & nonRepudiation) !== 0) return "signing";
  if ((keyUsage & digitalSignature) === 0) return "encryption";
  return extendedKeyUsage === undefined ? "authentication" : undefined;
}
