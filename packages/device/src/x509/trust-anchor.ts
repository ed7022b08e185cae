import type { Bytes, ErrorCode } from "@signet/protocol";

import { certificateFault } from "./certificate-fault.ts";
import { readCertificate } from "./certificate.ts";
import { authorityFault } from "./path.ts";
import { isStrongKey } from "./signature.ts";

/**
 * Why nothing could ever lead to this certificate as a trust anchor, so that whoever gives it is told at once.
 * @returns what certificateFault says, `certificate.notAuthority`, `certificate.authorityPurpose`, `certificate.unknownExtension`,
 *   `certificate.weakKey`, `certificate.expired`; undefined for one that can be an anchor
 */
export async function anchorFault(anchor: Bytes, nowMs: number): Promise<ErrorCode | undefined> {
  const certificate = readCertificate(anchor);
  if (certificate === undefined) return certificateFault(anchor);
  const fault = authorityFault(certificate, 0);
  if (fault !== undefined) return fault;
  if (certificate.extensions.unknownCritical) return "certificate.unknownExtension";
  if (!(await isStrongKey(certificate.publicKey))) return "certificate.weakKey";
  return nowMs > certificate.notAfterMs ? "certificate.expired" : undefined;
}
