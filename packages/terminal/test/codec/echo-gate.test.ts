/** Half duplex by level, in rooms that are computed: what comes back of an echo, and what is kept of an own voice. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sampleRate } from "../../src/node/audio.ts";
import { EchoGate } from "../../src/node/echo-gate.ts";
import { energyOf, framesOf, noise, room, speech, sumOf } from "../support/room.ts";

const seconds = 14;
const far = speech(1, seconds);
/** Says nothing for 5 s. */
const near = speech(2, seconds).map((value, i) => (i < 5 * sampleRate ? 0 : value));
const hiss = noise(3, far.length, 0.0005);
const silence = new Float64Array(far.length);

interface Passed {
  readonly heard: number[];
  readonly passed: number[];
}

/** Energy of each frame before and behind the gate. */
function through(played: Float64Array, heard: Float64Array): Passed {
  const gate = new EchoGate();
  const [loudspeaker, microphone] = [framesOf(played), framesOf(heard)];
  const result: Passed = { heard: [], passed: [] };
  for (const [n, frame] of microphone.entries()) {
    gate.play(loudspeaker[n] ?? assert.fail());
    result.heard.push(energyOf(frame));
    gate.hear(frame);
    result.passed.push(energyOf(frame));
  }
  return result;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
/** Echo return loss enhancement, dB. */
const erle = ({ heard, passed }: Passed, from = 0, to = Infinity): number =>
  10 * Math.log10(total(heard.slice(from, to)) / Math.max(1, total(passed.slice(from, to))));
const loud = (value: number): boolean => value > 960 * 300 ** 2;

for (const [delayMs, gain] of [
  [40, 0.3],
  [400, 0.3],
  [180, 0.03],
  [180, 1.6],
] as const)
  test(`no echo: ${gain} of it after ${delayMs} ms`, () => {
    const result = through(far, sumOf(room(delayMs, gain)(far), hiss));
    assert.ok(erle(result) > 30, String(erle(result)));
  });

test("while nothing is played, everything passes as it is", () => {
  const heard = sumOf(near, hiss);
  const { heard: before, passed } = through(silence, heard);
  assert.deepEqual(passed, before);
});

for (const [where, gain] of [
  ["headphones", 0],
  ["a loudspeaker", 0.3],
] as const)
  test(`an own voice while another is heard, with ${where}`, () => {
    const echo = room(180, gain)(far);
    const result = through(far, sumOf(echo, near, hiss));
    const [own, back] = [framesOf(near).map(energyOf), framesOf(echo).map(energyOf)];
    // From when it learned, where the own voice is twice as loud as the echo.
    const counts = own.map((energy, n) => loud(energy) && energy > 4 * (back[n] ?? 0));
    const kept =
      total(result.passed.filter((_, n) => counts[n])) / total(result.heard.filter((_, n) => counts[n]));
    assert.ok(kept > 0.8, String(kept));
  });

test("a loudspeaker that is turned up is held back again after a moment", () => {
  const half = far.length / 2;
  const echo = room(180, 0.1)(far).map((value, i) => (i < half ? value : 6 * value));
  const result = through(far, sumOf(echo, hiss));
  const afterMs = 3_000;
  assert.ok(erle(result, (1_000 * seconds) / 2 / 20 + afterMs / 20) > 20);
});
