/** JPEGs as pictures of people are: all that is around what is coded, which here is nothing that any decoder would show. */
import type { Bytes } from "@signet/protocol";

interface PictureTwist {
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly bits?: number;
  readonly components?: number;
  /** Of the frame; 0xc0 is the baseline one. */
  readonly frame?: number;
  /** Segments before the frame, as they stand there. */
  readonly beside?: readonly (readonly number[])[];
  readonly coded?: readonly number[];
  /** Behind what is coded. */
  readonly end?: readonly number[];
}

export function smallPicture(shade = 1, twist: PictureTwist = {}): Bytes {
  const { beside = [], bits = 8, components = 3, frame = 0xc0, heightPx = 96, widthPx = 96 } = twist;
  const { coded = [shade, 0xff, 0, 0xff, 0xd0, 7], end = [0xff, 0xd9] } = twist;
  const size = [heightPx, widthPx].flatMap((one) => [one >> 8, one & 255]);
  const parts = Array.from({ length: components }, (_, place) => [place + 1, 0x11, 0]).flat();
  return Uint8Array.from([
    0xff,
    0xd8,
    ...segment(0xe0, [74, 70, 73, 70, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]),
    ...beside.flat(),
    ...segment(frame, [bits, ...size, components, ...parts]),
    ...segment(0xc4, [0, ...Array.from({ length: 16 }, () => 0)]),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
    ...coded,
    ...end,
  ]);
}

export const segment = (marker: number, content: readonly number[]): readonly number[] => [
  0xff,
  marker,
  (content.length + 2) >> 8,
  (content.length + 2) & 255,
  ...content,
];
