import { isoTime } from "@signet/words";
import type { CommandEvent } from "./events.ts";
import { jsonLine } from "./json-line.ts";
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
    this.#write(jsonLine({ event, at: isoTime(this.#nowMs()), ...fields }));
  }

  close(): void {
    // Lines stay where they are.
  }
}
