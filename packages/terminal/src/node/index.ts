/** Terminals without a browser: sound from files, tones or the sound card, and what they need to run on Node. */
export { frameSamples, sampleRate } from "./audio.ts";
export type { AudioSink, AudioSource, DeviceTrouble } from "./audio.ts";
export { createNodeTerminal } from "./create-node-terminal.ts";
export type { NodeTerminalOptions } from "./create-node-terminal.ts";
export { FilePinStore } from "./file-pin-store.ts";
export { createAudioFile } from "./files/file-sink.ts";
export { openAudioFile } from "./files/file-source.ts";
export { HalfDuplex } from "./half-duplex.ts";
export { keptMicrophone, keptSpeaker } from "./kept-devices.ts";
export { nodeMedia } from "./node-media.ts";
export type { NodeMediaOptions } from "./node-media.ts";
export { probeMedia } from "./probe-media.ts";
export type { MediaProbe, MediaProbeFigures, MediaProbeLink, MediaProbeOptions } from "./probe-media.ts";
export { selfTest } from "./self-test.ts";
export type { SelfTest } from "./self-test.ts";
export { microphoneSource, soundCard, speakerSink } from "./sound-card.ts";
export { toneSource } from "./tone.ts";
export { until } from "./until.ts";
