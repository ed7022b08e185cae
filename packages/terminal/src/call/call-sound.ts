/** The media of one call: from the moment at which its sound is to begin, with the keys of the epoch that there is then. */
import type { FrameEpochSecret } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";

import type { CallMedia, MediaInput, MediaProvider } from "../environment.ts";

/** How long a move waits for media (ms), while the person goes on where they are. */
export const mediaWithinMs = 15_000;

export class CallSound {
  /** From the start of the call on, or a while later. */
  #media: CallMedia | undefined;
  /** Of the epoch in which the sound is to begin. */
  #firstEpoch: FrameEpochSecret | undefined;
  #isMuted = false;
  #isClosed = false;

  /** Once; nothing is heard or said before. @returns when it has the keys that there were. Rejects where they cannot be used */
  async begin(provider: MediaProvider, input: MediaInput): Promise<void> {
    this.#media = provider.start(input);
    if (this.#isMuted) this.#media.setMuted(true);
    this.#media.connect();
    const epoch = this.#firstEpoch;
    this.#firstEpoch = undefined;
    if (epoch !== undefined) await this.#media.setEpoch(epoch);
  }

  /** By the person's word in this call. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  get isSilent(): boolean {
    return this.#media?.isSilent === true;
  }

  async enterEpoch(epoch: FrameEpochSecret): Promise<void> {
    // It was derived while the call ended.
    if (this.#isClosed) return void epoch.baseKey.fill(0);
    if (this.#media !== undefined) return this.#media.setEpoch(epoch);
    this.#firstEpoch?.baseKey.fill(0);
    this.#firstEpoch = epoch;
  }

  reconnect(): void {
    this.#media?.connect();
  }

  look(why: "signalled" | "unheard"): void {
    if (!this.#isClosed) this.#media?.look?.(why);
  }

  /** Also before it begins. */
  setMuted(muted: boolean): void {
    this.#isMuted = muted;
    this.#media?.setMuted(muted);
  }

  async setMicrophone(deviceId: string | undefined): Promise<void> {
    await this.#media?.setMicrophone(deviceId);
  }

  soundChosen(): void {
    if (!this.#isClosed) this.#media?.soundChosen?.();
  }

  microphoneLevel(): number {
    return this.#isClosed ? 0 : (this.#media?.microphoneLevel() ?? 0);
  }

  voiceLevel(): number {
    return this.#isClosed ? 0 : (this.#media?.voiceLevel?.() ?? 0);
  }

  /**
   * Another terminal of the person goes on: nothing is said from now on, and after that nothing heard.
   * @param tell the others how far this one counted, where that can be told: else they hear a longer silence than there is
   */
  async giveWay(tell: (frame: Bytes) => void): Promise<void> {
    const frame = await this.#media?.finish?.().catch(() => undefined);
    this.close();
    if (frame !== undefined) tell(frame);
  }

  hearWord(word: Bytes): void {
    if (!this.#isClosed) this.#media?.hearWord(word);
  }

  hearEnd(frame: Bytes): void {
    this.#media?.hearEnd?.(frame);
  }

  /** Nothing is said or heard any more. */
  close(): void {
    this.#media?.close();
    this.#isClosed = true;
    this.#firstEpoch?.baseKey.fill(0);
  }
}
