/** Words go by the server, and with the sound, which does not need it: who is cut off from it, what a server that lies can do about either, and what is told then. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { DishonestServer } from "./support/dishonest.ts";
import { Ear } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { LossyWay } from "./support/lossy-way.ts";
import { callAll, participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

const [annsHertz, bensHertz] = [440, 660];
let server: RunningServer;
let annsServer: DishonestServer;
let bensServer: DishonestServer;
let ann: Headless;
let ben: Headless;
const [annsEar, bensEar] = [new Ear(), new Ear()];
const bensWay = new LossyWay();
/** Of sound as it comes, with all that is around it; what is longer carries a word. */
const longestFrame = 320;
/** Each state of ann's voice at ben's, and of ben's at ann's. */
let seen: { readonly ann: (string | undefined)[]; readonly ben: (string | undefined)[] };

async function person(
  dishonest: DishonestServer,
  userId: string,
  hertz: number,
  ear: Ear,
  way: LossyWay = new LossyWay(),
): Promise<Headless> {
  const media = way.around(
    nodeMedia({ source: () => toneSource(hertz), sink: () => ear, localAddress: "127.0.0.1" }),
  );
  return registerHeadless(dishonest.origin, userId, { environment: { media, serverOrigin: server.origin } });
}

function watch(watcher: Headless, whom: Headless, into: (string | undefined)[]): void {
  watcher.terminal.subscribe(({ call }) => {
    const found = call?.phase === "active" && call.participants.find(({ userId }) => userId === whom.userId);
    if (found !== false && found !== undefined && found.voice !== into.at(-1)) into.push(found.voice);
  });
}

before(async () => {
  server = await startTestServer();
  annsServer = await DishonestServer.before(server.origin);
  bensServer = await DishonestServer.before(server.origin);
  ann = await person(annsServer, "ann", annsHertz, annsEar);
  ben = await person(bensServer, "ben", bensHertz, bensEar, bensWay);
  seen = { ann: [], ben: [] };
  await callAll(ann, ben);
  watch(ben, ann, seen.ann);
  watch(ann, ben, seen.ben);
  await Promise.all([hears(bensEar, annsHertz), hears(annsEar, bensHertz)]);
});
after(async () => {
  for (const { terminal } of [ann, ben]) terminal.close();
  for (const one of [annsServer, bensServer]) await one.close();
  bensWay.close();
  await server.close();
});

async function hears(ear: Ear, ...expected: readonly number[]): Promise<void> {
  ear.forget();
  await ear.hearsOnly([annsHertz, bensHertz], expected);
}

const voiceOf = (whom: Headless, watcher: Headless): string | undefined =>
  participant(watcher.terminal.state, whom.userId).voice;
const until = (watcher: Headless, whom: Headless, voice: string | undefined): Promise<unknown> =>
  watcher.until(
    ({ call }) => call !== undefined && voiceOf(whom, watcher) === voice,
    `that ${whom.userId}'s voice is ${voice ?? "proven"}`,
  );
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("whose own connection is away is heard on, and so are the others there: words go with the sound, and prove it both ways", async () => {
  annsServer.isDown = true;
  annsServer.cut();
  await ann.until(({ connection }) => connection.status !== "online", "that ann is away");
  // Longer than anybody is heard unproven.
  await pause(9_000);
  await hears(bensEar, annsHertz);
  await hears(annsEar, bensHertz);
  annsServer.isDown = false;
  await ann.until(({ connection }) => connection.status === "online", "that ann is back");
  await pause(3_000);
  await hears(bensEar, annsHertz);
  assert.deepEqual(seen, { ann: [], ben: [] });
});

test("a server that keeps a terminal's words back, or changes them, proves nothing less: they come with the sound", async () => {
  for (const lie of [
    () => annsServer.onRequest("call.spoke", () => []),
    () =>
      bensServer.onEvent("call.memberSpoke", (body) => [
        { ...body, word: body.word.map((byte, n) => (n === 40 ? byte ^ 1 : byte)) },
      ]),
  ]) {
    lie();
    await pause(5_000);
    await hears(bensEar, annsHertz);
    annsServer.repent();
    bensServer.repent();
  }
  assert.deepEqual(seen, { ann: [], ben: [] });
});

test("where those that come with the sound are kept back, too, what is heard is unproven and nothing worse", async () => {
  seen.ann.length = 0;
  bensWay.drop = ({ length }) => length > longestFrame;
  for (const lie of [
    () => annsServer.onRequest("call.spoke", () => []),
    () =>
      bensServer.onEvent("call.memberSpoke", (body) => [
        { ...body, word: body.word.map((byte, n) => (n === 40 ? byte ^ 1 : byte)) },
      ]),
  ]) {
    lie();
    await until(ben, ann, "unproven");
    await hears(bensEar);
    annsServer.repent();
    bensServer.repent();
    await until(ben, ann, undefined);
    await hears(bensEar, annsHertz);
  }
  assert.ok(!seen.ann.includes("forged"));
});

test("a server that says that it passes no words on has all shown as speaking without proof, and nobody is cut", async () => {
  await ann.terminal.leave();
  await ben.terminal.leave();
  bensServer.onReply("session.hello", (body) => [
    { ...body, features: (body.features ?? []).filter((feature) => feature !== "spoke") },
  ]);
  bensServer.cut();
  await ben.until(({ connection }) => connection.status !== "online", "offline");
  await ben.until(({ connection }) => connection.status === "online", "online again");
  await callAll(ben, ann);
  await until(ben, ann, "unprovable");
  await hears(bensEar, annsHertz);
  // Of ben nothing is signed there, though his leaf says so.
  await until(ann, ben, "unproven");
  await pause(3_000);
  assert.equal(voiceOf(ann, ben), "unprovable");
});
