import type { Bytes } from "@signet/protocol";

import { emailsOf, upnsOf } from "./certificate-user-id.ts";
import { parseCertificate } from "./certificate.ts";
import { attributeTypes, shownName } from "./distinguished-name.ts";

/** What a certificate says, which nobody checked; names as people are shown them. */
export interface CertificateSummary {
  /** Common name, else e-mail address or user principal name, else the whole name; empty where there is nothing of it. */
  readonly subject: string;
  /** As `CN=..., O=...`. */
  readonly wholeSubject: string;
  /** Common name, else the whole name. */
  readonly issuer: string;
  /** Milliseconds since 1970 */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** @returns undefined for what validation would not read, but for its size */
export function summaryOf(bytes: Bytes): CertificateSummary | undefined {
  const certificate = parseCertificate(bytes);
  if (certificate === undefined) return undefined;
  const { issuer, notAfterMs, notBeforeMs, subject } = certificate;
  const address = [...emailsOf(certificate), ...upnsOf(certificate)].find((text) => text !== undefined);
  return {
    subject: shownName(subject, [attributeTypes.commonName], address),
    wholeSubject: shownName(subject, []),
    issuer: shownName(issuer, [attributeTypes.commonName]),
    validFromMs: notBeforeMs,
    validUntilMs: notAfterMs,
  };
}
