/** A voice message out of a file. */
import type { Bytes } from "@signet/protocol";
import { mostMessageMs, SignetError } from "@signet/protocol";
import { Application, createEncoder } from "libopus-wasm";

import { writeMessageSound } from "../messages/sound/message-sound.ts";
import { frameSamples, sampleRate, silentFrame } from "./audio.ts";
import { openAudioFile } from "./files/file-source.ts";

/** What is sealed then has as many steps as its length, and no more. */
const bitrateBps = 16_000;
const frameMs = 20;

/**
 * @param source a path, or a descriptor that is open
 * @returns as it can be left
 * @throws SignetError as `openAudioFile` does; `message.tooLong`; `media.badFile` where no sound is in it
 */
export async function voiceMessageOf(source: string | number): Promise<Bytes> {
  const audio = await openAudioFile(source);
  const encoder = await createEncoder({
    channels: 1,
    sampleRate,
    application: Application.Voip,
    bitrate: bitrateBps,
    complexity: 9,
  });
  try {
    const preSkip = encoder.getLookahead();
    const packets: Bytes[] = [];
    let isOver = false;
    void audio.ended.then(() => (isOver = true));
    while (!isOver) {
      const frame = audio.read();
      if (frame !== undefined) packets.push(new Uint8Array(encoder.encode(frame)));
      // A pipe brings more, or nothing; told apart only after this.
      else await new Promise((resolve) => setTimeout(resolve, frameMs));
      if (packets.length * frameMs > mostMessageMs) throw new SignetError("message.tooLong");
    }
    if (packets.length === 0) throw new SignetError("media.badFile");
    // What the encoder still holds back, where there is room for it.
    if (packets.length * frameMs < mostMessageMs && preSkip <= frameSamples)
      packets.push(new Uint8Array(encoder.encode(silentFrame)));
    return writeMessageSound({ packets, preSkip });
  } finally {
    encoder.free();
    audio.close();
  }
}
