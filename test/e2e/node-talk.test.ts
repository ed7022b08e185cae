/** Terminals without a browser, over a real server and its media process: what they say is what the others hear. */
import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";

import type { Bytes } from "@signet/protocol";
import type { RunningServer } from "@signet/server";
import type { TerminalState } from "@signet/terminal";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { Ear, toneIn } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { MediaTap, decodeOpus } from "./support/media-tap.ts";
import { agree, callAll } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { processAtUdpPort } from "./support/served.ts";
import { eventually } from "./support/wait.ts";

interface Talker extends Headless {
  readonly ear: Ear;
  readonly record: Ear;
  readonly hertz: number;
  /** Frames of the source so far; it waits while nobody can hear it. */
  readonly read: () => number;
}

const voices = [440, 660, 880];
const silentTones = [370, 510, 590, 730, 810, 950];
let server: RunningServer;
let ann: Talker;
let ben: Talker;
let cleo: Talker;
/** In the call, too, but hears packets rather than voices. */
let dora: Headless;
const tap = new MediaTap();

async function talker(userId: string, hertz: number): Promise<Talker> {
  const ear = new Ear();
  const record = new Ear();
  let read = 0;
  const tone = toneSource(hertz);
  const media = nodeMedia({
    source: () => ({ ...tone, waits: true, read: () => (read++, tone.read()) }),
    sink: () => ear,
    record: () => record,
    localAddress: "127.0.0.1",
  });
  const headless = await registerHeadless(server.origin, userId, {
    environment: { media },
  });
  return { ...headless, ear, record, hertz, read: () => read };
}

before(async () => {
  server = await startTestServer();
  ann = await talker("ann", 440);
  ben = await talker("ben", 660);
  cleo = await talker("cleo", 880);
  dora = await registerHeadless(server.origin, "dora", { environment: { media: tap } });
});
after(async () => {
  for (const { terminal } of [ann, ben, cleo, dora]) terminal.close();
  await server.close();
});

const speaking = (state: TerminalState): string =>
  (state.call?.participants ?? [])
    .filter((person) => person.speaking)
    .map(({ userId }) => userId)
    .join(" ");

const others = (talker: Talker): number[] => voices.filter((hertz) => hertz !== talker.hertz);

test("each of three hears the two others and not themselves, and sees who speaks", async () => {
  await callAll(ann, ben, cleo, dora);
  for (const person of [ann, ben, cleo]) {
    await person.until((state) => state.call?.media.status === "connected", "connected");
    assert.deepEqual(person.terminal.state.call?.microphone, { status: "on" });
    await person.ear.hearsOnly(voices, others(person));
  }
  await ann.until((state) => speaking(state) === "ben cleo", "ben and cleo speak");
  await eventually("ann's own level", () => ann.terminal.microphoneLevel() > 0.01);
});

test("the recording holds one's own voice as well", async () => {
  await ann.record.hearsOnly(voices, voices);
});

test("who is muted is not heard, and not seen to speak, until unmuted", async () => {
  ben.terminal.setMuted(true);
  await ben.until((state) => state.call?.microphone.status === "muted", "muted");
  await ann.ear.hearsOnly(voices, [880]);
  await cleo.ear.hearsOnly(voices, [440]);
  await ann.until((state) => speaking(state) === "cleo", "only cleo speaks");
  assert.equal(ben.terminal.microphoneLevel(), 0);
  ben.terminal.setMuted(false);
  await ann.ear.hearsOnly(voices, [660, 880]);
});

test("what goes over the wire is neither the Opus that was given nor anything that decodes to it", async () => {
  const { payloads, opened } = await tap.capture(300);
  // A tenth may be of an epoch before, or be lost in the tap's own start.
  assert.ok(opened.length > 270, `${opened.length} of 300 frames opened`);
  for (const { payload, data } of opened) assert.ok(!Buffer.from(payload).includes(Buffer.from(data)));
  /** How much the loudest voice stands out among frequencies that nobody speaks at. */
  const prominence = async (packets: readonly Bytes[]): Promise<number> => {
    const frames = await decodeOpus(packets);
    const loudest = (tones: readonly number[]) => Math.max(1, ...tones.map((hertz) => toneIn(frames, hertz)));
    return loudest(voices) / loudest(silentTones);
  };
  for (const leaf of new Set(opened.map((frame) => frame.leaf))) {
    const ofOne = opened.filter((frame) => frame.leaf === leaf);
    assert.ok((await prominence(ofOne.map(({ data }) => data))) > 30, "the keys give the voice");
    assert.ok((await prominence(ofOne.map(({ payload }) => payload))) < 6, "the wire does not");
  }
  assert.ok((await prominence(payloads)) < 6);
});

test("the media process is killed: the audio is back by itself, and what can wait is not said meanwhile", async (context) => {
  const port = tap.remotePort;
  const killedAtMs = performance.now();
  const isLost = ann.until((state) => state.call?.media.status === "connecting", "the connection is lost");
  process.kill(processAtUdpPort(port), "SIGKILL");
  await isLost;
  const read = ann.read();
  await ann.until((state) => state.call?.media.status === "connected", "connected again");
  assert.equal(ann.read(), read, "nothing that nobody can hear is said");
  for (const person of [ann, ben, cleo])
    await person.until((state) => state.call?.media.status === "connected", "connected again");
  context.diagnostic(`connected again ${Math.round(performance.now() - killedAtMs)} ms after the kill`);
  for (const person of [ann, ben, cleo]) {
    person.ear.forget();
    await person.ear.hearsOnly(voices, others(person));
  }
});

test("a frame that cannot be encrypted: not sent, said, and the sound is back by itself", async () => {
  const seen: string[] = [];
  const stops = [ann, ben, cleo].map(({ terminal, userId }) => {
    let shown = "";
    return terminal.subscribe(({ call }) => {
      const status = call?.media.status ?? "";
      if (status !== shown && status !== "connected") seen.push(`${userId} ${status}`);
      shown = status;
    });
  });
  // The next frame of one of the three, whoever it is; then WebCrypto works again.
  const encrypt = mock.method(crypto.subtle, "encrypt", () => Promise.reject(new Error("out of memory")), {
    times: 1,
  });
  await eventually("a frame that fails", () => encrypt.mock.callCount() > 0);
  await eventually("that somebody sees a restart", () => seen.length > 0);
  for (const person of [ann, ben, cleo])
    await person.until((state) => state.call?.media.status === "connected", "connected again");
  for (const stop of stops) stop();
  assert.equal(seen.length, 1, seen.join());
  assert.match(seen[0] ?? "", /^\w+ restarting$/);
  for (const person of [ann, ben, cleo]) {
    person.ear.forget();
    await person.ear.hearsOnly(voices, others(person));
  }
});

test("who leaves is heard no more, and their sources and sinks are closed", async () => {
  await cleo.terminal.leave();
  await agree(ann, ben, dora);
  await ann.ear.hearsOnly(voices, [660]);
  await ben.ear.hearsOnly(voices, [440]);
  assert.ok(cleo.ear.closed && cleo.record.closed);
  await ann.terminal.endForAll();
  await ben.until((state) => state.call?.phase === "ended", "ended");
  assert.ok(ben.ear.closed);
});
