/**
 * A personal document as the server keeps it (docs/decisions, "The personal document"):
 *
 *   sealed = field("signet/sealed-document/v1") field(server origin) field(user ID) field(u64 version) field(key ID) field(nonce)
 *            field(AES-256-GCM of the padded document)
 *
 * All before the ciphertext is authenticated with it. Padded to few sizes: how many people somebody knows does not show.
 */
import {
  concatBytes,
  decodeDocument,
  encodeDocument,
  encodeFields,
  equalBytes,
  FieldReader,
  fromU64,
  fromUtf8,
  mostDocumentBytes,
  SignetError,
  u64,
  utf8,
  type Bytes,
  type PersonalDocument,
} from "@signet/protocol";

import { gcmAead } from "../sframe/aead.ts";
import { keyIdBytes, type ProfileKey } from "./profile-key.ts";

const label = "signet/sealed-document/v1";
const newerLabel = /^signet\/sealed-document\/v[2-9]$/;

/** What is sealed has one of these lengths, each four times the one before: from few people without history to all that a document may be. */
export const sizeClassesBytes = [4_096, 16_384, 65_536, 262_144] as const;
const nonceBytes = 12;

/** What a sealed document says of itself. The word of whoever gave it, until it was opened. */
export interface SealedHead {
  readonly serverOrigin: string;
  readonly userId: string;
  /** 1 for the first; each that takes the place of another has a higher one. */
  readonly version: number;
  readonly keyId: Bytes;
}

/**
 * @param version higher than of all that were seen
 * @throws SignetError `document.tooLarge`
 */
export async function sealDocument(
  { keyId, owner, sealing }: ProfileKey,
  version: number,
  document: PersonalDocument,
): Promise<Bytes> {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const head = encodeHead({ ...owner, version, keyId }, nonce);
  const ciphertext = await gcmAead(sealing).seal(nonce, head, padded(encodeDocument(document)));
  return concatBytes(head, encodeFields([ciphertext]));
}

const encodeHead = ({ serverOrigin, userId, version, keyId }: SealedHead, nonce: Bytes): Bytes =>
  encodeFields([utf8(label), utf8(serverOrigin), utf8(userId), u64(version), keyId, nonce]);

/**
 * @throws SignetError `document.otherUser` when it names somebody else, or another server; `document.otherKey` when it is sealed with another key;
 * `document.newer` when a newer version sealed it; `document.altered` when it is not what was sealed for what it names
 */
export async function openDocument(
  { keyId, owner, sealing }: ProfileKey,
  sealed: Bytes,
): Promise<{ readonly version: number; readonly document: PersonalDocument }> {
  const { ciphertext, head, headBytes, nonce } = readSealed(sealed);
  if (head.userId !== owner.userId || head.serverOrigin !== owner.serverOrigin)
    throw new SignetError("document.otherUser");
  if (!equalBytes(head.keyId, keyId)) throw new SignetError("document.otherKey");
  const plaintext = await gcmAead(sealing).open(nonce, headBytes, ciphertext);
  if (plaintext === undefined) throw new SignetError("document.altered");
  return { version: head.version, document: decodeDocument(unpadded(plaintext)) };
}

/** @throws SignetError `document.newer`, `document.altered` */
export const sealedHead = (sealed: Bytes): SealedHead => readSealed(sealed).head;

function readSealed(sealed: Bytes) {
  const reader = new FieldReader(sealed, 0);
  const field = (): Bytes => reader.field() ?? altered();
  const text = (): string => fromUtf8(field()) ?? altered();
  const form = text();
  if (form !== label) throw new SignetError(newerLabel.test(form) ? "document.newer" : "document.altered");
  const serverOrigin = text();
  const userId = text();
  const version = fromU64(field()) ?? altered();
  const keyId = field();
  const nonce = field();
  const headBytes = sealed.slice(0, sealed.length - reader.left);
  const ciphertext = field();
  if (!reader.atEnd || version < 1 || keyId.length !== keyIdBytes || nonce.length !== nonceBytes) altered();
  return { head: { serverOrigin, userId, version, keyId }, headBytes, nonce, ciphertext };
}

function altered(): never {
  throw new SignetError("document.altered");
}

/** Its length before it, and zeros up to the next class. */
function padded(document: Bytes): Bytes {
  const framed = encodeFields([document]);
  const sizeBytes = sizeClassesBytes.find((bytes) => framed.length <= bytes);
  if (sizeBytes === undefined) throw new RangeError(`more than ${mostDocumentBytes} bytes`);
  const whole = new Uint8Array(sizeBytes);
  whole.set(framed);
  return whole;
}

function unpadded(plaintext: Bytes): Bytes {
  const reader = new FieldReader(plaintext, 0);
  const document = reader.field();
  // Whoever has the key wrote it otherwise.
  if (document === undefined || !equalBytes(padded(document), plaintext))
    throw new SignetError("document.malformed");
  return document;
}
