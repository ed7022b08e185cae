/** Plays the slots. A remote track gives nothing, not even to Web Audio, until it plays in a media element. */
export class Loudspeakers {
  #elements: HTMLAudioElement[] = [];
  readonly #resume = (): void => {
    for (const element of this.#elements) void element.play().catch(() => undefined);
  };

  constructor() {
    // Where the browser blocks sound until somebody does something, the next key or click lets it start.
    document.addEventListener("pointerdown", this.#resume);
    document.addEventListener("keydown", this.#resume);
  }

  play(tracks: readonly MediaStreamTrack[]): void {
    this.#silence();
    this.#elements = tracks.map((track) => {
      const element = new Audio();
      element.srcObject = new MediaStream([track]);
      element.autoplay = true;
      return element;
    });
    this.#resume();
  }

  close(): void {
    document.removeEventListener("pointerdown", this.#resume);
    document.removeEventListener("keydown", this.#resume);
    this.#silence();
  }

  #silence(): void {
    for (const element of this.#elements) {
      element.pause();
      element.srcObject = null;
    }
    this.#elements = [];
  }
}
