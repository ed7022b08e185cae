import { FrameDecryptor } from "../../src/frames/frame-decryptor.ts";
import { FrameWorker } from "../../src/frames/frame-worker.ts";
import { createProtectedConnection } from "../../src/frames/protected-connection.ts";
import { importBaseKey } from "../../src/sframe/key.ts";
import { anna, ben, connect, enter, tone, until, wiretap } from "./peers.ts";
import { someBytes } from "./some-bytes.ts";
import { sendersAt } from "../senders.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** Opens frames taken from the wire with ben's keys of epoch 1. */
export async function openAll(
  frames: readonly Bytes[],
): Promise<{ opened: number; refused: number; empty: number }> {
  const decryptor = new FrameDecryptor();
  decryptor.setEpoch({
    epoch: 1n,
    baseKey: await importBaseKey(someBytes(16, 1)),
    senders: sendersAt([anna, ben]),
    ownLeaf: ben,
  });
  const stream = decryptor.stream();
  const results = await Promise.all(frames.map((frame) => stream.open(frame)));
  decryptor.close();
  const empty = results.filter((result) => result.type === "dropped" && result.reason === "empty").length;
  const opened = results.filter(({ type }) => type === "opened").length;
  return { opened, refused: results.length - opened - empty, empty };
}

/** Anna, protected, to a wiretap. Measures the time for connections that are to stay silent beside it. */
export async function control(frames: FrameWorker = new FrameWorker()) {
  await enter(frames, anna, 1n);
  let failure: string | undefined;
  const connection = createProtectedConnection({
    frames,
    slotCount: 1,
    onFailure: ({ code }) => (failure = code),
  });
  const tap = wiretap();
  await connect(connection.peerConnection, tap.peerConnection);
  await connection.setTrack(tone(440));
  await until(() => tap.frames.length > 0);
  return {
    frames,
    connection,
    tap,
    failure: () => failure,
    async pass(count: number) {
      const start = tap.frames.length;
      await until(() => tap.frames.length >= start + count);
    },
    close() {
      connection.close();
      tap.peerConnection.close();
      frames.close();
    },
  };
}
