/**
 * How much of a known voice can be understood: the short-time objective intelligibility of Taal, Hendriks, Heusdens and Jensen (IEEE TASLP 19(7), 2011), 0 to 1, on
 * 48 kHz. Above 0.75 nearly every word of a sentence is understood, below 0.6 many are not. A jitter buffer moves a voice in time; so each 384 ms are held against
 * what was said around then, and not at one distance for all.
 */

const sampleRate = 48_000;
/** 25.6 ms, every 12.8 ms, as published. */
const frame = 1_229;
const hop = 614;
const size = 2_048;
const bands = 15;
const segment = 30;
/** Between two segments, in frames. */
const step = 10;
/** How far off what is heard may be, in frames: 200 ms. */
const farthest = 16;
/** -15 dB. */
const clip = 1 + 10 ** (15 / 20);
/** Frames this far below the loudest are a pause, 40 dB. */
const pause = 10 ** (-40 / 20);

/** Amplitudes by frame and band. */
type Envelope = readonly Float64Array[];

/**
 * @param said one round of what is said over and over
 * @param heard any part of it, longer than a round
 */
export function intelligibility(said: Int16Array, heard: Int16Array): number {
  const twice = new Int16Array(said.length * 2);
  twice.set(said);
  twice.set(said, said.length);
  const round = said.length / hop;
  const clean = envelopeOf(twice);
  const degraded = envelopeOf(heard);
  const start = offsetOf(clean, degraded, Math.round(round));
  const loudest = Math.max(...clean.map(power));
  const scores: number[] = [];
  for (let at = farthest; at + segment + farthest < degraded.length; at += step) {
    const place = Math.round((start + at) % round);
    const reference = clean.slice(place, place + segment);
    if (reference.length < segment || reference.filter((one) => power(one) > loudest * pause).length < 20)
      continue;
    let best = 0;
    for (let shift = -farthest; shift <= farthest; shift++)
      best = Math.max(best, likeness(reference, degraded.slice(at + shift, at + shift + segment)));
    scores.push(best);
  }
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

const power = (one: Float64Array): number => Math.sqrt(one.reduce((sum, value) => sum + value * value, 0));

/** Where in the round the heard part begins: the best of all, by how loud it is. */
function offsetOf(clean: Envelope, degraded: Envelope, round: number): number {
  const loudness = (envelope: Envelope): number[] => envelope.map((one) => Math.log(1 + power(one)));
  const [said, heard] = [loudness(clean).slice(0, round), loudness(degraded)];
  let [best, found] = [-Infinity, 0];
  for (let start = 0; start < round; start++) {
    const value = correlation(
      heard.map((_, i) => said[(start + i) % said.length] ?? 0),
      heard,
    );
    if (value > best) [best, found] = [value, start];
  }
  return found;
}

function likeness(reference: Envelope, degraded: Envelope): number {
  let sum = 0;
  for (let band = 0; band < bands; band++) {
    const x = reference.map((one) => one[band] ?? 0);
    const y = degraded.map((one) => one[band] ?? 0);
    const scale = Math.sqrt(energy(x) / (energy(y) + 1e-9));
    sum += correlation(
      x,
      y.map((value, i) => Math.min(value * scale, (x[i] ?? 0) * clip)),
    );
  }
  return sum / bands;
}

const energy = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [both, xx, yy] = [0, 0, 0];
  for (const [i, value] of x.entries()) {
    const [dx, dy] = [value - meanX, (y[i] ?? 0) - meanY];
    both += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return both / (Math.sqrt(xx * yy) + 1e-9);
}

/** Third-octave bands from 150 Hz on. */
const edges = Array.from({ length: bands + 1 }, (_, i) =>
  Math.round((150 * 2 ** ((i - 0.5) / 3) * size) / sampleRate),
);
const window = Float64Array.from(
  { length: frame },
  (_, i) => Math.sin((Math.PI * (i + 1)) / (frame + 1)) ** 2,
);

function envelopeOf(samples: Int16Array): Envelope {
  const count = Math.max(0, Math.floor((samples.length - frame) / hop) + 1);
  return Array.from({ length: count }, (_, n) => {
    const real = new Float64Array(size);
    for (let i = 0; i < frame; i++) real[i] = ((samples[n * hop + i] ?? 0) / 32_768) * (window[i] ?? 0);
    const imaginary = new Float64Array(size);
    transform(real, imaginary);
    return Float64Array.from({ length: bands }, (_, band) => {
      let sum = 0;
      for (let bin = edges[band] ?? 0; bin < (edges[band + 1] ?? 0); bin++)
        sum += (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
      return Math.sqrt(sum);
    });
  });
}

/** Fourier transform in place, of a power of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const length = real.length;
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j] ?? 0, real[i] ?? 0];
    [imaginary[i], imaginary[j]] = [imaginary[j] ?? 0, imaginary[i] ?? 0];
  }
  for (let span = 2; span <= length; span <<= 1) {
    const half = span >> 1;
    for (let start = 0; start < length; start += span)
      for (let k = 0; k < half; k++) {
        const angle = (-2 * Math.PI * k) / span;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [a, b] = [start + k, start + k + half];
        const re = (real[b] ?? 0) * c - (imaginary[b] ?? 0) * s;
        const im = (real[b] ?? 0) * s + (imaginary[b] ?? 0) * c;
        real[b] = (real[a] ?? 0) - re;
        imaginary[b] = (imaginary[a] ?? 0) - im;
        real[a] = (real[a] ?? 0) + re;
        imaginary[a] = (imaginary[a] ?? 0) + im;
      }
  }
}
