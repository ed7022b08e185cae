/** Scenarios in which the frame worker of a call is replaced by another. */
import { FrameEncryptor } from "../../src/frames/frame-encryptor.ts";
import { FrameWorker } from "../../src/frames/frame-worker.ts";
import { createProtectedConnection } from "../../src/frames/protected-connection.ts";
import { decodeHeader } from "../../src/sframe/header.ts";
import { importBaseKey } from "../../src/sframe/key.ts";
import { control, openAll } from "./control.ts";
import type { Bytes } from "./control.ts";
import type { FailingWorkerOrder } from "./failing-worker.ts";
import { anna, ben, connect, guarded, play, terminalFrames, tone, until } from "./peers.ts";
import { someBytes } from "./some-bytes.ts";
import { sendersAt } from "../senders.ts";

/** A frame worker that can be made to fail. */
function failingFrames(): { frames: FrameWorker; order(order: FailingWorkerOrder): void } {
  const workers: Worker[] = [];
  const frames = new FrameWorker(() => {
    const worker = new Worker(new URL("./failing-worker.ts", import.meta.url), { type: "module" });
    workers.push(worker);
    return worker;
  });
  return { frames, order: (order) => workers.at(-1)?.postMessage(order) };
}

export const replacedScenarios = {
  /** The worker fails in a running connection by `how`; another takes its place, with a connection of its own. */
  async workerReplaced(how: "stall" | "throw") {
    const { frames, order } = failingFrames();
    const first = await control(frames);
    await first.pass(50);
    order({ type: how });
    await until(() => first.failure() !== undefined);
    const closed = first.connection.peerConnection.signalingState;
    // In tasks of their own, what is on the way comes, and so would anything that is sent all the same.
    const refused = await first.connection.setTrack(tone(440)).catch((error: { code: string }) => error.code);
    const before = first.tap.frames.length;
    frames.restart();
    const second = await control(frames);
    await second.pass(50);
    const after = first.tap.frames.length;
    const wire = [...first.tap.frames, ...second.tap.frames];
    const nonces = wire.map((frame) => decodeHeader(frame)).map((header) => `${header?.kid} ${header?.ctr}`);
    const result = {
      failures: [first.failure(), second.failure()],
      closed,
      refused,
      sentAfterwards: after - before,
      wire: await openAll(wire),
      framesTwice: nonces.length - new Set(nonces).size,
    };
    second.close();
    first.tap.peerConnection.close();
    return result;
  },

  /** The server sends what it recorded to the worker that takes over, again from the start. */
  async replayedToTheNext() {
    const recorded = await annasFrames(400);
    const benFrames = await terminalFrames(ben, 1n);
    /** @returns what ben's worker did when it had opened `count` frames */
    const hear = async (count: number) => {
      const worker = new Worker(new URL("./replay-worker.ts", import.meta.url), { type: "module" });
      const sender = new RTCPeerConnection(guarded);
      const transceiver = sender.addTransceiver("audio", { direction: "sendonly" });
      transceiver.sender.transform = new RTCRtpScriptTransform(worker, { recorded });
      const far = new RTCPeerConnection(guarded);
      const connection = benFrames.nextConnection();
      far.addEventListener("track", ({ receiver, track }) => {
        receiver.transform = benFrames.transform({ side: "receive", connection, slot: 0 });
        play(track);
      });
      await connect(sender, far);
      await transceiver.sender.replaceTrack(tone(440));
      await until(async () => (await benFrames.counters(connection)).framesDecrypted >= count);
      const counters = await benFrames.counters(connection);
      sender.close();
      far.close();
      worker.terminate();
      return counters;
    };
    const first = await hear(60);
    benFrames.restart();
    const second = await hear(1);
    benFrames.close();
    return { first, second };
  },

  /** Ben closes the connection on which he hears anna, and hears her on the next one. */
  async nextConnection() {
    const said = await annasFrames(600);
    const benFrames = await terminalFrames(ben, 1n);
    const hear = async (recorded: readonly Bytes[]) => {
      const connection = createProtectedConnection({ frames: benFrames, slotCount: 1 });
      for (const { receiver } of connection.slots) play(receiver.track);
      const far = new RTCPeerConnection(guarded);
      const worker = new Worker(new URL("./replay-worker.ts", import.meta.url), { type: "module" });
      await connect(connection.peerConnection, far, () => {
        const transceiver = far.getTransceivers()[1]!;
        transceiver.direction = "sendonly";
        transceiver.sender.transform = new RTCRtpScriptTransform(worker, { recorded });
        void transceiver.sender.replaceTrack(tone(440));
      });
      const before = (await connection.counters()).framesDecrypted;
      await until(async () => (await connection.counters()).framesDecrypted >= before + 40);
      const counters = await connection.counters();
      connection.close();
      far.close();
      worker.terminate();
      return counters;
    };
    const { framesDecrypted } = await hear(said);
    // Nothing is missing, whatever the time that a connection takes: there is no gap to wait for.
    const { framesDropped } = await hear(said.slice(framesDecrypted));
    benFrames.close();
    return framesDropped;
  },
};

/** As anna's terminal seals them one after the other. */
async function annasFrames(count: number): Promise<Bytes[]> {
  const frames: Bytes[] = [];
  const encryptor = new FrameEncryptor(0);
  encryptor.setEpoch({
    epoch: 1n,
    baseKey: await importBaseKey(someBytes(16, 1)),
    senders: sendersAt([anna, ben]),
    ownLeaf: anna,
  });
  for (let n = 0; n < count; n++) {
    const sealed = await encryptor.seal(someBytes(40, n));
    if (sealed.type === "sealed") frames.push(sealed.data);
  }
  return frames;
}
