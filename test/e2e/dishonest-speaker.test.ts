/** A member seals sound in another member's name, as every member can: the others find it, name whose name it is, and hear it no more. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { TerminalState } from "@signet/terminal";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { Ear } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { Impostor } from "./support/impostor.ts";
import { LossyWay } from "./support/lossy-way.ts";
import { agree, callAll, participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { eventually } from "./support/wait.ts";

const hertz = { ann: 440, mallory: 880 };
const tones = Object.values(hertz);
let server: RunningServer;
let ann: Headless;
let ben: Headless;
let cleo: Headless;
let mallory: Headless;
const impostor = new Impostor(hertz.mallory);
const annsWay = new LossyWay();
const bensWay = new LossyWay();
const ear = new Ear();
/** Each state of ann's voice at ben's, as it changed. */
const seen: (string | undefined)[] = [];

const voiceAt = ({ terminal }: Headless, { userId }: Headless): string | undefined =>
  terminal.state.call === undefined ? undefined : participant(terminal.state, userId).voice;

before(async () => {
  server = await startTestServer();
  const speaking = nodeMedia({ source: () => toneSource(hertz.ann), localAddress: "127.0.0.1" });
  const hearing = nodeMedia({ sink: () => ear, localAddress: "127.0.0.1" });
  ann = await registerHeadless(server.origin, "ann", { environment: { media: annsWay.around(speaking) } });
  ben = await registerHeadless(server.origin, "ben", { environment: { media: bensWay.around(hearing) } });
  cleo = await registerHeadless(server.origin, "cleo", {
    environment: { media: nodeMedia({ localAddress: "127.0.0.1" }) },
  });
  mallory = await registerHeadless(server.origin, "mallory", { environment: { media: impostor } });
  await callAll(ann, ben, cleo, mallory);
  await impostor.ready();
  ben.terminal.subscribe((state: TerminalState) => {
    if (state.call === undefined || state.call.phase === "ended") return;
    const { voice } = participant(state, ann.userId);
    if (voice !== seen.at(-1)) seen.push(voice);
  });
  await ear.hearsOnly(tones, [hertz.ann]);
});
after(async () => {
  for (const { terminal } of [ann, ben, cleo, mallory]) terminal.close();
  await server.close();
  for (const one of [annsWay, bensWay]) one.close();
});

test("whoever speaks is proven, also where one packet in five is lost each way, and nobody is accused", async () => {
  let packet = 0;
  annsWay.dropSent = () => ++packet % 5 === 0;
  bensWay.drop = () => ++packet % 5 === 0;
  const before = bensWay.dropped;
  await eventually("a hundred lost packets", () => bensWay.dropped >= before + 100);
  annsWay.dropSent = () => false;
  bensWay.drop = () => false;
  assert.deepEqual(seen, []);
});

test("in the name of somebody who speaks: found, named, cut, and they are heard again when they have proven it", async () => {
  const speaking = impostor.speakAs(ann.userId, 5_000);
  await ben.until(
    ({ call }) => call !== undefined && voiceAt(ben, ann) === "forged",
    "that ann is impersonated",
  );
  await cleo.until(() => voiceAt(cleo, ann) === "forged", "that cleo finds it, too");
  await ear.hearsOnly(tones, []);
  assert.equal(voiceAt(ben, mallory), undefined);
  assert.equal(voiceAt(ann, mallory), undefined);
  await speaking;
  await ben.until(() => voiceAt(ben, ann) === undefined, "that ann is proven again");
  await ear.hearsOnly(tones, [hertz.ann]);
  assert.deepEqual(seen, ["forged", undefined]);
});

test("in the name of somebody who says nothing: found, named and cut", async () => {
  const speaking = impostor.speakAs(cleo.userId, 6_000, -1);
  await ben.until(() => voiceAt(ben, cleo) === "unproven", "that nothing proves cleo's voice");
  ear.forget();
  await ear.hearsOnly(tones, [hertz.ann]);
  await speaking;
  assert.deepEqual(seen, ["forged", undefined]);
});

test("a new key in the middle of it leaves out nothing and accuses nobody", async () => {
  await cleo.terminal.leave();
  await agree(ann, ben, mallory);
  ear.forget();
  await ear.hearsOnly(tones, [hertz.ann]);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.deepEqual(seen, ["forged", undefined]);
});
