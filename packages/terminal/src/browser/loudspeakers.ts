import type { LoudspeakerTrouble } from "../sound-choices.ts";
import { mediaDevices } from "./open-microphone.ts";

/** Browsers without it play by the default one, whatever types say. */
type SinkElement = Pick<HTMLAudioElement, "play" | "pause" | "srcObject" | "volume"> & {
  readonly setSinkId?: (deviceId: string) => Promise<void>;
};

/**
 * Plays the slots. A remote track gives nothing, not even to Web Audio, until it plays in a media element.
 *
 * The person's wish is kept whatever becomes of the device: while it is gone the default one is in its place, and it is taken again when it is
 * plugged in.
 */
export class Loudspeakers {
  readonly #wish: () => string | undefined;
  readonly #onTrouble: (trouble: LoudspeakerTrouble | undefined) => void;
  #elements: SinkElement[] = [];
  /** Of each element that is not to be heard yet: first it is known by which loudspeaker. */
  readonly #unheard = new Map<SinkElement, MediaStream>();
  readonly #volumes = new Map<number, number>();
  /** By which it is played; empty for the default one. */
  #sink = "";
  #trouble: LoudspeakerTrouble | undefined;
  /** The one in use was among those that the browser names. */
  #wasListed = false;
  /** The latest wish that was tried; undefined before the first. */
  #tried: string | undefined;
  /** The latest choice counts. */
  #choosing = 0;
  readonly #resume = (): void => {
    for (const element of this.#elements) void element.play().catch(() => undefined);
  };
  readonly #devicesChanged = (): void => void this.#look();

  /** @param wish `MediaDeviceInfo.deviceId`; undefined for the default one. Asked at the beginning, and at {@link chosen} */
  constructor(
    wish: () => string | undefined = () => undefined,
    onTrouble: (trouble: LoudspeakerTrouble | undefined) => void = () => undefined,
  ) {
    this.#wish = wish;
    this.#onTrouble = onTrouble;
    // Where the browser blocks sound until somebody does something, the next key or click lets it start.
    document.addEventListener("pointerdown", this.#resume);
    document.addEventListener("keydown", this.#resume);
    mediaDevices()?.addEventListener("devicechange", this.#devicesChanged);
  }

  play(tracks: readonly MediaStreamTrack[]): void {
    this.#silence();
    this.#elements = tracks.map((track, slot) => {
      const element = new Audio();
      this.#unheard.set(element, new MediaStream([track]));
      element.volume = this.#volumes.get(slot) ?? 1;
      return element;
    });
    void this.#choose();
  }

  /** @param volume 0 to 1 */
  setVolume(slot: number, volume: number): void {
    this.#volumes.set(slot, volume);
    const element = this.#elements[slot];
    if (element !== undefined) element.volume = volume;
  }

  /** Another one was chosen, or the same is to be tried again. */
  async chosen(): Promise<void> {
    // It is called for other choices as well.
    if ((this.#wish() ?? "") !== this.#tried || this.#trouble !== undefined) await this.#choose();
  }

  /** @param isGone it is not to be tried: an element takes the one that it has for granted, whether it is there or not */
  async #choose(isGone = false): Promise<void> {
    const choosing = ++this.#choosing;
    const wish = this.#wish() ?? "";
    this.#tried = wish;
    const trouble = isGone ? "gone" : await this.#playBy(wish);
    if (choosing !== this.#choosing) return;
    this.#sink = trouble === undefined ? wish : "";
    if (trouble !== undefined) await this.#playBy("");
    if (choosing !== this.#choosing) return;
    this.#begin();
    const listed = await outputs();
    if (choosing !== this.#choosing) return;
    this.#wasListed = listed.includes(this.#sink);
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#onTrouble(trouble);
  }

  close(): void {
    this.#choosing++;
    document.removeEventListener("pointerdown", this.#resume);
    document.removeEventListener("keydown", this.#resume);
    mediaDevices()?.removeEventListener("devicechange", this.#devicesChanged);
    this.#silence();
  }

  /** A device came or went. One that the browser goes on to play by into nothing is left for the default one. */
  async #look(): Promise<void> {
    const choosing = this.#choosing;
    const listed = await outputs();
    if (choosing !== this.#choosing) return;
    const isGone = this.#sink !== "" && this.#wasListed && !listed.includes(this.#sink);
    if (isGone || this.#trouble !== undefined) await this.#choose(isGone);
  }

  /** @returns why it cannot be */
  async #playBy(deviceId: string): Promise<LoudspeakerTrouble | undefined> {
    try {
      await Promise.all(this.#elements.map(async (element) => element.setSinkId?.(deviceId)));
      return undefined;
    } catch (error) {
      return error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "gone";
    }
  }

  #begin(): void {
    for (const [element, stream] of this.#unheard) element.srcObject = stream;
    this.#unheard.clear();
    this.#resume();
  }

  #silence(): void {
    this.#unheard.clear();
    for (const element of this.#elements) {
      element.pause();
      element.srcObject = null;
    }
    this.#elements = [];
  }
}

/** Those that the browser names to this page. */
async function outputs(): Promise<readonly string[]> {
  const known =
    (await mediaDevices()
      ?.enumerateDevices()
      .catch(() => [])) ?? [];
  return known.filter(({ kind }) => kind === "audiooutput").map(({ deviceId }) => deviceId);
}
