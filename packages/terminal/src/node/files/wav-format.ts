/** What a WAV file says of its samples: RIFF, and RF64 or BW64 (EBU Tech 3306, ITU-R BS.2088), whose lengths have 64 bits. */
import { badFile, otherFormat } from "./bad-file.ts";
import { readWhole } from "./input.ts";
import type { Input } from "./input.ts";
import { mostChannels, wavPlaces, weightsOf } from "./mix-down.ts";

export type WavCoding = "integer" | "float" | "muLaw" | "aLaw";

export interface SampleFormat {
  readonly coding: WavCoding;
  readonly bits: number;
  /** How loudly each channel is heard. */
  readonly weights: readonly number[];
  /** Hz. */
  readonly rate: number;
}

export interface WavFormat extends SampleFormat {
  /** Where the samples are, in bytes; infinite when they go on to the end of the file. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

const extensible = 0xfffe;
const codings: ReadonlyMap<number, readonly [coding: WavCoding, bits: readonly number[]]> = new Map([
  [1, ["integer", [8, 16, 24, 32]]],
  [3, ["float", [32, 64]]],
  [6, ["aLaw", [8]]],
  [7, ["muLaw", [8]]],
]);
/** Of the codings that are met most, for whoever has to convert the file. */
const otherCodings: ReadonlyMap<number, string> = new Map([
  [0x02, "Microsoft ADPCM"],
  [0x11, "IMA ADPCM"],
  [0x31, "GSM 6.10"],
  [0x50, "MPEG"],
  [0x55, "MP3"],
  [0xff, "AAC"],
]);
/** What follows the coding in the GUID of a sub-format: of PCM and its like, and of ambisonics. */
const subFormats: ReadonlySet<string> = new Set([
  "000000001000800000aa00389b71",
  "00002107d3118644c8c1ca000000",
]);
const leastRate = 1_000;
const mostRate = 384_000;
/** Chunks before the samples; files have a handful. */
const mostChunks = 1_000;
const usualNames: ReadonlySet<string> = new Set(
  "fmt |data|LIST|fact|bext|JUNK|id3 |ID3 |cue |smpl|inst|PEAK|iXML|axml|_PMX".split("|"),
);
/** Where chunks are looked for behind samples whose length nobody knows: a handful, one with a picture. */
const mostTailBytes = 4 * 1024 * 1024;

/** @param start where the file begins, behind what other programs put before it @throws SignetError `media.badFile` */
export async function readWavFormat(input: Input, start: number): Promise<WavFormat> {
  const head = view(await readWhole(input, start, 12));
  if (head.byteLength < 12 || tag(head, 8) !== "WAVE") throw badFile("a RIFF file that is no WAV");
  let format: SampleFormat | undefined;
  let longData: number | undefined;
  let at = start + 12;
  for (let chunks = 0; chunks < mostChunks; chunks++) {
    input.forget(at);
    const chunk = view(await readWhole(input, at, 8));
    if (chunk.byteLength < 8) throw badFile("the WAV file ends before its samples");
    const length = chunk.getUint32(4, true);
    const body = at + 8;
    // Some write names in capitals.
    switch (tag(chunk, 0).toLowerCase()) {
      case "fmt ":
        format = parseFormat(view(await readWhole(input, body, Math.min(length, 40))));
        break;
      case "ds64":
        longData = lengthOf(view(await readWhole(input, body, Math.min(length, 28))));
        break;
      case "data":
        if (format === undefined) throw badFile("WAV samples without a format");
        return { ...format, dataStart: body, dataEnd: await dataEnd(input, body, length, longData) };
      default:
    }
    at = await nextChunk(input, body, length);
  }
  throw badFile("too many WAV chunks");
}

/** Of the samples of an RF64 or BW64 file, in bytes. */
const lengthOf = (ds64: DataView): number | undefined =>
  ds64.byteLength < 16 ? undefined : Number(ds64.getBigUint64(8, true));

async function dataEnd(
  input: Input,
  start: number,
  length: number,
  longData: number | undefined,
): Promise<number> {
  const isLong = length === 0xffff_ffff && longData !== undefined;
  const told = isLong ? longData : length;
  if (!isOpen(input, start, told)) return start + told;
  // Of a recording of nothing the next chunk follows at once.
  const next = view(await readWhole(input, start, 8));
  const isChunk = told === 0 && next.byteLength === 8 && isName(next, 0);
  const nextEnd = isChunk ? start + 8 + next.getUint32(4, true) : 0;
  if (isChunk && (!input.isWhole || input.read(nextEnd - 1, 1).length === 1)) return start;
  return lastChunk(input, start) ?? Number.POSITIVE_INFINITY;
}

/** Whether nobody knows how long the samples are: so the header says, or the file is shorter. */
const isOpen = (input: Input, start: number, length: number): boolean =>
  length === 0 || length === 0xffff_ffff || (input.size ?? Number.POSITIVE_INFINITY) < start + length;

/** Where the chunks begin that stand behind samples of an open length: one whose length leads to the end of the file, or to such a one. */
function lastChunk(input: Input, start: number): number | undefined {
  const { size } = input;
  if (size === undefined) return undefined;
  const from = Math.max(start, size - mostTailBytes);
  const bytes = Buffer.from(input.read(from, size - from));
  let end = bytes.length;
  for (let at = end - 8; at >= 0; at--) {
    const chunkEnd = at + 8 + bytes.readUInt32LE(at + 4);
    // With its padding or without.
    const fits = chunkEnd === end || chunkEnd + 1 === end;
    if (fits && usualNames.has(bytes.toString("latin1", at, at + 4))) end = at;
  }
  return end === bytes.length ? undefined : from + end;
}

/** A chunk of an odd length has a byte behind it that belongs to no chunk; some leave it out. */
async function nextChunk(input: Input, body: number, length: number): Promise<number> {
  const end = body + length;
  if (length % 2 === 0) return end;
  input.forget(end);
  const next = view(await readWhole(input, end, 5));
  if (next.byteLength < 5) return end + 1;
  const isBare = usualNames.has(tag(next, 0)) || (isName(next, 0) && !isName(next, 1));
  return isBare ? end : end + 1;
}

function parseFormat(chunk: DataView): SampleFormat {
  if (chunk.byteLength < 16) throw badFile("the WAV format is cut off");
  let code = chunk.getUint16(0, true);
  const channels = chunk.getUint16(2, true);
  const rate = chunk.getUint32(4, true);
  const blockBytes = chunk.getUint16(12, true);
  const bits = chunk.getUint16(14, true);
  let mask = 0;
  if (code === extensible) {
    if (chunk.byteLength < 40) throw badFile("the WAV format is cut off");
    mask = chunk.getUint32(20, true);
    // The GUID of the sub-format: the coding in two bytes, and two of 0.
    code = chunk.getUint16(24, true);
    const rest = Buffer.from(chunk.buffer, chunk.byteOffset + 26, 14).toString("hex");
    if (!subFormats.has(rest)) throw badFile("a WAV of an unknown sub-format");
  }
  const other = otherCodings.get(code);
  if (other !== undefined) throw otherFormat(`a WAV with ${other}`);
  const [coding, known] = codings.get(code) ?? [];
  if (coding === undefined || known?.includes(bits) !== true)
    throw badFile(`a WAV of coding ${code} with ${bits} bits`);
  if (channels < 1 || channels > mostChannels) throw badFile(`a WAV of ${channels} channels`);
  if (rate < leastRate || rate > mostRate) throw badFile(`a WAV of ${rate} samples a second`);
  // Some leave it at 0.
  if (blockBytes !== 0 && blockBytes !== (channels * bits) / 8)
    throw badFile("the WAV format contradicts itself");
  return { coding, bits, rate, weights: weightsOf(wavPlaces(channels, mask)) };
}

/** Four printable characters, the first a letter. */
const isName = (bytes: DataView, at: number): boolean => /^[a-z][ -~]{3}$/i.test(tag(bytes, at));

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function tag(bytes: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => bytes.getUint8(at + i)));
}
