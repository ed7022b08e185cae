/**
 * A word that a member says to the others in a call, as the server passes it on unread:
 *
 *   head   = field("signet/word/v1") field(call ID) field(epoch) field(leaf) field(counter)
 *   said   = field(kind) field(seen number) field(seen digest) field(contents)
 *   inside = field(signature) said, then zero bytes to a multiple of 256, of which the last four have the length before them
 *   sealed = field(epoch) field(leaf) field(counter) field(AES-256-GCM of `inside`, nonce = counter, with `head` as what is authenticated)
 *
 * `signature`: by the sender's leaf key, Ed25519 over head and said, so that no member puts a word in another's mouth. What MLS signs with that key begins with
 * the length of a label in one byte that is not 0 (RFC 9420 section 5.1.2), and this with a byte 0: neither passes for the other.
 *
 * `seen`: the latest word that the sender had when they said this one, by its number in the call and the digest of what was sealed; number 0 and no bytes
 * where there was none. With it each terminal holds the server's order against the others'.
 *
 * The counter goes up by one with each word of a leaf key, over all epochs of a stay: who misses one knows. The nonce is made of it, under a key that is of one
 * epoch and one leaf alone; {@link WordSealer} sees to it that none is used for two words.
 */
import {
  concatBytes,
  encodeFields,
  FieldReader,
  fromU64,
  fromUtf8,
  SignetError,
  u64,
  utf8,
  type Bytes,
} from "@signet/protocol";

import type { LeafKey } from "../mls/suite.ts";
import type { WordEpoch, WordSender } from "./word-epoch.ts";

/** The latest word that somebody had. `digest`: SHA-256 of what was sealed; of no bytes before the first one. */
export interface SeenWord {
  readonly number: number;
  readonly digest: Bytes;
}

export const noWordSeen: SeenWord = { number: 0, digest: new Uint8Array(0) };

export interface Word {
  /** What it is, as `resolution.propose`: who does not know it passes it over. */
  readonly kind: string;
  readonly contents: Bytes;
  readonly seen: SeenWord;
}

/** What stands on a sealed word for all to read. */
export interface WordHead {
  readonly epoch: number;
  readonly leaf: number;
  readonly counter: number;
}

export interface OpenedWord extends Word, WordHead {
  readonly sender: WordSender;
}

const label = utf8("signet/word/v1");
const stepBytes = 256;
const lengthBytes = 4;
const nonceBytes = 12;

const headOf = (callId: string, { counter, epoch, leaf }: WordHead): Bytes =>
  encodeFields([label, utf8(callId), u64(epoch), u64(leaf), u64(counter)]);

const saidOf = ({ contents, kind, seen }: Word): Bytes =>
  encodeFields([utf8(kind), u64(seen.number), seen.digest, contents]);

const nonceOf = (counter: number): Bytes => concatBytes(new Uint8Array(nonceBytes - 8), u64(counter));

/** Seals what one terminal says in its stay in a call. */
export class WordSealer {
  readonly #leafKey: LeafKey;
  /** Of the latest epoch that was sealed in. */
  #last: { readonly epoch: number; readonly counter: number } | undefined;

  constructor(leafKey: LeafKey) {
    this.#leafKey = leafKey;
  }

  /**
   * @param counter of this word; the same again only where the epoch is another one, whose key is another one
   * @throws SignetError `word.counter` for a nonce that may have been used, and an epoch that is over
   */
  async seal(epoch: WordEpoch, counter: number, word: Word): Promise<Bytes> {
    const { epoch: number, ownLeaf: leaf } = epoch;
    const last = this.#last;
    if (last !== undefined && (number < last.epoch || (number === last.epoch && counter <= last.counter)))
      throw new SignetError("word.counter");
    // Before anything is awaited: whatever becomes of this word, its nonce is used.
    this.#last = { epoch: number, counter };
    const head = { epoch: number, leaf, counter };
    const signed = concatBytes(headOf(epoch.callId, head), saidOf(word));
    const signature = await crypto.subtle.sign("Ed25519", this.#leafKey.privateKey, signed);
    const aead = await epoch.aeadOf(leaf, "seal");
    if (aead === undefined) throw new SignetError("mls.failed");
    const inside = padded(concatBytes(encodeFields([new Uint8Array(signature)]), saidOf(word)));
    const ciphertext = await aead.seal(nonceOf(counter), headOf(epoch.callId, head), inside);
    return encodeFields([u64(number), u64(leaf), u64(counter), ciphertext]);
  }
}

/** @returns undefined for what is no sealed word */
export function wordHead(sealed: Bytes): WordHead | undefined {
  return readSealed(sealed)?.head;
}

/**
 * @param epoch the one that the word names
 * @returns `word.unreadable` where it was not sealed so in this epoch; `word.notSigned` where it was, by a member, and is not by whom it names
 */
export async function openWord(
  epoch: WordEpoch,
  sealed: Bytes,
): Promise<
  | { readonly ok: true; readonly word: OpenedWord }
  | { readonly ok: false; readonly code: "word.unreadable" | "word.notSigned" }
> {
  const unreadable = { ok: false, code: "word.unreadable" } as const;
  const read = readSealed(sealed);
  if (read?.head.epoch !== epoch.epoch) return unreadable;
  const { head, ciphertext } = read;
  const sender = epoch.senders.get(head.leaf);
  const aead = await epoch.aeadOf(head.leaf, "open");
  if (sender === undefined || aead === undefined) return unreadable;
  const inside = await aead.open(nonceOf(head.counter), headOf(epoch.callId, head), ciphertext);
  const opened = inside === undefined ? undefined : readInside(inside);
  if (opened === undefined) return unreadable;
  const { signature, word } = opened;
  const key = await crypto.subtle.importKey("raw", sender.leafPublicKey, "Ed25519", false, ["verify"]);
  const signed = concatBytes(headOf(epoch.callId, head), saidOf(word));
  const isTheirs = await crypto.subtle.verify("Ed25519", key, signature, signed);
  return isTheirs ? { ok: true, word: { ...word, ...head, sender } } : { ok: false, code: "word.notSigned" };
}

function readSealed(sealed: Bytes): { readonly head: WordHead; readonly ciphertext: Bytes } | undefined {
  const reader = new FieldReader(sealed, 0);
  const number = (): number | undefined => {
    const field = reader.field();
    return field === undefined ? undefined : fromU64(field);
  };
  const [epoch, leaf, counter] = [number(), number(), number()];
  const ciphertext = reader.field();
  if (epoch === undefined || leaf === undefined || counter === undefined) return undefined;
  if (ciphertext === undefined || !reader.atEnd) return undefined;
  return { head: { epoch, leaf, counter }, ciphertext };
}

/** Approving and rejecting, for one, have to look alike. */
function padded(inside: Bytes): Bytes {
  const whole = new Uint8Array(Math.ceil((inside.length + lengthBytes) / stepBytes) * stepBytes);
  whole.set(inside);
  new DataView(whole.buffer).setUint32(whole.length - lengthBytes, inside.length);
  return whole;
}

function readInside(whole: Bytes): { readonly signature: Bytes; readonly word: Word } | undefined {
  if (whole.length < lengthBytes) return undefined;
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - lengthBytes);
  const inside = whole.slice(0, length);
  // One form of each word: nothing goes beside it.
  const isPadded = padded(inside).every((byte, i) => byte === whole[i]);
  if (length > whole.length - lengthBytes || !isPadded || padded(inside).length !== whole.length)
    return undefined;
  const reader = new FieldReader(inside, 0);
  const [signature, kindField, numberField, digest, contents] = [
    reader.field(),
    reader.field(),
    reader.field(),
    reader.field(),
    reader.field(),
  ];
  if (contents === undefined || digest === undefined || signature === undefined || !reader.atEnd)
    return undefined;
  const kind = kindField === undefined ? undefined : fromUtf8(kindField);
  const number = numberField === undefined ? undefined : fromU64(numberField);
  if (kind === undefined || number === undefined) return undefined;
  return { signature, word: { kind, contents, seen: { number, digest } } };
}
