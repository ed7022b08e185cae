import type { ErrorCode } from "@signet/protocol";

import type { MicrophoneState, MicrophoneTrouble } from "../state.ts";
import { SoundMeter } from "./sound-meter.ts";

/** Browsers mute a track for a moment now and then; a person who is told of it should be able to see it last. */
const silentAfterMs = 2_000;
/** A microphone that ends sooner than this after it was opened is not opened again by itself. */
const steadyMs = 2_000;

/** What came of the attempts to open one. */
type Opened =
  | { readonly ok: true; readonly stream: MediaStream; readonly trouble: MicrophoneTrouble | undefined }
  | { readonly ok: false; readonly code: ErrorCode };

/**
 * One microphone at a time: its track, whether it is muted, and how loud it is.
 *
 * The person's wish is kept whatever becomes of the device: while it is gone, busy or silent the default one is in its place, then any
 * other, and it is taken again when it is plugged in.
 */
export class Microphone {
  readonly #onState: (state: MicrophoneState) => void;
  readonly #onTrack: (track: MediaStreamTrack | undefined) => void;
  #wish: string | undefined;
  #trouble: MicrophoneTrouble | undefined;
  #stream: MediaStream | undefined;
  #meter: SoundMeter | undefined;
  #openedAtMs = 0;
  #muted = false;
  #silent = false;
  #silentTimer: ReturnType<typeof setTimeout> | undefined;
  #opening = 0;
  /** Whether a device is there now or on the way: otherwise the next one that is plugged in is. */
  #isUnavailable = false;
  readonly #devicesChanged = (): void => void this.#look();

  constructor(
    onState: (state: MicrophoneState) => void,
    onTrack: (track: MediaStreamTrack | undefined) => void,
  ) {
    this.#onState = onState;
    this.#onTrack = onTrack;
    devices()?.addEventListener("devicechange", this.#devicesChanged);
  }

  get track(): MediaStreamTrack | undefined {
    return this.#stream?.getAudioTracks()[0];
  }

  /** @param deviceId undefined for the default one */
  async open(deviceId: string | undefined): Promise<void> {
    this.#wish = deviceId;
    await this.#start();
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#stream !== undefined) this.#apply();
  }

  /** Root mean square, 0 to 1, of what would be sent. */
  level(): number {
    return this.#muted ? 0 : this.voice();
  }

  /** The same of what is said, sent or not. */
  voice(): number {
    return this.#meter?.level() ?? 0;
  }

  close(): void {
    this.#opening++;
    devices()?.removeEventListener("devicechange", this.#devicesChanged);
    this.#drop();
  }

  /** @param trouble why the wished one is not to be tried */
  async #start(trouble?: MicrophoneTrouble): Promise<void> {
    const opening = ++this.#opening;
    this.#isUnavailable = false;
    this.#onState({ status: "starting" });
    // First: some systems give a microphone to one at a time.
    this.#drop();
    const opened = await openFirst(this.#wish, trouble);
    if (opening !== this.#opening) return void (opened.ok && stop(opened.stream));
    if (!opened.ok) {
      this.#isUnavailable = true;
      this.#onTrack(undefined);
      return this.#onState({ status: "unavailable", code: opened.code });
    }
    this.#stream = opened.stream;
    this.#trouble = opened.trouble;
    this.#openedAtMs = performance.now();
    this.#meter = SoundMeter.of(opened.stream);
    this.#watch();
    this.#apply();
    this.#onTrack(this.track);
  }

  #watch(): void {
    const { track } = this;
    if (track === undefined) return;
    const ifCurrent = (act: () => void) => (): void => {
      if (track === this.track) act();
    };
    track.addEventListener(
      "ended",
      ifCurrent(() => this.#ended()),
    );
    const soundChanged = ifCurrent(() => this.#soundChanged(track));
    track.addEventListener("mute", soundChanged);
    track.addEventListener("unmute", soundChanged);
    this.#soundChanged(track);
  }

  /** Unplugged, or the permission was taken back: another one may be there. */
  #ended(): void {
    if (performance.now() - this.#openedAtMs >= steadyMs) return void this.#start();
    this.#drop();
    this.#isUnavailable = true;
    this.#onTrack(undefined);
    this.#onState({ status: "unavailable", code: "media.noMicrophone" });
  }

  /** `muted` of a track is the word of the system or of a switch on the device: nothing comes from it. */
  #soundChanged(track: MediaStreamTrack): void {
    clearTimeout(this.#silentTimer);
    if (!track.muted) return this.#setSilent(false);
    this.#silentTimer = setTimeout(() => {
      const isWish = this.#wish !== undefined && this.#trouble === undefined;
      if (isWish) void this.#start("silent");
      else this.#setSilent(true);
    }, silentAfterMs);
  }

  #setSilent(silent: boolean): void {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#apply();
  }

  /** A device came or went. */
  async #look(): Promise<void> {
    const opening = this.#opening;
    if (!this.#isUnavailable && this.#trouble !== "gone") return;
    const inputs = await inputIds();
    const isWorth = this.#isUnavailable
      ? inputs.length > 0
      : this.#wish !== undefined && inputs.includes(this.#wish);
    if (isWorth && opening === this.#opening) await this.#start();
  }

  #apply(): void {
    // A disabled track sends silence: the connection stays warm, and unmuting is immediate.
    if (this.track !== undefined) this.track.enabled = !this.#muted;
    this.#onState({
      status: this.#muted ? "muted" : "on",
      ...(this.#trouble === undefined ? {} : { instead: this.#trouble }),
      ...(this.#silent ? { silent: true } : {}),
    });
  }

  #drop(): void {
    clearTimeout(this.#silentTimer);
    if (this.#stream !== undefined) stop(this.#stream);
    this.#stream = undefined;
    this.#trouble = undefined;
    this.#silent = false;
    this.#meter?.close();
    this.#meter = undefined;
  }
}

/** The wished one, the default one, then every other: each once, until one opens. */
async function openFirst(wish: string | undefined, trouble?: MicrophoneTrouble): Promise<Opened> {
  let found = trouble;
  let code: ErrorCode = "media.noMicrophone";
  const others = async (): Promise<readonly string[]> =>
    (await inputIds()).filter((deviceId) => deviceId !== wish && deviceId !== "default");
  const first = wish !== undefined && trouble === undefined ? [wish] : [];
  for (const candidates of [() => [...first, undefined], others]) {
    for (const deviceId of await candidates()) {
      try {
        return { ok: true, stream: await openDevice(deviceId), trouble: found };
      } catch (error) {
        const why = troubleOf(error);
        if (why === "denied") return { ok: false, code: "media.microphoneDenied" };
        if (why === "busy") code = "media.microphoneBusy";
        if (deviceId !== undefined && deviceId === wish) found = why;
      }
    }
  }
  return { ok: false, code };
}

function openDevice(deviceId: string | undefined): Promise<MediaStream> {
  const audio: MediaTrackConstraints = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
  if (deviceId !== undefined) audio.deviceId = { exact: deviceId };
  return navigator.mediaDevices.getUserMedia({ audio });
}

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

async function inputIds(): Promise<readonly string[]> {
  const known =
    (await devices()
      ?.enumerateDevices()
      .catch(() => [])) ?? [];
  return known.filter(({ kind }) => kind === "audioinput").map(({ deviceId }) => deviceId);
}

/** Absent on pages that are neither HTTPS nor localhost, whatever the types say. */
const devices = (): MediaDevices | undefined => navigator.mediaDevices;

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
