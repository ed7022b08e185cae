/**
 * A word that goes with the sound: in front of a sealed frame, in the same packet. The sound has a way of its own to the others, and a word on it is as
 * early, as late and as near as the frames that it speaks for; the connection to the server is not needed for it.
 */
import { concatBytes, type Bytes } from "@signet/protocol";

/** No frame of ours begins so: it would be an SFrame header whose KID has eight bytes, and ours have four at most. */
const marker = 0xf0;
/** Marker, and length of the word. */
const aheadBytes = 3;

export const withWord = (word: Bytes, frame: Bytes): Bytes =>
  concatBytes(Uint8Array.of(marker, word.length >> 8, word.length & 0xff), word, frame);

/** What came, taken apart. The word proves nothing yet, and the frame is opened whatever it is. @returns undefined where it is cut short */
export function takeWord(
  carried: Bytes,
): { readonly word: Bytes | undefined; readonly frame: Bytes } | undefined {
  if (carried[0] !== marker) return { word: undefined, frame: carried };
  const [, high, low] = carried;
  if (high === undefined || low === undefined) return undefined;
  const end = aheadBytes + ((high << 8) | low);
  if (end > carried.length) return undefined;
  return { word: carried.slice(aheadBytes, end), frame: carried.slice(end) };
}

/** A word with its signature, for the sound to carry. */
export interface SignedWord {
  readonly word: Bytes;
  /** In how many packets: any of them may get lost. */
  readonly copies: number;
}

/** Frames between two copies: what takes one packet often takes the next ones, too. */
const apartFrames = 6n;
/** More wait only where nothing is sealed. */
const mostWaiting = 16;

/** Which word goes with which frame. Pure. */
export class CarriedWords {
  #waiting: { readonly word: Bytes; left: number; fromCtr: bigint }[] = [];

  add({ word, copies }: SignedWord): void {
    this.#waiting.push({ word, left: copies, fromCtr: 0n });
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
  }

  /** @returns the frame as it is to be sent */
  load(ctr: bigint, frame: Bytes): Bytes {
    const due = this.#waiting.find(({ fromCtr }) => ctr >= fromCtr);
    if (due === undefined) return frame;
    due.left--;
    due.fromCtr = ctr + apartFrames;
    if (due.left <= 0) this.#waiting = this.#waiting.filter((one) => one !== due);
    return withWord(due.word, frame);
  }
}
