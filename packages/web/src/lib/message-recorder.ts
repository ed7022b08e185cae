/** Records a voice message at this machine: Opus by the browser's own encoder, in the one form that everybody's terminal reads. */
import { mostMessageMs, SignetError, writeMessageSound } from "@signet/terminal";

import { codeOfRefusal } from "./microphone-test.ts";
import workletUrl from "./recorder-worklet.ts?worker&url";
import { preferredDevice } from "./sound-devices.ts";
import { processingWish } from "./sound-wishes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const sampleRate = 48_000;
const frameUs = 20_000;
/** What Opus takes to begin, at 48 kHz, where a browser does not say (RFC 7845, section 4.2). */
const usualPreSkip = 312;
/** So that what is sealed needs no more room than its length. */
const bitrate = 16_000;

const config = (rate: number): AudioEncoderConfig => ({
  codec: "opus",
  sampleRate: rate,
  numberOfChannels: 1,
  bitrate,
  opus: { format: "opus", frameDuration: frameUs },
});

/** Whether this browser can make what a voice message is. */
export async function canRecord(): Promise<boolean> {
  if (!("AudioEncoder" in globalThis) || !("AudioWorkletNode" in globalThis)) return false;
  return (
    (await AudioEncoder.isConfigSupported(config(sampleRate)).catch(() => undefined))?.supported === true
  );
}

export interface Recording {
  /** How much of it there is (ms). */
  readonly lengthMs: () => number;
  /** Root mean square of what came in last, 0 to 1. */
  readonly level: () => number;
  /** What there is now. Once. @throws SignetError `message.badSound` where nothing was heard */
  readonly finish: () => Promise<Bytes>;
  /** Nothing of it is kept. */
  readonly cancel: () => void;
}

/** @param onFull two minutes are over: nothing more is recorded. Rejects with `media.*` errors */
export async function startRecording(onFull: () => void): Promise<Recording> {
  // Absent on pages that are neither HTTPS nor localhost, whatever the types say.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media === undefined) throw new SignetError("media.noMicrophone");
  const deviceId = preferredDevice("microphone");
  const chosen = deviceId === undefined ? {} : { deviceId: { ideal: deviceId } };
  const stream = await media
    .getUserMedia({ audio: { ...processingWish(), ...chosen } })
    .catch((error: unknown) => {
      throw new SignetError(codeOfRefusal(error), error);
    });
  const stopTracks = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    return await record(stream, stopTracks, onFull);
  } catch (error) {
    stopTracks();
    throw error;
  }
}

async function record(stream: MediaStream, stopTracks: () => void, onFull: () => void): Promise<Recording> {
  const { context, source } = openContext(stream);
  await context.audioWorklet.addModule(workletUrl);
  const packets: Bytes[] = [];
  let preSkip = usualPreSkip;
  const encoder = new AudioEncoder({
    output: (chunk, metadata) => {
      const packet = new Uint8Array(chunk.byteLength);
      chunk.copyTo(packet);
      packets.push(packet);
      preSkip = preSkipIn(metadata?.decoderConfig?.description) ?? preSkip;
    },
    // What there is until then is what there is.
    error: () => stop(),
  });
  encoder.configure(config(context.sampleRate));
  const node = new AudioWorkletNode(context, "recorder", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  let samples = 0;
  let level = 0;
  let isStopped = false;
  const lengthMs = (): number => Math.min(mostMessageMs, (samples / context.sampleRate) * 1000);
  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    source.disconnect();
    node.port.close();
    stopTracks();
    context.close().catch(() => {});
  }
  node.port.addEventListener("message", ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => {
    if (isStopped || encoder.state !== "configured") return;
    const rate = context.sampleRate;
    const timestamp = Math.round((samples / rate) * 1_000_000);
    const sound = new AudioData({
      format: "f32-planar",
      sampleRate: rate,
      numberOfFrames: data.length,
      numberOfChannels: 1,
      timestamp,
      data,
    });
    encoder.encode(sound);
    sound.close();
    samples += data.length;
    level = Math.sqrt(data.reduce((sum, sample) => sum + sample * sample, 0) / data.length);
    if (lengthMs() < mostMessageMs) return;
    stop();
    onFull();
  });
  node.port.start();
  source.connect(node);
  await context.resume();
  return {
    lengthMs,
    level: () => level,
    finish: async () => {
      stop();
      if (encoder.state === "configured") await encoder.flush();
      if (encoder.state !== "closed") encoder.close();
      return writeMessageSound({ packets: packets.slice(0, mostMessageMs / (frameUs / 1000)), preSkip });
    },
    cancel: () => {
      stop();
      if (encoder.state !== "closed") encoder.close();
    },
  };
}

/** At the rate of Opus; of the microphone where a browser joins no two rates. */
function openContext(stream: MediaStream): { context: AudioContext; source: MediaStreamAudioSourceNode } {
  const context = new AudioContext({ sampleRate });
  try {
    return { context, source: new MediaStreamAudioSourceNode(context, { mediaStream: stream }) };
  } catch {
    context.close().catch(() => {});
    const other = new AudioContext();
    return { context: other, source: new MediaStreamAudioSourceNode(other, { mediaStream: stream }) };
  }
}

/** Of the head of Opus that an encoder gives with its first packet (RFC 7845, section 5.1). */
function preSkipIn(description: AllowSharedBufferSource | undefined): number | undefined {
  if (description === undefined) return undefined;
  const view = ArrayBuffer.isView(description)
    ? new DataView(description.buffer, description.byteOffset, description.byteLength)
    : new DataView(description);
  return view.byteLength >= 12 ? view.getUint16(10, true) : undefined;
}
