/** How loudly each channel goes into the one that is sent. The sum is 1, so that nothing is clipped. */

/** Places of loudspeakers, in the order of the bits of WAVEFORMATEXTENSIBLE's channel mask, as far as files have them. */
const places = ["FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR"] as const;
export type Place = (typeof places)[number];

/** As ITU-R BS.775 mixes down: the centre goes to both sides, what is behind 3 dB lower, the low-frequency effects nowhere. */
const levels: Readonly<Record<Place, number>> = {
  FL: 1,
  FR: 1,
  FLC: 1,
  FRC: 1,
  FC: Math.SQRT2,
  LFE: 0,
  BL: Math.SQRT1_2,
  BR: Math.SQRT1_2,
  BC: Math.SQRT1_2,
  SL: Math.SQRT1_2,
  SR: Math.SQRT1_2,
};

/** Channels that a file may have: up to 7.1. */
export const mostChannels = 8;

/** Where the channels of a WAV are, by their number, when the file does not say (Microsoft's order). */
const usual: readonly (readonly Place[])[] = [
  [],
  ["FC"],
  ["FL", "FR"],
  ["FL", "FR", "FC"],
  ["FL", "FR", "BL", "BR"],
  ["FL", "FR", "FC", "BL", "BR"],
  ["FL", "FR", "FC", "LFE", "BL", "BR"],
  ["FL", "FR", "FC", "LFE", "BC", "SL", "SR"],
  ["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"],
];

/** @param mask of WAVEFORMATEXTENSIBLE; 0 where the file does not say, and what it says is taken only if it names every channel */
export function wavPlaces(channels: number, mask: number): readonly Place[] {
  const named = places.filter((_, bit) => ((mask >>> bit) & 1) === 1);
  return named.length === channels ? named : (usual[channels] ?? []);
}

export function weightsOf(channels: readonly Place[]): readonly number[] {
  const sum = channels.reduce((total, place) => total + levels[place], 0);
  // Low-frequency effects alone are all that there is.
  return channels.map((place) => (sum === 0 ? 1 / channels.length : levels[place] / sum));
}
