import type { ErrorCode } from "@signet/protocol";

import { voiceProcesses } from "../sound-choices.ts";
import type { VoiceProcess, VoiceProcessing } from "../sound-choices.ts";
import type { MicrophoneTrouble } from "../state.ts";
import { SoundMeter } from "./sound-meter.ts";

/** Between two looks whether it gives sound. */
const lookEveryMs = 20;

/** A microphone that was opened, until it is closed here. */
export class OpenMicrophone {
  readonly track: MediaStreamTrack;
  readonly openedAtMs = performance.now();
  /** As it was asked for. */
  readonly processing: VoiceProcessing;
  readonly #stream: MediaStream;
  readonly #meter: SoundMeter | undefined;

  private constructor(stream: MediaStream, track: MediaStreamTrack, processing: VoiceProcessing) {
    this.#stream = stream;
    this.track = track;
    this.processing = processing;
    this.#meter = SoundMeter.of(stream);
  }

  /** @param deviceId undefined for the default one @throws DOMException of `getUserMedia` */
  static async open(deviceId: string | undefined, processing: VoiceProcessing): Promise<OpenMicrophone> {
    const audio: MediaTrackConstraints = { ...processing };
    if (deviceId !== undefined) audio.deviceId = { exact: deviceId };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const [track] = stream.getAudioTracks();
    if (track === undefined) throw new DOMException("no track", "NotFoundError");
    return new OpenMicrophone(stream, track, processing);
  }

  /** It is there, and neither the system nor a switch on it mutes it. */
  get isHeard(): boolean {
    return this.track.readyState === "live" && !this.track.muted;
  }

  /** What the browser does otherwise than it was asked, as far as it says. Of what it says nothing, it is not known to do it. */
  get unmet(): readonly VoiceProcess[] {
    const settings = this.track.getSettings();
    // Chromium may name what it cancels the echo of, where others say "true".
    return voiceProcesses.filter((process) => Boolean(settings[process]) !== this.processing[process]);
  }

  /** Root mean square, 0 to 1, of what is said, sent or not. */
  level(): number {
    return this.#meter?.level() ?? 0;
  }

  /**
   * Resolves with its first sound: a microphone that is just switched on gives nothing for a while, and one of Bluetooth for a long one.
   * @param isWorthIt false as soon as it is not to be waited for any longer
   */
  async firstSound(withinMs: number, isWorthIt: () => boolean): Promise<void> {
    const untilMs = performance.now() + withinMs;
    while (isWorthIt() && this.track.readyState === "live" && performance.now() < untilMs) {
      if (this.isHeard && (this.#meter === undefined || this.#meter.level() > 0)) return;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  close(): void {
    for (const track of this.#stream.getTracks()) track.stop();
    this.#meter?.close();
  }
}

/** What came of the attempts to open one; `trouble` is the wished one's. */
export type Opened = { readonly trouble: MicrophoneTrouble | undefined } & (
  | { readonly microphone: OpenMicrophone }
  | { readonly microphone: undefined; readonly code: ErrorCode }
);

/**
 * The wished one, the default one, then every other: each once, until one opens.
 * @param trouble why the wished one is not to be tried
 * @param letGo closes the one in use, where one is: some systems give a microphone to one at a time. Returns whether there was one
 */
export async function openFirst(
  wish: string | undefined,
  processing: VoiceProcessing,
  trouble: MicrophoneTrouble | undefined,
  letGo: () => boolean,
): Promise<Opened> {
  let found = trouble;
  let code: ErrorCode = "media.noMicrophone";
  const others = async (): Promise<readonly string[]> =>
    (await inputs()).map(({ deviceId }) => deviceId).filter((id) => id !== wish && id !== "default");
  const first = wish !== undefined && trouble === undefined ? [wish] : [];
  for (const candidates of [() => [...first, undefined], others]) {
    for (const deviceId of await candidates()) {
      let result = await tryOpen(deviceId, processing);
      if (result === "busy" && letGo()) result = await tryOpen(deviceId, processing);
      if (typeof result === "object") return { microphone: result, trouble: found };
      if (result === "denied")
        return { microphone: undefined, trouble: found, code: "media.microphoneDenied" };
      if (result === "busy") code = "media.microphoneBusy";
      if (deviceId !== undefined && deviceId === wish) found = result;
    }
  }
  return { microphone: undefined, trouble: found, code };
}

const tryOpen = (
  ...wanted: Parameters<typeof OpenMicrophone.open>
): Promise<OpenMicrophone | "denied" | "gone" | "busy"> => OpenMicrophone.open(...wanted).catch(troubleOf);

/** Exceptions of `getUserMedia` (Media Capture and Streams, section 10.3). */
function troubleOf(error: unknown): "denied" | "gone" | "busy" {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "gone";
  }
}

/** The microphones that there are. */
export async function inputs(): Promise<readonly MediaDeviceInfo[]> {
  const known =
    (await mediaDevices()
      ?.enumerateDevices()
      .catch(() => [])) ?? [];
  return known.filter(({ kind }) => kind === "audioinput");
}

/** Absent on pages that are neither HTTPS nor localhost, whatever the types say. */
export const mediaDevices = (): MediaDevices | undefined => navigator.mediaDevices;
