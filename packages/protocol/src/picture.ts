/**
 * A small picture that a person chose of themselves: one form, so that whoever shows it hands little of what strangers made to a decoder. A JPEG of this many
 * pixels in each direction, in which stands nothing but the picture: no metadata, no second image, nothing behind its end. Pure.
 */
import type { Bytes } from "./bytes.ts";

/** In each direction; on sharp screens twice what the largest place for it has. */
export const pictureSidePx = 96;
/** Bytes. Enough for a good quality; everybody in a call may ask for those of all. */
export const longestPicture = 8_192;

const start = 0xd8;
const end = 0xd9;
const scan = 0xda;
/** Baseline and progressive, by Huffman codes, as browsers write them. */
const frames = new Set([0xc0, 0xc2]);
/** Tables, and the mark that says JFIF. Not the others: in these metadata, colour profiles and previews stand. */
const allowed = new Set([0xc4, 0xdb, 0xdd, 0xe0]);

/** Whether it is one that may be kept and shown. */
export function isPicture(bytes: Bytes): boolean {
  if (bytes.length < 4 || bytes.length > longestPicture) return false;
  if (bytes[0] !== 0xff || bytes[1] !== start) return false;
  let [place, seen] = [2, 0];
  for (;;) {
    const marker = markerAt(bytes, place);
    if (marker === end) return seen === 1 && place + 2 === bytes.length;
    const length = marker === undefined ? 0 : lengthAt(bytes, place + 2);
    if (marker === undefined || length < 2 || place + 2 + length > bytes.length) return false;
    if (frames.has(marker)) {
      seen += 1;
      if (!isFrame(bytes.subarray(place + 4, place + 2 + length))) return false;
    } else if (!allowed.has(marker) && (marker !== scan || seen !== 1)) return false;
    place += 2 + length;
    if (marker === scan) place = afterScan(bytes, place);
  }
}

const markerAt = (bytes: Bytes, place: number): number | undefined =>
  bytes[place] === 0xff ? bytes[place + 1] : undefined;

const lengthAt = (bytes: Bytes, place: number): number => (bytes[place] ?? 0) * 256 + (bytes[place + 1] ?? 0);

/** Eight bits of grey, or of three colours, and of the one size. */
function isFrame(frame: Bytes): boolean {
  const [bits, components] = [frame[0], frame[5]];
  const isSized = lengthAt(frame, 1) === pictureSidePx && lengthAt(frame, 3) === pictureSidePx;
  return bits === 8 && isSized && (components === 1 || components === 3);
}

/** What is coded ends before the next marker that is neither a stuffed byte nor a restart. */
function afterScan(bytes: Bytes, from: number): number {
  let place = from;
  while (place < bytes.length) {
    const next = bytes[place + 1] ?? 0;
    const isCoded = bytes[place] !== 0xff || next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (!isCoded) return place;
    place += 1;
  }
  return place;
}
