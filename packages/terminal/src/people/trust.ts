/** Which certificates a terminal believes, and how it shows them. */
import type { CertificateNames, CertificateTrust, DirectoryEntryOptions } from "@signet/device";
import type { ErrorCode, ServerInfo } from "@signet/protocol";

import type { Certification } from "../state.ts";

/** Without `trust` no certificate is believed. */
export interface AppliedTrust {
  readonly trust?: CertificateTrust;
  readonly anchoredBy: Certification["anchoredBy"];
}

/** A terminal that was given trust anchors believes those alone, whatever the server names. */
export function trustOf(
  own: CertificateTrust | undefined,
  named: ServerInfo["certificates"] | undefined,
): AppliedTrust {
  if (own !== undefined) return { trust: own, anchoredBy: "terminal" };
  return { ...(named === undefined ? {} : { trust: named }), anchoredBy: "server" };
}

export function trustOptions({ trust }: AppliedTrust, nowMs: number): DirectoryEntryOptions {
  return { trust, nowMs };
}

export function certification(
  { subject, issuer, validUntilMs }: CertificateNames,
  { anchoredBy }: AppliedTrust,
): Certification {
  return { subject, issuer, validUntilMs, anchoredBy };
}

/** Why an entry is refused, as a person needs to know it: what is wrong with a certificate can be mended, the rest is the server's. */
export function entryRefusal(code: ErrorCode): ErrorCode {
  return code.startsWith("certificate.") || code.startsWith("history.") ? code : "directory.badEntry";
}
