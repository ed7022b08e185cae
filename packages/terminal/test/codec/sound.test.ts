import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { frameSamples, loudnessOf } from "../../src/node/audio.ts";
import { Mixer } from "../../src/node/mix.ts";
import { toneSource } from "../../src/node/tone.ts";
import { levelByte } from "../../src/node/voice.ts";
import { analyse, readAll } from "../support/sound.ts";

const frame = fc.int16Array({ minLength: frameSamples, maxLength: frameSamples });

test("a mix is the sum of its frames, cut at the ends of 16 bits", () => {
  const mixer = new Mixer();
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 4 }), (frames) => {
      mixer.begin();
      for (const one of frames) mixer.add(one);
      const mixed = mixer.frame();
      for (let i = 0; i < frameSamples; i += 97) {
        const sum = frames.reduce((total, one) => total + one[i]!, 0);
        assert.equal(mixed[i], Math.max(-32_768, Math.min(32_767, sum)));
      }
    }),
    { numRuns: 50 },
  );
});

test("a shorter frame ends in silence; what was mixed may be added to", () => {
  const mixer = new Mixer();
  mixer.begin();
  mixer.add(Int16Array.from({ length: 480 }, () => 100));
  assert.equal(mixer.frame()[479], 100);
  assert.equal(mixer.frame()[480], 0);
  mixer.add(Int16Array.from({ length: frameSamples }, () => 20_000));
  mixer.add(Int16Array.from({ length: frameSamples }, () => 20_000));
  assert.equal(mixer.frame()[0], 32_767);
  mixer.begin();
  assert.equal(mixer.frame()[0], 0);
});

test("levels are those of RFC 6464, with the bit for speech from -50 dBov on", () => {
  assert.equal(levelByte(0), 127);
  assert.equal(levelByte(1), 0x80);
  assert.equal(levelByte(0.5), 0x80 | 6);
  assert.equal(levelByte(10 ** (-50 / 20)), 0x80 | 50);
  assert.equal(levelByte(10 ** (-51 / 20)), 51);
  assert.equal(levelByte(1e-9), 127);
  assert.equal(levelByte(loudnessOf(Int16Array.from({ length: 960 }, () => -32_768))), 0x80);
});

test("a tone swells four times a second, goes on for ever, and has no click where a second ends", () => {
  const source = toneSource(440);
  const frames = readAll(source, 150);
  const heard = analyse(frames, 440);
  assert.ok(Math.abs(heard.tone - 6_000 / 32_768) < 0.002);
  for (let i = 1; i < frames.length; i++) {
    const step = Math.abs(frames[i]![0]! - frames[i - 1]!.at(-1)!);
    assert.ok(step <= 12_000 * 2 * Math.PI * (440 / 48_000) + 20, `${step} at ${i}`);
  }
});
