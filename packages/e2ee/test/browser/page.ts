/** What the Chromium test asks this page to do. Each function plays one scenario and returns what was seen. */
import { FrameWorker } from "../../src/frames/frame-worker.ts";
import {
  createProtectedConnection,
  guardSender,
  type ProtectedConnection,
} from "../../src/frames/protected-connection.ts";
import type { FrameCounters, SlotSpeaker } from "../../src/frames/worker-messages.ts";
import { control, openAll } from "./control.ts";
import type { Bytes } from "./control.ts";
import {
  anna,
  ben,
  connect,
  enter,
  guarded,
  play,
  receivedBy,
  sentBy,
  terminalFrames,
  tone,
  until,
  wiretap,
} from "./peers.ts";
import { dishonestScenarios } from "./dishonest.ts";
import { replacedScenarios } from "./replaced.ts";
import { someBytes } from "./some-bytes.ts";
import { sendersAt } from "../senders.ts";

/** A connection made by hand, as somebody careless would; the track is there before any transform. */
async function careless(configuration: RTCConfiguration) {
  const peerConnection = new RTCPeerConnection(configuration);
  const { sender } = peerConnection.addTransceiver(tone(550), { direction: "sendonly" });
  const tap = wiretap();
  await connect(peerConnection, tap.peerConnection);
  return { peerConnection, sender, tap };
}

async function seen(
  peerConnection: RTCPeerConnection,
  tap: { peerConnection: RTCPeerConnection; frames: readonly Bytes[] },
) {
  const received = await receivedBy(tap.peerConnection);
  return {
    sent: await sentBy(peerConnection),
    packetsReceived: received.packets,
    bytesReceived: received.bytes,
    frames: tap.frames.length,
  };
}

const scenarios = {
  async onTheWire() {
    const { tap, pass, failure, close } = await control();
    await pass(100);
    const result = { wire: await openAll(tap.frames), failure: failure() };
    close();
    return result;
  },

  /** Anna (protected, offering) and ben (answering), both ways, over three epochs. */
  async bothWays() {
    const [annaFrames, benFrames] = [await terminalFrames(anna, 1n), await terminalFrames(ben, 1n)];
    const speakers: { by: string; slot: number; leaf: number | undefined; epoch: string }[] = [];
    const note = (by: string) => (speaker: SlotSpeaker) => {
      speakers.push({ by, slot: speaker.slot, leaf: speaker.leaf, epoch: String(speaker.epoch) });
    };
    let failure: string | undefined;
    let stats: FrameCounters | undefined;
    const connection: ProtectedConnection = createProtectedConnection({
      frames: annaFrames,
      slotCount: 2,
      onSpeaker: note("anna"),
      onStats: (counters) => (stats = counters),
      onFailure: ({ code }) => (failure = code),
    });
    benFrames.onSpeaker(note("ben"));
    for (const { receiver } of connection.slots) play(receiver.track);
    const far = new RTCPeerConnection(guarded);
    far.addEventListener("track", ({ receiver, track }) => {
      receiver.transform = benFrames.transform({ side: "receive", connection: 0, slot: 5 });
      play(track);
    });
    await connect(connection.peerConnection, far, () => {
      const second = far.getTransceivers()[2];
      if (second === undefined) throw new Error("no second slot");
      second.direction = "sendonly";
      second.sender.transform = benFrames.transform({ side: "send", connection: 0 });
      void second.sender.replaceTrack(tone(660));
    });
    await connection.setTrack(tone(440));
    const counters = async () => [await annaFrames.counters(0), await benFrames.counters(0)] as const;
    const more = async (count: number) => {
      const before = await counters();
      await until(async () =>
        (await counters()).every(
          (now, side) => now.framesDecrypted >= (before[side]?.framesDecrypted ?? 0) + count,
        ),
      );
    };
    await more(50);
    // Ben gets each Commit late: anna's frames of the new epoch are with him before its key.
    for (const epoch of [2n, 3n]) {
      const held = (await benFrames.counters(0)).framesHeld;
      await enter(annaFrames, anna, epoch);
      // One is enough, as what waits for more than half a second is dropped: on a busy machine that may be soon.
      await until(async () => (await benFrames.counters(0)).framesHeld > held);
      await enter(benFrames, ben, epoch);
      await more(30);
    }
    await until(
      async () =>
        (await receivedBy(connection.peerConnection)).energy > 0 && (await receivedBy(far)).energy > 0,
    );
    await until(() => stats !== undefined);
    const [annaCounted, benCounted] = await counters();
    connection.close();
    far.close();
    annaFrames.close();
    benFrames.close();
    return { speakers, failure, stats, anna: annaCounted, ben: benCounted };
  },

  /** A wrong key opens nothing, and nothing is heard. */
  async wrongKey() {
    const stranger = await terminalFrames(ben);
    await stranger.setEpoch({
      epoch: 1n,
      baseKey: someBytes(16, 77),
      senders: sendersAt([anna, ben]),
      ownLeaf: ben,
    });
    const far = new RTCPeerConnection(guarded);
    far.addEventListener("track", ({ receiver, track }) => {
      receiver.transform = stranger.transform({ side: "receive", connection: 0, slot: 0 });
      play(track);
    });
    const frames = await terminalFrames(anna, 1n);
    const other = createProtectedConnection({ frames, slotCount: 1 });
    await connect(other.peerConnection, far);
    await other.setTrack(tone(440));
    await until(async () => ((await stranger.counters(0)).framesDropped.forged ?? 0) >= 50);
    const result = { counters: await stranger.counters(0), energy: (await receivedBy(far)).energy };
    other.close();
    far.close();
    frames.close();
    stranger.close();
    return result;
  },

  async missingTransform() {
    const clock = await control();
    const { peerConnection, tap } = await careless(guarded);
    await clock.pass(100);
    const result = await seen(peerConnection, tap);
    peerConnection.close();
    clock.close();
    return result;
  },

  async forgottenTransform() {
    const clock = await control();
    const connection = createProtectedConnection({ frames: clock.frames, slotCount: 1 });
    connection.peerConnection.addTransceiver(tone(550), { direction: "sendonly" });
    const tap = wiretap();
    await connect(connection.peerConnection, tap.peerConnection);
    await clock.pass(50);
    const result = await seen(connection.peerConnection, tap);
    connection.close();
    clock.close();
    return result;
  },

  async lateTransform() {
    const clock = await control();
    const { peerConnection, sender, tap } = await careless(guarded);
    await clock.pass(50);
    const before = await seen(peerConnection, tap);
    sender.transform = clock.frames.transform({ side: "send", connection: clock.frames.nextConnection() });
    await until(() => tap.frames.length >= 50);
    const after = await openAll(tap.frames);
    peerConnection.close();
    clock.close();
    return { before, after };
  },

  async noKey() {
    const clock = await control();
    const frames = await terminalFrames(anna);
    const connection = createProtectedConnection({ frames, slotCount: 1 });
    const tap = wiretap();
    await connect(connection.peerConnection, tap.peerConnection);
    await connection.setTrack(tone(440));
    await clock.pass(50);
    const result = { ...(await seen(connection.peerConnection, tap)), counters: await frames.counters(0) };
    connection.close();
    frames.close();
    clock.close();
    return result;
  },

  /** Stops a running connection by `how` and sees whether anything is sent afterwards. */
  async stopped(how: "terminate" | "null") {
    const [clock, victim] = [await control(), await control()];
    await victim.pass(20);
    if (how === "terminate") victim.frames.close();
    else victim.connection.sending.sender.transform = null;
    // What had passed the worker may still be on its way.
    await clock.pass(20);
    const before = await seen(victim.connection.peerConnection, victim.tap);
    await clock.pass(100);
    const after = await seen(victim.connection.peerConnection, victim.tap);
    victim.close();
    clock.close();
    return { before, after };
  },

  /** The worker dies without a word: its silence ends the connection. */
  async workerDies() {
    const worker = new Worker(new URL("../../src/frames/worker.ts", import.meta.url), { type: "module" });
    const victim = await control(new FrameWorker(() => worker));
    await victim.pass(5);
    worker.terminate();
    await until(() => victim.failure() !== undefined);
    const { signalingState } = victim.connection.peerConnection;
    const track = await victim.connection.setTrack(tone(440)).catch((error: { code: string }) => error.code);
    victim.close();
    return { failure: victim.failure(), signalingState, track };
  },

  /** The worker's script does not load: no track is ever attached. */
  async workerMissing() {
    const frames = new FrameWorker(() => new Worker("/no-such-worker.js", { type: "module" }));
    const failure = new Promise<string>((resolve) => frames.onFailure(({ code }) => resolve(code)));
    const connection = createProtectedConnection({ frames, slotCount: 1 });
    const tap = wiretap();
    void connect(connection.peerConnection, tap.peerConnection).catch(() => undefined);
    const code = await failure;
    const track = await connection.setTrack(tone(440)).catch((error: { code: string }) => error.code);
    const { signalingState } = connection.peerConnection;
    tap.peerConnection.close();
    return { code, track, signalingState };
  },

  ...replacedScenarios,
  ...dishonestScenarios,

  /** Chromium's trap: without the legacy option a late transform is ignored, and all is sent in the clear. */
  async plaintext() {
    const frames = await terminalFrames(anna, 1n);
    const { peerConnection, sender, tap } = await careless({});
    const connection = frames.nextConnection();
    sender.transform = frames.transform({ side: "send", connection });
    await until(() => tap.frames.length >= 20);
    const wire = await openAll(tap.frames);
    const code = await new Promise<string>((resolve) => {
      guardSender(sender, frames, connection, (error) => resolve(error.code)).start();
    });
    const counters = await frames.counters(connection);
    peerConnection.close();
    frames.close();
    return { wire, code, counters };
  },
};

export type Scenarios = typeof scenarios;
Object.assign(globalThis, { scenarios });
