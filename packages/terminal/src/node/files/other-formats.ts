/** Formats that Signet does not read, told by how they begin: whoever has such a file wants to know what it is. */
import type { Bytes } from "@signet/protocol";

/** What has to stand at which place. */
type Mark = readonly [name: string, at: number, text: string];

const files: readonly Mark[] = [
  ["FLAC", 0, "fLaC"],
  ["MP4 or M4A", 4, "ftyp"],
  ["AIFF", 0, "FORM"],
  ["a big-endian WAV (RIFX)", 0, "RIFX"],
  ["Core Audio", 0, "caff"],
  ["AU", 0, ".snd"],
  ["AMR", 0, "#!AMR"],
  ["WebM or Matroska", 0, "\u001a\u0045\u00df\u00a3"],
  ["WMA", 0, "\u0030\u0026\u00b2\u0075"],
  ["WavPack", 0, "wvpk"],
  ["Monkey's Audio", 0, "MAC "],
  ["MIDI", 0, "MThd"],
];

const oggCodecs: readonly Mark[] = [
  ["Ogg Vorbis", 0, "\u0001vorbis"],
  ["Ogg FLAC", 0, "\u007fFLAC"],
  ["Speex", 0, "Speex   "],
  ["Ogg Theora", 0, "\u0080theora"],
];

/** @param start the first bytes, behind an ID3 tag. @param isTagged whether there was one */
export function otherFormatOf(start: Bytes, isTagged: boolean): string | undefined {
  const named = nameIn(files, start);
  if (named !== undefined) return named;
  // The frame header of MPEG audio (ISO 11172-3 section 2.4.1.3): eleven bits, and a layer; AAC (ADTS) has layer 0.
  const [first = 0, second = 0] = start;
  const isMpeg = first === 0xff && (second & 0xe0) === 0xe0;
  if (isMpeg && (second & 0x06) === 0) return "AAC";
  // Tags stand before MP3 and little else.
  return isMpeg || isTagged ? "MP3" : undefined;
}

/** @param body of the page that begins a stream */
export const oggCodecOf = (body: Bytes): string | undefined => nameIn(oggCodecs, body);

export function startsWith(bytes: Bytes, text: string, at = 0): boolean {
  return Array.from(text, (character) => character.charCodeAt(0)).every((code, i) => bytes[at + i] === code);
}

function nameIn(marks: readonly Mark[], bytes: Bytes): string | undefined {
  return marks.find(([, at, text]) => startsWith(bytes, text, at))?.[0];
}
