import type { MediaProvider } from "@signet/terminal";

/** Media whose sound goes on under a key that nobody has, from when it is told to: what comes of it is what an SFU could make up. */
export class FalseKey {
  #seal: (() => Promise<void>) | undefined;

  /** The same media, until then. */
  around(media: MediaProvider): MediaProvider {
    return {
      start: (input) => {
        const sound = media.start(input);
        const setEpoch = sound.setEpoch.bind(sound);
        sound.setEpoch = async (secret) => {
          // Frames say the last 8 bits of their epoch.
          const epoch = secret.epoch + 256n;
          this.#seal = () => setEpoch({ ...secret, epoch, baseKey: new Uint8Array(16) });
          await setEpoch(secret);
        };
        return sound;
      },
    };
  }

  /** From now on, in the call that there is. */
  async seal(): Promise<void> {
    if (this.#seal === undefined) throw new Error("there is no call yet");
    await this.#seal();
  }
}
