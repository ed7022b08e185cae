/** Held for less than this at a button, it was pressed as buttons are: once to be heard, once more to be muted (ms). */
const tapMs = 400;

let isSetting = false;

/** Whether it is the key, or the button that is held, by which one is muted or heard just now: whoever speaks is not spoken to. */
export const isTalkKeySetting = (): boolean => isSetting;

/**
 * A key, or the button on the screen, that lets one be heard for as long as it is held, where one is muted otherwise.
 *
 *   muted --press--> talking --release, or whatever takes the key away--> muted
 *                       |---- a tap of what is a button as well --------> not muted
 *                       \---- muted by another way ---------------------> as that left it
 */
export class TalkKey {
  readonly #say: (muted: boolean) => void;
  #heldSinceMs: number | undefined;

  constructor(setMuted: (muted: boolean) => void) {
    this.#say = setMuted;
  }

  #setMuted(muted: boolean): void {
    isSetting = true;
    try {
      this.#say(muted);
    } finally {
      isSetting = false;
    }
  }

  get isHeld(): boolean {
    return this.#heldSinceMs !== undefined;
  }

  /** @param isMuted whether one is now @param nowMs monotonic milliseconds */
  press(isMuted: boolean, nowMs: number): void {
    if (this.isHeld || !isMuted) return;
    this.#heldSinceMs = nowMs;
    this.#setMuted(false);
  }

  /**
   * Also where the page cannot see the key any more: whoever is not seen to hold it is muted.
   * @param tapAtMs monotonic milliseconds, where a tap is a press of the button
   */
  release(tapAtMs = Infinity): void {
    const sinceMs = this.#heldSinceMs;
    this.#heldSinceMs = undefined;
    if (sinceMs !== undefined) this.#setMuted(tapAtMs - sinceMs >= tapMs);
  }

  /** The person mutes or unmutes by another way: that holds. */
  overridden(): void {
    this.#heldSinceMs = undefined;
  }
}

type KeyFacts = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "target">;

/** What does something of its own by Space, or is typed into. */
const pressedBySpace = [
  "input",
  "select",
  "textarea",
  "[contenteditable]",
  "button",
  "summary",
  "a[href]",
  "[role=button]",
].join();

const isAt = (target: EventTarget | null, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

const isPlain = ({ ctrlKey, metaKey, altKey }: KeyFacts): boolean => !ctrlKey && !metaKey && !altKey;

/** At the button of the microphone, where the focus stays after a click, Space talks as well. */
export const isAtTalkButton = ({ target }: Pick<KeyFacts, "target">): boolean =>
  isAt(target, "[data-talk-button]");

/** As `aria-keyshortcuts` has it: by which keys the microphone is muted and heard. @param areOn whether the person wants shortcuts */
export const microphoneKeys = (areOn: boolean, pushToTalk: boolean): "m Space" | "Space" | undefined =>
  areOn ? "m Space" : pushToTalk ? "Space" : undefined;

/** Space that belongs to nothing else. */
export const isTalkKey = (event: KeyFacts): boolean =>
  event.key === " " && isPlain(event) && (!isAt(event.target, pressedBySpace) || isAtTalkButton(event));
