import { X509Certificate } from "node:crypto";

import { anchorFault, readCertificateFile, summaryOf } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { StartError, StartFileError } from "../start-error.ts";
import { readOrSay } from "../watched-file.ts";

/** As many as every terminal takes: it has to validate by them, too. */
const mostAnchors = 16;

/**
 * Certificates of authorities, each of which can be what certificates of people lead to.
 * @throws StartError for a file that cannot be used, and for an anchor that nothing could ever lead to
 */
export async function readAnchors(path: string, nowMs: number): Promise<readonly Bytes[]> {
  const anchors = readCertificates(path);
  if (anchors.length > mostAnchors) {
    throw new StartError(
      `${path} holds ${anchors.length} certificates, and at most ${mostAnchors} can be trust anchors`,
      "keep those of the authorities that issue to your people",
    );
  }
  for (const anchor of anchors) {
    const code = await anchorFault(anchor, nowMs);
    if (code !== undefined)
      throw anchorError(`${summaryOf(anchor)?.wholeSubject ?? "a certificate"} in ${path}`, anchor, code);
  }
  return anchors;
}

function readCertificates(path: string): readonly Bytes[] {
  try {
    return readCertificateFile(readOrSay(path));
  } catch (cause) {
    if (!(cause instanceof SignetError)) throw cause;
    throw new StartFileError(path, cause.code, cause);
  }
}

function anchorError(name: string, anchor: Bytes, code: ErrorCode): StartError {
  switch (code) {
    case "certificate.notAuthority":
      return new StartError(
        `${name} is no authority's certificate`,
        "trust anchors are the certificates of those who issue, not of those who sign in",
      );
    case "certificate.expired":
      return new StartError(
        `${name} has expired`,
        "take it out, or put the authority's new certificate in its place",
      );
    case "certificate.weakKey":
      return new StartError(
        `${name} can be no trust anchor: its key is ${keyWords(anchor)}`,
        "take another authority: its key has to be P-256, P-384, P-521, Ed25519, or RSA of 2048 to 8192 bits",
      );
    default:
      return new StartFileError(name, code);
  }
}

/** What kind of key it is, where that can be read at all. */
function keyWords(anchor: Bytes): string {
  try {
    const { asymmetricKeyType = "", asymmetricKeyDetails } = new X509Certificate(anchor).publicKey;
    const { modulusLength, namedCurve, publicExponent } = asymmetricKeyDetails ?? {};
    if (asymmetricKeyType === "rsa-pss")
      return "for RSASSA-PSS alone (signatures of that kind by an RSA key are taken)";
    if (modulusLength !== undefined) {
      const isUsual = publicExponent === undefined || publicExponent === 65_537n || publicExponent === 3n;
      const exponent = isUsual ? "" : ` with the exponent 0x${publicExponent.toString(16).slice(0, 20)}`;
      return `${asymmetricKeyType.toUpperCase()} of ${modulusLength} bits${exponent}`;
    }
    return namedCurve === undefined ? asymmetricKeyType : `on the curve ${namedCurve}`;
  } catch {
    return "of an unknown kind";
  }
}
