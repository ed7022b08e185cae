import type { LiveView } from "../live/live-view.ts";
import type { CommandEvent } from "./events.ts";
import type { Output } from "./output.ts";
import { lineOf } from "./plain-output.ts";

/** The view shows the terminal's state by itself; it is told what stands in no state. */
export class LiveOutput implements Output {
  readonly #view: LiveView;

  constructor(view: LiveView) {
    this.#view = view;
  }

  event(event: CommandEvent): void {
    if (event.event === "alone" && event.leavesAt !== undefined)
      return this.#view.leavesAt(Date.parse(event.leavesAt));
    if (event.event === "speaker") return this.#view.speaker(event.code);
    if (event.event === "halfDuplex") return this.#view.halfDuplex();
    if (event.event === "recording") return this.#view.recording(event.file);
    if (event.event === "recorded") this.#view.recorded(event.file);
    // Warnings about people stand in the state.
    const isNews = event.event === "warning" ? event.userId === undefined : noticed.has(event.event);
    if (!isNews) return;
    const line = lineOf(event);
    if (line !== undefined) this.#view.notice(line);
  }

  close(): void {
    this.#view.close();
  }
}

const noticed: ReadonlySet<CommandEvent["event"]> = new Set([
  "answering",
  "declining",
  "ignoring",
  "alone",
  "passedOver",
  "proposalWaits",
  "recorded",
] as const);
