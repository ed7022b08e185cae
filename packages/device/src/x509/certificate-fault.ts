import type { Bytes, ErrorCode } from "@signet/protocol";

import { largestCertificateBytes, readSigned } from "./certificate.ts";
import { readLength, tags, timeOf } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";

/**
 * Why a certificate that `readCertificate` does not take is none.
 * @returns `certificate.tooLarge`; `certificate.version` (1 or 2); `certificate.paddedSerial` and `certificate.oddDate`, which some
 *   authorities write in spite of DER and RFC 5280 section 4.1.2.5; `certificate.malformed` for all else
 */
export function certificateFault(bytes: Bytes): ErrorCode {
  if (bytes.length > largestCertificateBytes) return "certificate.tooLarge";
  if (hasPaddedSerial(bytes)) return "certificate.paddedSerial";
  const body = readSigned(bytes)?.body ?? [];
  if (isVersion1(body) || isVersion2(body)) return "certificate.version";
  return hasOddDate(body) ? "certificate.oddDate" : "certificate.malformed";
}

/**
 * Neither `[0] version`, which comes first in the others, nor extensions (section 4.1): algorithm, issuer, validity, subject and public
 * key behind the serial number. The list of a revocation list begins with an INTEGER, too.
 */
const isVersion1 = ([serial, ...others]: readonly DerNode[]): boolean =>
  serial?.tag === tags.integer && others.length === 5 && others.every(({ tag }) => tag === tags.sequence);

const isVersion2 = ([version, serial]: readonly DerNode[]): boolean =>
  version?.tag === 0xa0 && version.children[0]?.contents[0] === 1 && serial?.tag === tags.integer;

function hasOddDate([version, , , , validity]: readonly DerNode[]): boolean {
  const isTime = ({ tag }: DerNode): boolean => tag === tags.utcTime || tag === tags.generalizedTime;
  const [from, to, ...rest] = validity?.children ?? [];
  if (version?.tag !== 0xa0 || from === undefined || to === undefined || rest.length > 0) return false;
  return isTime(from) && isTime(to) && (timeOf(from) === undefined || timeOf(to) === undefined);
}

/** An INTEGER with zeros in front is no DER, so that no tree can be made of it: SEQUENCE { SEQUENCE { [0] version, INTEGER. */
function hasPaddedSerial(bytes: Bytes): boolean {
  const enter = (at: number, tag: number): number =>
    bytes[at] === tag ? (readLength(bytes, at + 1)?.start ?? -1) : -1;
  const list = enter(enter(0, tags.sequence), tags.sequence);
  const hasVersion = bytes[list] === 0xa0;
  const serial = hasVersion ? (readLength(bytes, list + 1)?.end ?? -1) : list;
  const from = enter(serial, tags.integer);
  return from > 0 && bytes[from] === 0 && (bytes[from + 1] ?? 0xff) < 0x80 && bytes[from - 1] !== 1;
}
