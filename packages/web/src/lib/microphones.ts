import { SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { readStored, writeStored } from "./storage.ts";

export interface Microphone {
  readonly deviceId: string;
  readonly label: string;
}

/** Browsers give names only after permission; before it the list may be one nameless entry. */
export async function listMicrophones(): Promise<readonly Microphone[]> {
  // Absent on pages that are neither HTTPS nor localhost, whatever the types say.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media === undefined) return [];
  const devices = await media.enumerateDevices().catch(() => []);
  return devices
    .filter((device) => device.kind === "audioinput" && device.deviceId !== "")
    .map(({ deviceId, label }, index) => ({ deviceId, label: label || texts().home.numbered(index + 1) }));
}

export function watchMicrophones(listener: () => void): () => void {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  media?.addEventListener("devicechange", listener);
  return () => media?.removeEventListener("devicechange", listener);
}

/** The chosen input of this browser profile; undefined for the default one. */
export function preferredMicrophone(): string | undefined {
  const stored = readStored("microphone");
  return typeof stored === "string" && stored !== "" ? stored : undefined;
}

/** What it was called when it was chosen: it may be unplugged now. */
export function preferredMicrophoneName(): string {
  const stored = readStored("microphoneName");
  return typeof stored === "string" && stored !== "" ? stored : texts().home.chosenOne;
}

export function storePreferredMicrophone(chosen: Microphone | undefined): void {
  writeStored("microphone", chosen?.deviceId ?? "");
  writeStored("microphoneName", chosen?.label ?? "");
}

export interface MicrophoneTest {
  /** Root mean square, 0 to 1. */
  readonly level: () => number;
  /** It is another one than the one that was asked for. */
  readonly isOther: boolean;
  readonly stop: () => void;
}

/** Opens the microphone for a level only: nothing is recorded or sent. Rejects with `media.*` errors. */
export async function startMicrophoneTest(deviceId: string | undefined): Promise<MicrophoneTest> {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (media === undefined) throw new SignetError("media.noMicrophone");
  const audio = deviceId === undefined ? true : { deviceId: { ideal: deviceId } };
  const stream = await media.getUserMedia({ audio }).catch((error: unknown) => {
    throw new SignetError(codeOfRefusal(error), error);
  });
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const used = stream.getAudioTracks()[0]?.getSettings().deviceId;
  return {
    isOther: deviceId !== undefined && used !== deviceId,
    level: () => {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
      context.close().catch(() => {});
    },
  };
}

function codeOfRefusal(error: unknown): ErrorCode {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "media.microphoneDenied";
  return name === "NotReadableError" || name === "AbortError" ? "media.microphoneBusy" : "media.noMicrophone";
}
