import type { DecideOptions, ShownResolution, Terminal } from "@signet/terminal";

import type { TerminalOptions } from "../options/terminal-options.ts";
import { documentOptions } from "../run/approved-document.ts";
import type { CommandEvent } from "./events.ts";
import { JsonOutput } from "./json-output.ts";
import { LiveOutput } from "./live-output.ts";
import type { Output } from "./output.ts";
import { PlainOutput } from "./plain-output.ts";

export interface OutputContext {
  readonly terminal: Terminal;
  /** The command is one that shows its state. */
  readonly live: boolean;
  /** Which calls the command answers by itself, as a sentence: nobody should be heard without knowing it. */
  readonly answers?: string | undefined;
  readonly onQuit: () => void;
  readonly onInterrupt: () => void;
}

/** A window is there, and lines were not asked for. */
export const canShowView = ({ json, plain }: TerminalOptions): boolean =>
  json !== "yes" && plain !== "yes" && process.stdin.isTTY && process.stdout.isTTY;

/** Where what happens is said; the live view, where one can be shown, takes the window from here on. */
export async function openOutput(values: TerminalOptions, context: OutputContext): Promise<Output> {
  const { terminal, live, answers, onQuit, onInterrupt } = context;
  const { stdin: input, stdout: output } = process;
  const write = (line: string): void => void output.write(`${line}\n`);
  const isSilent = values.in === "none";
  if (values.json === "yes") return new JsonOutput(write);
  if (!live || !canShowView(values)) return new PlainOutput(write, isSilent);
  // Loaded only where it is shown: knowing how wide every character is takes a while.
  const { LiveView } = await import("../live/live-view.ts");
  const decideOptions = (resolution: ShownResolution): Promise<DecideOptions> =>
    documentOptions(resolution, values);
  const view = new LiveView(terminal, {
    input,
    output,
    isSilent,
    answers,
    withoutCms: values["without-cms"] === "yes",
    decideOptions,
    onQuit,
    onInterrupt,
  });
  view.open();
  return new LiveOutput(view);
}

/** An output that is opened later: what was said before is said then. */
export class LateOutput implements Output {
  readonly #said: CommandEvent[] = [];
  #output: Output | undefined;

  async open(output: () => Promise<Output>): Promise<void> {
    if (this.#output !== undefined) return;
    this.#output = await output();
    for (const event of this.#said.splice(0)) this.#output.event(event);
  }

  event(event: CommandEvent): void {
    if (this.#output === undefined) this.#said.push(event);
    else this.#output.event(event);
  }

  /** What is said while it is being done is said after what was done. @throws as `done` rejects */
  async first(done: Promise<CommandEvent>): Promise<void> {
    const output = this.#output;
    this.#output = undefined;
    try {
      const event = await done;
      output?.event(event);
    } finally {
      this.#output = output;
      for (const event of this.#said.splice(0)) this.event(event);
    }
  }

  close(): void {
    this.#output?.close();
  }
}
