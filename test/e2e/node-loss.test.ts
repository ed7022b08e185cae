/** Packets get lost on the way to and from terminals without a browser: who misses them asks for them, and the voice goes on. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { Ear } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { LossyWay } from "./support/lossy-way.ts";
import { callAll } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { eventually } from "./support/wait.ts";

let server: RunningServer;
let ann: Headless;
let ben: Headless;
const way = new LossyWay();
/** Of who speaks. */
const speakingWay = new LossyWay();
const ear = new Ear();

before(async () => {
  server = await startTestServer();
  const speaking = nodeMedia({ source: () => toneSource(440), localAddress: "127.0.0.1" });
  const hearing = nodeMedia({ sink: () => ear, localAddress: "127.0.0.1" });
  ann = await registerHeadless(server.origin, "ann", {
    environment: { media: speakingWay.around(speaking) },
  });
  ben = await registerHeadless(server.origin, "ben", { environment: { media: way.around(hearing) } });
  await callAll(ann, ben);
  await ear.hearsOnly([440], [440]);
});
after(async () => {
  for (const { terminal } of [ann, ben]) terminal.close();
  await server.close();
  for (const one of [way, speakingWay]) one.close();
});

async function counted(name: string): Promise<number> {
  const metrics = await (await fetch(`${server.origin}/metrics`)).text();
  return Number(new RegExp(`^signet_media_${name}_total (\\d+)$`, "m").exec(metrics)?.[1]);
}
const nacksAnswered = (): Promise<number> => counted("nacks_answered");

test("one packet in ten is lost on the way to the server: it asks for them, and they are sent again", async () => {
  const before = await counted("packets_lost");
  let packet = 0;
  speakingWay.dropSent = () => ++packet % 10 === 0;
  await eventually("fifty lost packets", () => speakingWay.droppedSent >= 50);
  speakingWay.dropSent = () => false;
  const lost = (await counted("packets_lost")) - before;
  assert.ok(lost < 25, `${lost} of ${speakingWay.droppedSent} never came`);
  await ear.hearsOnly([440], [440]);
});

test("one packet in ten is lost: they are asked for and sent again", async () => {
  // On a busy machine some may have been lost already.
  const before = await nacksAnswered();
  let packet = 0;
  way.drop = () => ++packet % 10 === 0;
  await eventually("thirty lost packets", () => way.dropped >= 30);
  await eventually("most of them sent again", async () => (await nacksAnswered()) >= before + 20);
  await ear.hearsOnly([440], [440]);
});

test("one in three is lost: what does not come in time is concealed, and the voice is heard", async () => {
  let packet = 0;
  way.drop = () => ++packet % 3 === 0;
  const before = way.dropped;
  await eventually("a hundred lost packets", () => way.dropped >= before + 100);
  await ear.hearsOnly([440], [440]);
});

test("nothing comes for a while: silence, and then the voice again", async () => {
  way.drop = () => true;
  await ear.hearsOnly([440], []);
  way.drop = () => false;
  await ear.hearsOnly([440], [440]);
});
