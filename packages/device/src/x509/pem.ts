/** PEM (RFC 7468) of certificates and revocation lists. */
import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { isVersion1, readCertificate } from "./certificate.ts";
import { readListOnce } from "./revocation-list.ts";

/** More than the authorities that all browsers together trust. */
const mostCertificates = 256;
const mostLists = 64;
/** The largest lists that public authorities publish are some tens of megabytes. */
const longestFile = 64 * 1024 * 1024;

/**
 * Reads a file of one or more certificates; text between them is skipped.
 * @returns DER of each, in the order of the file
 * @throws SignetError `certificate.malformed` when there is none, more than 256, anything else in PEM (a private key does not
 *   belong here), or one that is no certificate of version 3 in strict DER of at most 4,096 bytes
 */
export function readPemCertificates(text: string): readonly Bytes[] {
  const certificates = readBlocks(text, "CERTIFICATE", mostCertificates);
  if (certificates.some((bytes) => readCertificate(bytes) === undefined)) malformed();
  return certificates;
}

/**
 * Whether {@link readPemCertificates} refuses a file for a certificate of version 1, which `openssl` makes where it is given no
 * extensions.
 * @throws SignetError `certificate.malformed` when it is no file of certificates at all
 */
export function holdsVersion1(text: string): boolean {
  return readBlocks(text, "CERTIFICATE", mostCertificates).some(isVersion1);
}

/**
 * Reads certificate revocation lists: a PEM file of one or more, or the DER of one.
 * @throws SignetError `certificate.malformed` when there is none, more than 64, or one that is no list in strict DER
 */
export function readCrls(file: Bytes): readonly Bytes[] {
  if (file.length > longestFile) malformed();
  // DER begins with a SEQUENCE, which is "0" in ASCII; PEM with a dash or words.
  const isDer = file[0] === 0x30 && readListOnce(file) !== undefined;
  const lists = isDer ? [file] : readBlocks(new TextDecoder().decode(file), "X509 CRL", mostLists);
  if (lists.some((bytes) => readListOnce(bytes) === undefined)) malformed();
  return lists;
}

function readBlocks(text: string, label: string, most: number): readonly Bytes[] {
  if (text.length > longestFile) malformed();
  const blocks: Bytes[] = [];
  // Each BEGIN line starts a part; what comes before the first is words.
  for (const part of text.split(/^-----BEGIN /m).slice(1)) {
    const [, found, body] = /^([A-Z0-9 ]+)-----\s*$([A-Za-z0-9+/=\s]*)/m.exec(part) ?? [];
    if (found !== label || body === undefined || !part.includes(`-----END ${label}-----`)) malformed();
    blocks.push(fromBase64(body));
    if (blocks.length > most) malformed();
  }
  if (blocks.length === 0) malformed();
  return blocks;
}

function fromBase64(text: string): Bytes {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, "")), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new SignetError("certificate.malformed", cause);
  }
}

function malformed(): never {
  throw new SignetError("certificate.malformed");
}
