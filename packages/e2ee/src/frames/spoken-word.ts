/** What a terminal signs of the frames that it sealed: a word. As bytes, for which the others in the call need nothing but the sender's leaf. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8, type Bytes } from "@signet/protocol";
import type { LeafKey } from "../mls/suite.ts";

/** Header, ciphertext and tag of one frame, told by the first six bytes of its SHA-256. */
export type FrameTag = bigint;

/** Frames that one encryptor sealed one after the other, under one key. */
export interface SpokenWord {
  readonly epoch: bigint;
  readonly leaf: number;
  /** Of the KID. */
  readonly context: number;
  /** With which counter this encryptor began in this epoch: nothing below was sealed in it. */
  readonly from: bigint;
  /** Nothing was sealed for a moment after the last of them, as far as this terminal knows: what is heard behind it has no excuse for being without a word. */
  readonly pauses: boolean;
  /** Counter of the first of {@link tags}. */
  readonly first: bigint;
  /** One for each counter, without a gap. None where all that is said is that it pauses. */
  readonly tags: readonly FrameTag[];
}

/** Two and a half seconds of a voice: a word comes each second. */
export const mostTags = 128;

const label = utf8("signet/spoke/v1");
const frameTagBytes = 6;
/** Epoch, leaf, context, whether it pauses, from, first. */
const headBytes = 8 + 2 + 1 + 1 + 8 + 8;
const signatureBytes = 64;

/** Of a word with its signature. */
export const leastWordBytes: number = headBytes + signatureBytes;
export const mostWordBytes: number = headBytes + mostTags * frameTagBytes + signatureBytes;

/**
 * Six bytes are enough: whoever would put another frame in the place of one that was sealed has to meet this very tag, 2^48 tries, before the word
 * comes, for each 20 ms anew. Two frames of one tag, 2^24, only the sender can look for, and speaks for both.
 */
export function frameTag(sealed: Bytes): FrameTag {
  return readTag(viewOf(sha256(sealed)), 0);
}

/** @param callId 16 bytes, the group's ID */
export async function signWord(leafKey: LeafKey, callId: Bytes, word: SpokenWord): Promise<Bytes> {
  const body = encodeBody(word);
  const signed = concatBytes(label, callId, body);
  const signature = await crypto.subtle.sign("Ed25519", leafKey.privateKey, signed);
  return concatBytes(body, new Uint8Array(signature));
}

/** What a word says of itself; it proves nothing before {@link isWordSigned}. @returns undefined where it is none */
export function readWord(bytes: Bytes): SpokenWord | undefined {
  const tagsBytes = bytes.length - headBytes - signatureBytes;
  if (tagsBytes < 0 || tagsBytes > mostTags * frameTagBytes || tagsBytes % frameTagBytes !== 0)
    return undefined;
  const view = viewOf(bytes);
  const word = {
    epoch: view.getBigUint64(0),
    leaf: view.getUint16(8),
    context: view.getUint8(10),
    pauses: view.getUint8(11) === 1,
    from: view.getBigUint64(12),
    first: view.getBigUint64(20),
    tags: Array.from({ length: tagsBytes / frameTagBytes }, (_, n) =>
      readTag(view, headBytes + n * frameTagBytes),
    ),
  };
  return word.first < word.from || view.getUint8(11) > 1 ? undefined : word;
}

/** @param key Ed25519, of the leaf that the word names in its epoch */
export function isWordSigned(key: CryptoKey, callId: Bytes, bytes: Bytes): Promise<boolean> {
  const body = bytes.slice(0, -signatureBytes);
  const signature = bytes.slice(-signatureBytes);
  return crypto.subtle.verify("Ed25519", key, signature, concatBytes(label, callId, body));
}

function encodeBody({ epoch, leaf, context, pauses, from, first, tags }: SpokenWord): Bytes {
  const body = new Uint8Array(headBytes + tags.length * frameTagBytes);
  const view = viewOf(body);
  view.setBigUint64(0, epoch);
  view.setUint16(8, leaf);
  view.setUint8(10, context);
  view.setUint8(11, pauses ? 1 : 0);
  view.setBigUint64(12, from);
  view.setBigUint64(20, first);
  for (const [n, tag] of tags.entries()) writeTag(view, headBytes + n * frameTagBytes, tag);
  return body;
}

const readTag = (view: DataView, at: number): FrameTag =>
  BigInt(view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2));

function writeTag(view: DataView, at: number, tag: FrameTag): void {
  view.setUint16(at, Number(tag >> 32n));
  view.setUint32(at + 2, Number(tag & 0xffff_ffffn));
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
