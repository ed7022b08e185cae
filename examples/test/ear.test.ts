import assert from "node:assert/strict";
import { test } from "node:test";

import { frameSamples, sampleRate } from "@signet/terminal/node";

import { Ear, toneDb } from "../demo/ear.ts";

const sine = (hertz: number, amplitude: number) =>
  Int16Array.from({ length: sampleRate / 2 }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * i) / sampleRate)),
  );

const sine1190 = sine(1_190, 3_277);

function earWith(samples: Int16Array): Ear {
  const ear = new Ear();
  for (let at = 0; at < samples.length; at += frameSamples)
    ear.write(samples.subarray(at, at + frameSamples));
  return ear;
}

test("the level of a tone is that of its amplitude, and nothing of its neighbours", () => {
  const samples = sine(554, 3_277);
  assert.ok(Math.abs(toneDb(samples, 554) - -20) < 0.1, String(toneDb(samples, 554)));
  for (const other of [440, 540, 659, 831]) assert.ok(toneDb(samples, other) < -80, `${other} Hz`);
  assert.equal(toneDb(new Int16Array(100), 440), -99);
});

test("a tone is heard when it stands out: not in silence, not when faint, not in noise", () => {
  assert.ok(earWith(sine(440, 3_277)).hears(440));
  assert.ok(!earWith(sine(440, 3_277)).hears(554));
  assert.ok(!earWith(new Int16Array(sampleRate / 2)).hears(440));
  assert.ok(!earWith(sine(440, 100)).hears(440));
  // As loud where nobody has a tone: that is noise.
  const everywhere = sine(440, 3_277).map((sample, i) => sample + (sine1190[i] ?? 0));
  assert.ok(toneDb(everywhere, 440) > -21);
  assert.ok(!earWith(everywhere).hears(440));
});

test("an ear hears the latest half second, wherever it stands in its memory", () => {
  const ear = earWith(sine(440, 3_277));
  const before = ear.heard;
  ear.write(sine(554, 3_277).subarray(0, sampleRate / 4));
  assert.ok(!ear.hasHeardSince(before));
  ear.write(sine(554, 3_277).subarray(sampleRate / 4));
  assert.ok(ear.hasHeardSince(before));
  assert.ok(ear.hears(554) && !ear.hears(440));
});
