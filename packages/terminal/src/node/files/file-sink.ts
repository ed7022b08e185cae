import { SignetError } from "@signet/protocol";

import type { AudioSink } from "../audio.ts";
import { OpusWriter } from "./opus-writer.ts";
import { WavWriter } from "./wav-writer.ts";

/**
 * Writes a WAV (`.wav`) or an Ogg Opus file (`.opus`, `.ogg`), in place of one that has the name.
 * @throws SignetError `media.badFileName`, `media.cannotWrite`
 */
export function createAudioFile(path: string): AudioSink {
  if (/\.wav$/i.test(path)) return new WavWriter(path);
  if (/\.(opus|ogg)$/i.test(path)) return new OpusWriter(path);
  throw new SignetError("media.badFileName");
}
