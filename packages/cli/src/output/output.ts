import type { CommandEvent } from "./events.ts";

/** Where a command says what happens: plain lines, JSON lines, or the live view. */
export interface Output {
  event(event: CommandEvent): void;
  /** Puts the screen back, where it was taken. */
  close(): void;
}

/**
 * The view over a whole terminal window (`startLiveView(terminal, options)` in `src/live`): it shows the terminal's own state,
 * so all it has to be told is what no state says.
 */
export interface LiveView {
  /** One line that matters now: what is recorded to which file, why a key did nothing. */
  notice(text: string): void;
  /** Who is alone in the call is shown when this terminal leaves it (ms since 1970). */
  leavesAt(atMs: number): void;
  /** What the call is written to just now. */
  recording(file: string): void;
  /** All of the file is on disk; it is named when the screen is gone. */
  recorded(file: string): void;
  /** Puts the screen back; the view draws no more. */
  close(): void;
}

export interface LiveViewOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Somebody who wanted not to be heard, and need not be told that there is no microphone. */
  readonly isSilent: boolean;
  /** The person wants out (`q`); Ctrl-C, which raw mode hands over as a key, is `interrupt`. */
  readonly onQuit: () => void;
  readonly onInterrupt: () => void;
}
