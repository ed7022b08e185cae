import type { CommandEvent } from "./events.ts";
import type { Output } from "./output.ts";

/** One object in a line, with the time at which it was known here. */
export class JsonOutput implements Output {
  readonly #write: (line: string) => void;
  readonly #nowMs: () => number;

  constructor(write: (line: string) => void, nowMs: () => number = Date.now) {
    this.#write = write;
    this.#nowMs = nowMs;
  }

  event({ event, ...fields }: CommandEvent): void {
    const line = JSON.stringify({ event, at: new Date(this.#nowMs()).toISOString(), ...fields });
    this.#write(escapeMarks(line));
  }

  close(): void {
    // Lines stay where they are.
  }
}

/** JSON escapes C0 only; the other marks that a terminal window may act on can stand in no place but a string. */
function escapeMarks(json: string): string {
  return json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (mark) =>
    mark
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
