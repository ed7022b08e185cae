/** What a call's packets tell by their sizes, and that `--voice-padding` takes it from them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";

import { registerHeadless } from "@signet/e2e/support/headless.ts";
import { MediaTap } from "@signet/e2e/support/media-tap.ts";
import { answer } from "@signet/e2e/support/scene.ts";
import { writeVoice } from "@signet/e2e/support/voice.ts";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna");
writeVoice(join(scene.folder, "low.wav"), 400, 5);
const tap = new MediaTap();
const ben = await registerHeadless(scene.server.origin, "ben", { environment: { media: tap } });
after(() => ben.terminal.close());

test("with --voice-padding all packets of the voice have one size, else silence is told from sound", async () => {
  for (const [option, isConstant] of [
    ["--voice-padding", true],
    ["", false],
  ] as const) {
    const calling = scene.start(`call ben --profile anna --in low.wav --out none ${option}`);
    await answer(ben);
    // From the silence before the file begins into its sound.
    const sizes = new Set((await tap.capture(120)).opened.map(({ data }) => data.length));
    assert.ok(sizes.size > 0);
    if (isConstant) assert.deepEqual([...sizes], [80]);
    else assert.ok(Math.max(...sizes) - Math.min(...sizes) > 20, [...sizes].join(" "));
    calling.signal("SIGINT");
    await calling.ended;
    await ben.terminal.leave();
  }
});
