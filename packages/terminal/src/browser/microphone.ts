import type { ErrorCode } from "@signet/protocol";

import { voiceProcesses } from "../sound-choices.ts";
import type { SoundChoices, VoiceProcessing } from "../sound-choices.ts";
import type { MicrophoneState, MicrophoneTrouble } from "../state.ts";
import { inputs, mediaDevices, openFirst } from "./open-microphone.ts";
import type { OpenMicrophone, Opened } from "./open-microphone.ts";

/** Browsers mute a track for a moment now and then; a person who is told of it should be able to see it last. */
const silentAfterMs = 2_000;
/** A microphone that ends sooner than this after it was opened is opened again only after as long, and later each time. */
const steadyMs = 2_000;
const slowestAgainMs = 64_000;
/** So long one goes on being heard by the former microphone, at most, until another one gives sound. */
const soundWithinMs = 1_000;

/**
 * The microphone of a call: its track, whether it is muted, and how loud it is.
 *
 * The person's wish is kept whatever becomes of the device: while it is gone, busy or silent the default one is in its place, then any
 * other, and it is taken again when it is plugged in, or gives sound. Another one is opened beside the one in use, which is heard until the
 * other gives sound and has its place: no word is lost between them, but where the system gives a microphone to one at a time.
 */
export class Microphone {
  readonly #onState: (state: MicrophoneState) => void;
  readonly #onTrack: (track: MediaStreamTrack | undefined) => Promise<void>;
  readonly #choices: Pick<SoundChoices, "processing">;
  #wish: string | undefined;
  #trouble: MicrophoneTrouble | undefined;
  #current: OpenMicrophone | undefined;
  /** The wished one, which gives no sound: kept open to hear when it does. */
  #awaited: OpenMicrophone | undefined;
  /** What was said goes out by them until another one has their place. */
  readonly #leaving = new Set<OpenMicrophone>();
  #muted: boolean;
  #silent = false;
  #silentTimer: ReturnType<typeof setTimeout> | undefined;
  #againTimer: ReturnType<typeof setTimeout> | undefined;
  #againMs = steadyMs;
  #opening = 0;
  #isOpening = false;
  /** By what is being opened, or was last. */
  #asked:
    | { readonly processing: VoiceProcessing; readonly trouble: MicrophoneTrouble | undefined }
    | undefined;
  /** Devices came or went while one was being opened. */
  #looksAgain = false;
  /** Which device the system has for the default one, where the browser says so. */
  #defaultGroup: string | undefined;
  /** Whether a device is there now or on the way: otherwise the next one that is plugged in is. */
  #isUnavailable = false;
  readonly #devicesChanged = (): void => void this.#look();

  /** @param onTrack resolves when what is said goes out by the track */
  constructor(
    choices: Pick<SoundChoices, "processing" | "beginsMuted">,
    onState: (state: MicrophoneState) => void,
    onTrack: (track: MediaStreamTrack | undefined) => Promise<void>,
  ) {
    this.#choices = choices;
    this.#muted = choices.beginsMuted();
    this.#onState = onState;
    this.#onTrack = onTrack;
    mediaDevices()?.addEventListener("devicechange", this.#devicesChanged);
  }

  get track(): MediaStreamTrack | undefined {
    return this.#current?.track;
  }

  /** @param deviceId undefined for the default one */
  async open(deviceId: string | undefined): Promise<void> {
    this.#wish = deviceId;
    this.#againMs = steadyMs;
    await this.#start();
  }

  /** Another processing was chosen: the same one is opened anew where that is another than it has, and heard as it was until then. */
  async processingChosen(): Promise<void> {
    const wanted = this.#choices.processing();
    if (this.#isOpening) {
      // While a person is asked for the permission, what is no other wish must not ask again.
      if (this.#asked !== undefined && isOtherwise(this.#asked.processing, wanted))
        await this.#start(this.#asked.trouble);
    } else if (this.#isProcessedOtherwise(wanted)) await this.#start(this.#trouble);
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    // What is said goes out by one of them until another has its place.
    for (const former of this.#leaving) former.track.enabled = !muted;
    if (this.#current !== undefined) this.#apply();
  }

  /** Root mean square, 0 to 1, of what would be sent. */
  level(): number {
    return this.#muted ? 0 : this.voice();
  }

  /** The same of what is said, sent or not. */
  voice(): number {
    return this.#current?.level() ?? 0;
  }

  close(): void {
    this.#opening++;
    clearTimeout(this.#againTimer);
    mediaDevices()?.removeEventListener("devicechange", this.#devicesChanged);
    this.#drop();
    for (const former of this.#leaving) former.close();
  }

  /** @param trouble why the wished one is not to be tried */
  async #start(trouble?: MicrophoneTrouble): Promise<void> {
    const opening = ++this.#opening;
    const isLatest = (): boolean => opening === this.#opening;
    clearTimeout(this.#againTimer);
    this.#isOpening = true;
    this.#isUnavailable = false;
    if (this.#current === undefined) this.#onState({ status: "starting" });
    const letGo = (): boolean => isLatest() && this.#letGo();
    const processing = this.#choices.processing();
    this.#asked = { processing, trouble };
    const open = (): Promise<Opened> => openFirst(this.#wish, processing, trouble, letGo);
    let opened = await open();
    // Chromium gives a microphone that is open once more as it is: another processing it has only when nobody uses it.
    if (opened.microphone?.unmet.length !== 0 && this.#isProcessedOtherwise(processing) && letGo()) {
      opened.microphone?.close();
      opened = await open();
    }
    const { microphone } = opened;
    await microphone?.firstSound(soundWithinMs, () => isLatest() && this.#current?.isHeard === true);
    if (!isLatest()) return microphone?.close();
    this.#isOpening = false;
    if (microphone === undefined) this.#keep(opened.trouble, opened.code);
    else if (microphone.track.readyState === "ended") {
      microphone.close();
      if (this.#current === undefined) this.#endedEarly();
      else this.#keep("gone", "media.noMicrophone");
    } else if (microphone.track.muted && this.#current?.isHeard === true) this.#keepFor(microphone);
    else await this.#take(microphone, opened.trouble);
    if (!isLatest() || !this.#looksAgain) return;
    this.#looksAgain = false;
    await this.#look();
  }

  #isProcessedOtherwise(wanted: VoiceProcessing): boolean {
    const has = this.#current?.processing;
    return has !== undefined && isOtherwise(has, wanted);
  }

  /** In place of the one there is, which is closed when nothing goes out by it any more. */
  async #take(microphone: OpenMicrophone, trouble: MicrophoneTrouble | undefined): Promise<void> {
    const former = this.#current;
    // The one that is found to give no sound is the former one, where that was the wished one.
    const silent = this.#trouble === "silent" ? this.#awaited : former;
    this.#current = microphone;
    this.#trouble = trouble;
    this.#silent = false;
    this.#watch(microphone);
    this.#apply();
    this.#await(trouble === "silent" ? silent : undefined);
    void this.#noteDefault();
    if (former !== undefined) this.#leaving.add(former);
    await this.#onTrack(microphone.track);
    if (former === undefined) return;
    this.#leaving.delete(former);
    if (former !== this.#awaited) former.close();
  }

  /** Nothing else is to be had. */
  #keep(trouble: MicrophoneTrouble | undefined, code: ErrorCode): void {
    const current = this.#current;
    if (current === undefined) return this.#unavailable(code);
    this.#trouble = this.#wish === undefined ? undefined : trouble;
    this.#await(undefined);
    this.#apply();
    this.#soundChanged(current);
  }

  /** The other one is muted by the system or a switch on it. */
  #keepFor(microphone: OpenMicrophone): void {
    this.#trouble = this.#wish === undefined ? undefined : "silent";
    this.#await(microphone);
    this.#apply();
  }

  #watch(microphone: OpenMicrophone): void {
    const { track } = microphone;
    const ifCurrent = (act: () => void) => (): void => {
      if (microphone === this.#current) act();
    };
    track.addEventListener(
      "ended",
      ifCurrent(() => this.#ended(microphone)),
    );
    const soundChanged = ifCurrent(() => this.#soundChanged(microphone));
    track.addEventListener("mute", soundChanged);
    track.addEventListener("unmute", soundChanged);
    this.#soundChanged(microphone);
  }

  /** Unplugged, or the permission was taken back: another one may be there. */
  #ended({ openedAtMs }: OpenMicrophone): void {
    this.#drop();
    // What is being opened takes its place.
    if (this.#isOpening) return this.#onState({ status: "starting" });
    if (performance.now() - openedAtMs >= steadyMs) {
      this.#againMs = steadyMs;
      return void this.#start();
    }
    this.#endedEarly();
  }

  #endedEarly(): void {
    this.#unavailable("media.noMicrophone");
    this.#againTimer = setTimeout(() => void this.#start(), this.#againMs);
    this.#againMs = Math.min(2 * this.#againMs, slowestAgainMs);
  }

  #unavailable(code: ErrorCode): void {
    this.#isUnavailable = true;
    this.#await(undefined);
    void this.#onTrack(undefined);
    this.#onState({ status: "unavailable", code });
  }

  /** `muted` of a track is the word of the system or of a switch on the device: nothing comes from it. */
  #soundChanged({ track }: OpenMicrophone): void {
    clearTimeout(this.#silentTimer);
    if (!track.muted) return this.#setSilent(false);
    this.#silentTimer = setTimeout(() => {
      const isWish = this.#wish !== undefined && this.#trouble === undefined;
      if (isWish && !this.#isOpening) void this.#start("silent");
      else this.#setSilent(true);
    }, silentAfterMs);
  }

  #setSilent(silent: boolean): void {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#apply();
  }

  /** Takes the wished one again as soon as it gives sound. */
  #await(microphone: OpenMicrophone | undefined): void {
    const former = this.#awaited;
    this.#awaited = microphone;
    if (former !== microphone) former?.close();
    if (microphone === undefined) return;
    const ifAwaited = (act: () => void) => (): void => {
      if (microphone === this.#awaited) act();
    };
    microphone.track.addEventListener(
      "unmute",
      ifAwaited(() => void this.#start()),
    );
    microphone.track.addEventListener(
      "ended",
      ifAwaited(() => {
        this.#trouble = "gone";
        this.#await(undefined);
        if (this.#current !== undefined) this.#apply();
      }),
    );
  }

  /** A device came or went. */
  async #look(): Promise<void> {
    if (this.#isOpening) return void (this.#looksAgain = true);
    const opening = this.#opening;
    const found = await inputs();
    if (opening !== this.#opening) return;
    const isBack = this.#trouble === "gone" && found.some(({ deviceId }) => deviceId === this.#wish);
    const isDefaultUsed = this.#wish === undefined || this.#trouble !== undefined;
    const isOther = isDefaultUsed && groupOfDefault(found) !== this.#defaultGroup;
    if (this.#isUnavailable ? found.length > 0 : isBack || isOther) await this.#start();
  }

  async #noteDefault(): Promise<void> {
    this.#defaultGroup = groupOfDefault(await inputs());
  }

  #apply(): void {
    // A disabled track sends silence: the connection stays warm, and unmuting is immediate.
    if (this.track !== undefined) this.track.enabled = !this.#muted;
    const unmet = this.#current?.unmet ?? [];
    this.#onState({
      status: this.#muted ? "muted" : "on",
      ...(this.#trouble === undefined ? {} : { instead: this.#trouble }),
      ...(this.#silent ? { silent: true } : {}),
      ...(unmet.length === 0 ? {} : { unmet }),
    });
  }

  /** @returns whether one was in use */
  #letGo(): boolean {
    if (this.#current === undefined) return false;
    this.#dropCurrent();
    this.#onState({ status: "starting" });
    return true;
  }

  #drop(): void {
    this.#dropCurrent();
    this.#await(undefined);
    this.#trouble = undefined;
  }

  /** The wished one is waited for all the same. */
  #dropCurrent(): void {
    clearTimeout(this.#silentTimer);
    const current = this.#current;
    this.#current = undefined;
    current?.close();
    this.#silent = false;
  }
}

const isOtherwise = (has: VoiceProcessing, wanted: VoiceProcessing): boolean =>
  voiceProcesses.some((process) => has[process] !== wanted[process]);

/** Chromium lists the default one beside the device that it is, in one group with it. */
const groupOfDefault = (found: readonly MediaDeviceInfo[]): string | undefined =>
  found.find(({ deviceId }) => deviceId === "default")?.groupId;
