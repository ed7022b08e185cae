/**
 * Messages of STUN (RFC 8489) and TURN (RFC 8656) as bytes. Whoever takes one from outside reads it with {@link parseStun}, and believes it when
 * {@link hasIntegrity} says so.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/** RFC 8489 section 5, in the order of its two bits. */
const stunClasses = ["request", "indication", "success", "error"] as const;

export type StunClass = (typeof stunClasses)[number];

export const stunMethods = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;

export const stunAttributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** As REQUESTED-TRANSPORT names it (RFC 8656 section 18.8): the protocol number of IP. */
export const udpProtocol = 17;

export interface StunAttribute {
  readonly type: number;
  readonly value: Buffer;
}

export interface StunMessage {
  readonly method: number;
  readonly class: StunClass;
  /** 12 bytes. */
  readonly transactionId: Buffer;
  /** In order, without MESSAGE-INTEGRITY and FINGERPRINT, and what stands behind these. */
  readonly attributes: readonly StunAttribute[];
}

export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

export const stunHeaderBytes = 20;
const magicCookie = 0x2112_a442;
const integrityBytes = 20;
/** RFC 8489 section 14.7: "STUN", so that CRCs of others are told apart. */
const fingerprintMask = 0x5354_554e;

const padded = (bytes: number): number => (bytes + 3) & ~3;

/** Whether bytes are one message and nothing else; what its attributes say is another matter. */
function isStun(bytes: Buffer): boolean {
  return (
    bytes.length >= stunHeaderBytes &&
    bytes.readUInt8(0) < 0x40 &&
    bytes.readUInt32BE(4) === magicCookie &&
    bytes.readUInt16BE(2) % 4 === 0 &&
    bytes.length === stunHeaderBytes + bytes.readUInt16BE(2)
  );
}

/**
 * Where the attributes begin, in order. What follows MESSAGE-INTEGRITY is not protected by it and is left out, but for FINGERPRINT (RFC 8489
 * section 14.5); nothing follows that.
 * @returns undefined when a length does not fit
 */
function attributeOffsets(bytes: Buffer): number[] | undefined {
  const offsets: number[] = [];
  let isSealed = false;
  let isOver = false;
  for (let at = stunHeaderBytes; at < bytes.length;) {
    const type = bytes.readUInt16BE(at);
    const next = at + 4 + padded(bytes.readUInt16BE(at + 2));
    if (next > bytes.length) return undefined;
    const isFingerprint = type === stunAttributes.fingerprint;
    if (!isOver && (!isSealed || isFingerprint)) offsets.push(at);
    isSealed ||= type === stunAttributes.messageIntegrity;
    isOver ||= isFingerprint;
    at = next;
  }
  return offsets;
}

/** Where an attribute of a message stands, with its header; the first one counts (RFC 8489 section 14). @returns -1 without it */
export function attributeAt(bytes: Buffer, type: number): number {
  if (!isStun(bytes)) return -1;
  return attributeOffsets(bytes)?.find((at) => bytes.readUInt16BE(at) === type) ?? -1;
}

/** @returns undefined for what is no message, or has a FINGERPRINT that is not its own; the attributes share memory with `bytes` */
export function parseStun(bytes: Buffer): StunMessage | undefined {
  if (!isStun(bytes)) return undefined;
  const offsets = attributeOffsets(bytes);
  if (offsets === undefined) return undefined;
  const attributes: StunAttribute[] = [];
  for (const at of offsets) {
    const type = bytes.readUInt16BE(at);
    const value = bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2));
    if (type === stunAttributes.fingerprint) {
      if (value.length !== 4 || value.readUInt32BE(0) !== fingerprintOf(bytes, at)) return undefined;
    } else if (type !== stunAttributes.messageIntegrity) attributes.push({ type, value });
  }
  const type = bytes.readUInt16BE(0);
  return {
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    class: stunClasses[((type & 0x0100) >> 7) | ((type & 0x0010) >> 4)] ?? "request",
    transactionId: bytes.subarray(8, stunHeaderBytes),
    attributes,
  };
}

/**
 * @param seal.key for MESSAGE-INTEGRITY: {@link longTermKey}, or the password of ICE as it is (RFC 8489 section 9.1.1)
 * @param seal.fingerprint whether FINGERPRINT comes last
 * @throws RangeError when the attributes are longer than a message can be
 */
export function buildStun(
  message: StunMessage,
  seal: { readonly key?: Buffer | undefined; readonly fingerprint?: boolean } = {},
): Buffer {
  const attributes = [
    ...message.attributes,
    ...(seal.key === undefined
      ? []
      : [{ type: stunAttributes.messageIntegrity, value: Buffer.alloc(integrityBytes) }]),
    ...(seal.fingerprint === true ? [{ type: stunAttributes.fingerprint, value: Buffer.alloc(4) }] : []),
  ];
  const length = attributes.reduce((sum, { value }) => sum + 4 + padded(value.length), 0);
  const bytes = Buffer.alloc(stunHeaderBytes + length);
  const { method } = message;
  const classBits = stunClasses.indexOf(message.class);
  bytes.writeUInt16BE(
    (method & 0x000f) |
      ((method & 0x0070) << 1) |
      ((method & 0x0f80) << 2) |
      ((classBits & 2) << 7) |
      ((classBits & 1) << 4),
    0,
  );
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(magicCookie, 4);
  message.transactionId.copy(bytes, 8, 0, 12);
  let at = stunHeaderBytes;
  for (const { type, value } of attributes) {
    bytes.writeUInt16BE(type, at);
    bytes.writeUInt16BE(value.length, at + 2);
    value.copy(bytes, at + 4);
    at += 4 + padded(value.length);
  }
  sealStun(bytes, seal.key);
  return bytes;
}

/** Writes MESSAGE-INTEGRITY and FINGERPRINT anew, in place, where a message has them. */
export function sealStun(bytes: Buffer, key: Buffer | undefined): void {
  const integrityAt = attributeAt(bytes, stunAttributes.messageIntegrity);
  if (key !== undefined && integrityAt >= 0)
    integrityOf(bytes, integrityAt, key).copy(bytes, integrityAt + 4);
  const fingerprintAt = attributeAt(bytes, stunAttributes.fingerprint);
  if (fingerprintAt >= 0) bytes.writeUInt32BE(fingerprintOf(bytes, fingerprintAt), fingerprintAt + 4);
}

/** Whether a message has a MESSAGE-INTEGRITY, and one made with this key. */
export function hasIntegrity(bytes: Buffer, key: Buffer): boolean {
  const at = attributeAt(bytes, stunAttributes.messageIntegrity);
  if (at < 0 || bytes.readUInt16BE(at + 2) !== integrityBytes) return false;
  return timingSafeEqual(bytes.subarray(at + 4, at + 4 + integrityBytes), integrityOf(bytes, at, key));
}

/** The key of somebody with a password (RFC 8489 section 9.2.2). All three are ASCII here, so that nothing has to be prepared. */
export const longTermKey = (username: string, realm: string, password: string): Buffer =>
  createHash("md5").update(`${username}:${realm}:${password}`).digest();

/** What stands before it, with a length that ends with it (RFC 8489 section 14.5). */
function integrityOf(bytes: Buffer, at: number, key: Buffer): Buffer {
  return createHmac("sha1", key)
    .update(headerUntil(bytes, at + 4 + integrityBytes))
    .update(bytes.subarray(4, at))
    .digest();
}

/** What stands before it (RFC 8489 section 14.7); it is the last one, so that the length is right as it is. */
const fingerprintOf = (bytes: Buffer, at: number): number =>
  (crc32(bytes.subarray(0, at)) ^ fingerprintMask) >>> 0;

/** Type and length of a message that ends at `end`. */
function headerUntil(bytes: Buffer, end: number): Buffer {
  const header = Buffer.from(bytes.subarray(0, 4));
  header.writeUInt16BE(end - stunHeaderBytes, 2);
  return header;
}

export const attributeOf = ({ attributes }: StunMessage, type: number): Buffer | undefined =>
  attributes.find((attribute) => attribute.type === type)?.value;

/** The value of ERROR-CODE (RFC 8489 section 14.8). @param code 300 to 699 */
export function errorValue(code: number, reason: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, Math.floor(code / 100), code % 100]), Buffer.from(reason)]);
}

/** @returns undefined for what no ERROR-CODE says */
export function readErrorCode(value: Buffer | undefined): number | undefined {
  if (value === undefined || value.length < 4) return undefined;
  return (value.readUInt8(2) & 0x07) * 100 + value.readUInt8(3);
}

/** The value of XOR-MAPPED-ADDRESS and those like it (RFC 8489 section 14.2). */
export function addressValue({ address, port }: TransportAddress, transactionId: Buffer): Buffer {
  const plain = addressBytes(address);
  const value = Buffer.alloc(4 + plain.length);
  value.writeUInt8(plain.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
  masked(plain, transactionId).copy(value, 4);
  return value;
}

/** @returns undefined for what is no address; IPv6 as a URL writes it (RFC 5952) */
export function readAddress(value: Buffer, transactionId: Buffer): TransportAddress | undefined {
  if (value.length < 4) return undefined;
  const family = value.readUInt8(1);
  if (value.length !== (family === 1 ? 8 : 20) || (family !== 1 && family !== 2)) return undefined;
  const plain = masked(value.subarray(4), transactionId);
  return { address: addressText(plain), port: value.readUInt16BE(2) ^ (magicCookie >>> 16) };
}

function masked(bytes: Buffer, transactionId: Buffer): Buffer {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(magicCookie, 0);
  transactionId.copy(mask, 4, 0, 12);
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

/** The one way to write an address, which {@link readAddress} has as well. */
export const plainAddress = (address: string): string => addressText(addressBytes(address));

/** @param address as `net` writes it, without a zone */
function addressBytes(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  // A URL writes every address in one way, with at most one gap.
  const [head = "", tail = ""] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const words = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const before = words(head);
  const after = words(tail);
  const bytes = Buffer.alloc(16);
  before.forEach((word, index) => bytes.writeUInt16BE(Number.parseInt(word, 16), index * 2));
  after.forEach((word, index) =>
    bytes.writeUInt16BE(Number.parseInt(word, 16), 16 - (after.length - index) * 2),
  );
  return bytes;
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${words.join(":")}]/`).hostname.slice(1, -1);
}
