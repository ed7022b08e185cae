import type { CommandEvent } from "./events.ts";

/** Where a command says what happens: plain lines, JSON lines, or the live view. */
export interface Output {
  event(event: CommandEvent): void;
  /** Puts the screen back, where it was taken. */
  close(): void;
}
