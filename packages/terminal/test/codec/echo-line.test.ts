import assert from "node:assert/strict";
import { test } from "node:test";

import { echoLine, frameSamples } from "../../src/node/index.ts";

const frameOf = (value: number): Int16Array => new Int16Array(frameSamples).fill(value);
/** Frames of three seconds. */
const delay = 150;

test("what goes in comes out three seconds later, each frame once and in order", () => {
  const { sink, source } = echoLine(3_000);
  const out: (number | undefined)[] = [];
  const reused = frameOf(0);
  for (let tick = 1; tick <= 2 * delay; tick++) {
    // As the mixer does: the same frame is written over.
    reused.fill(tick);
    sink.write(reused);
    out.push(source.read()?.[0]);
  }
  assert.deepEqual(
    out.slice(0, delay),
    Array.from({ length: delay }, () => undefined),
  );
  assert.deepEqual(
    out.slice(delay),
    Array.from({ length: delay }, (_, index) => index + 1),
  );
});

test("what was not read while nobody was there is left out, so that it stays three seconds", () => {
  const { sink, source } = echoLine(3_000);
  for (let tick = 1; tick <= 10 * delay; tick++) sink.write(frameOf(tick));
  const first = source.read()?.[0] ?? 0;
  const behind = 10 * delay - first;
  assert.ok(behind >= delay - 1 && behind <= delay + 25, String(behind));
});

test("at its end nothing is held: neither for whoever reads on, nor in the memory of what was", async () => {
  const { sink, source } = echoLine(3_000);
  for (let tick = 1; tick <= delay + 2; tick++) sink.write(frameOf(7));
  const kept = source.read();
  assert.equal(kept?.[0], 7);
  await sink.close();
  assert.equal(source.read(), undefined);
});
