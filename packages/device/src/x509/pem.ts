/** Files of certificates and revocation lists: PEM (RFC 7468), or the DER of one. */
import { SignetError } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { certificateFault } from "./certificate-fault.ts";
import { readCertificate } from "./certificate.ts";
import { derKindOf } from "./der-kind.ts";
import { attributeTypes, shownName } from "./distinguished-name.ts";
import { readListOnce } from "./revocation-list.ts";

/** More than the authorities that all browsers together trust. */
const mostCertificates = 256;
const mostLists = 64;
/** The largest lists that public authorities publish are some tens of megabytes. */
const longestFile = 64 * 1024 * 1024;

/**
 * Reads a file of certificates: PEM of one or more, in UTF-8 or UTF-16, with or without a byte order mark, or the DER of one.
 * @returns DER of each, in the order of the file
 * @throws SignetError as {@link readPemCertificates}; `certificate.filePkcs7`, `certificate.filePkcs12`, `certificate.fileKey`,
 *   `certificate.fileRequest`, `certificate.fileOther` for DER of something else, `certificate.fileTooLarge` above 64 MiB
 */
export function readCertificateFile(file: Bytes): readonly Bytes[] {
  checkSize(file);
  if (!isDer(file)) return readPemCertificates(textIn(file));
  checkCertificate(file);
  return [file];
}

/**
 * Reads PEM of one or more certificates; text between them is skipped.
 * @returns DER of each, in the order of the text
 * @throws SignetError `certificate.fileWithout` when there is none, `certificate.fileTooMany` when there are more than 256,
 *   `certificate.fileDamaged` for PEM that is cut or garbled, for anything else in PEM as {@link readCertificateFile} (a private key does
 *   not belong here), and what certificateFault says of one that is no certificate of version 3 in strict DER of at most 4,096 bytes
 */
export function readPemCertificates(text: string): readonly Bytes[] {
  const blocks = readBlocks(text);
  if (blocks.length === 0) throw new SignetError("certificate.fileWithout");
  if (blocks.length > mostCertificates) throw new SignetError("certificate.fileTooMany");
  return blocks.map(({ label, bytes }) => {
    const other = otherLabels.find(([pattern]) => pattern.test(label))?.[1];
    if (other !== undefined) throw new SignetError(other);
    if (bytes === undefined) throw new SignetError("certificate.fileDamaged");
    if (!certificateLabel.test(label)) throw new SignetError("certificate.fileOther");
    checkCertificate(bytes);
    return bytes;
  });
}

const certificateLabel = /^(X509 )?CERTIFICATE$/;

const otherLabels: readonly (readonly [RegExp, ErrorCode])[] = [
  [/PRIVATE KEY$/, "certificate.fileKey"],
  [/^(PKCS7|PKCS #7 SIGNED DATA|CMS)$/, "certificate.filePkcs7"],
  [/CERTIFICATE REQUEST$/, "certificate.fileRequest"],
];

const derCodes = {
  pkcs7: "certificate.filePkcs7",
  pkcs12: "certificate.filePkcs12",
  privateKey: "certificate.fileKey",
  request: "certificate.fileRequest",
  list: "certificate.fileOther",
  other: "certificate.fileOther",
} as const;

/** @throws SignetError */
function checkCertificate(bytes: Bytes): void {
  if (readCertificate(bytes) !== undefined) return;
  const kind = derKindOf(bytes);
  const fault = certificateFault(bytes);
  // How it begins does not tell a list from a certificate of version 1 with the serial number 1.
  const isCertificate = kind === "certificate" || (kind === "list" && fault === "certificate.version");
  throw new SignetError(isCertificate ? fault : derCodes[kind]);
}

export interface CrlFile {
  /** DER of each list, in the order of the file, also of those that cannot be used: whoever validates by them must know of these. */
  readonly crls: readonly Bytes[];
  readonly faults: readonly CrlFault[];
  /** The fault for which the whole file is not to be used: a list that speaks for several authorities, or no list can be used. */
  readonly refusal?: CrlFault;
}

/** A list that cannot be used. */
export interface CrlFault {
  /** From 1, in the order of the file. */
  readonly place: number;
  /** `certificate.crlMalformed`, `certificate.crlVersion`, `certificate.crlIndirect` */
  readonly code: ErrorCode;
  /** In whose name it is, fit to be shown; absent where that cannot be read. */
  readonly issuer?: string;
}

/**
 * Reads certificate revocation lists: a PEM file of one or more, or the DER of one.
 * @throws SignetError `certificate.crlNone` when there is none, `certificate.crlTooMany` when there are more than 64,
 *   `certificate.crlOther` when the file holds anything else, `certificate.fileTooLarge` above 64 MiB
 */
export function readCrls(file: Bytes): CrlFile {
  checkSize(file);
  if (isDer(file) && !["list", "other"].includes(derKindOf(file)))
    throw new SignetError("certificate.crlOther");
  const crls = isDer(file) ? [file] : listBlocks(textIn(file));
  const faults = crls.flatMap((bytes, i): readonly CrlFault[] => {
    const read = readListOnce(bytes);
    if ("list" in read) return [];
    const { code, issuer } = read.fault;
    const { commonName, organization } = attributeTypes;
    return [
      {
        place: i + 1,
        code,
        ...(issuer !== undefined && { issuer: shownName(issuer, [commonName, organization]) }),
      },
    ];
  });
  const refusal =
    faults.find(({ code }) => code === "certificate.crlIndirect") ??
    (faults.length === crls.length ? faults[0] : undefined);
  return { crls, faults, ...(refusal !== undefined && { refusal }) };
}

function listBlocks(text: string): readonly Bytes[] {
  const blocks = readBlocks(text);
  if (blocks.length === 0) throw new SignetError("certificate.crlNone");
  if (blocks.length > mostLists) throw new SignetError("certificate.crlTooMany");
  if (blocks.some(({ label }) => label !== "X509 CRL")) throw new SignetError("certificate.crlOther");
  // One that is garbled is a list that cannot be read.
  return blocks.map(({ bytes }) => bytes ?? new Uint8Array());
}

/** DER begins with a SEQUENCE, which is "0" in ASCII; PEM with a dash or words. */
const isDer = (file: Bytes): boolean => file[0] === 0x30 && (file[1] ?? 0) >= 0x80;

/** As its byte order mark says; without one UTF-8. */
function textIn(file: Bytes): string {
  const mark = (file[0] ?? 0) * 256 + (file[1] ?? 0);
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(file);
}

function checkSize({ length }: Bytes): void {
  if (length > longestFile) throw new SignetError("certificate.fileTooLarge");
}

interface Block {
  /** Empty for a BEGIN that is none. */
  readonly label: string;
  /** undefined for what is cut or garbled. */
  readonly bytes: Bytes | undefined;
}

function readBlocks(text: string): readonly Block[] {
  // Each BEGIN starts a part, also right behind an END: files are put together without a line feed between them. Before it are words.
  const parts = text.replaceAll("\u{feff}", "").split("-----BEGIN ").slice(1);
  return parts.map((part) => {
    const label = /^([A-Z0-9 #]+)-----/.exec(part)?.[1] ?? "";
    const body = part.slice(label.length + "-----".length).split(`-----END ${label}-----`);
    return { label, bytes: body.length === 2 ? fromBase64(body[0] ?? "") : undefined };
  });
}

function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, "")), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
