/** The way of the sound breaks in a call, and nobody hears that but the terminal whose way it is: that one connects anew. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { Ear } from "./support/ear.ts";
import { FalseKey } from "./support/false-key.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { LossyWay } from "./support/lossy-way.ts";
import { callAll, participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

const voices = [440, 660];
let server: RunningServer;
let ann: Headless;
let ben: Headless;
const way = new LossyWay();
const falseKey = new FalseKey();
const ears = { ann: new Ear(), ben: new Ear() };
/** What was shown of the sound since it was asked for last. */
const shown = { ann: [] as string[], ben: [] as string[] };

before(async () => {
  server = await startTestServer();
  const media = (hertz: number, ear: Ear) =>
    nodeMedia({ source: () => toneSource(hertz), sink: () => ear, localAddress: "127.0.0.1" });
  ann = await registerHeadless(server.origin, "ann", { environment: { media: media(440, ears.ann) } });
  ben = await registerHeadless(server.origin, "ben", {
    environment: { media: way.around(falseKey.around(media(660, ears.ben))) },
  });
  await callAll(ann, ben);
  await hearEachOther();
  for (const [who, { terminal }] of [
    ["ann", ann],
    ["ben", ben],
  ] as const)
    terminal.subscribe(() => {
      const now = terminal.state.call?.media;
      const word = now === undefined ? "none" : "code" in now ? `${now.status} ${now.code}` : now.status;
      if (shown[who].at(-1) !== word) shown[who].push(word);
    });
});
after(async () => {
  for (const { terminal } of [ann, ben]) terminal.close();
  await server.close();
  way.close();
});

async function hearEachOther(): Promise<void> {
  await ears.ben.hearsOnly(voices, [440]);
  await ears.ann.hearsOnly(voices, [660]);
}

for (const [direction, why] of [
  ["both", "reconnecting media.nothingComes"],
  ["down", "reconnecting media.nothingComes"],
  ["up", "reconnecting media.unheard"],
] as const)
  test(`the way is cut (${direction}): noticed, said, and connected anew by whose way it is`, async () => {
    for (const list of Object.values(shown)) list.length = 0;
    way.cut(direction);
    await ben.until(({ call }) => call?.media.status === "reconnecting", "that it is noticed");
    await ben.until(({ call }) => call?.media.status === "connected", "that it is connected again");
    await hearEachOther();
    assert.deepEqual(
      shown.ben.filter((word) => word !== "connected"),
      [why],
    );
    assert.deepEqual(
      shown.ann.filter((word) => word !== "connected"),
      [],
      "nothing is wrong there",
    );
  });

test("whose words do not arrive for longer is seen as reconnecting by the others, until they do", async () => {
  const benSeen = () => participant(ann.terminal.state, ben.userId);
  way.cutLater = "up";
  way.cut("up");
  await ann.until(() => benSeen().reconnecting === true, "that ben is not heard");
  assert.equal(ann.terminal.state.call?.media.status, "connected");
  way.cutLater = undefined;
  way.cut(undefined);
  await ann.until(() => benSeen().reconnecting !== true, "that ben is heard again");
  await ben.until(({ call }) => call?.media.status === "connected", "that it is connected again");
  await hearEachOther();
});

test("what comes and opens with nobody's key is no sound: whom an SFU keeps busy with it connects anew, and is not shown as connected", async () => {
  for (const list of Object.values(shown)) list.length = 0;
  await falseKey.seal();
  await ann.until(({ call }) => call?.media.status === "reconnecting", "that nothing comes");
  assert.equal(shown.ann.at(-1), "reconnecting media.nothingComes");
  await ears.ann.hearsOnly(voices, []);
  assert.notEqual(
    ann.terminal.state.call?.media.status,
    "connected",
    "another connection brings nothing more",
  );
});
