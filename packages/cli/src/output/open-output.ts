import type { Terminal } from "@signet/terminal";

import type { TerminalOptions } from "../options/terminal-options.ts";
import { JsonOutput } from "./json-output.ts";
import type { Output } from "./output.ts";
import { PlainOutput } from "./plain-output.ts";

export interface OutputContext {
  readonly terminal: Terminal;
  readonly live: boolean;
  readonly onQuit: () => void;
  readonly onInterrupt: () => void;
}

export function openOutput(values: TerminalOptions, _context: OutputContext): Output {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (values.json === "yes") return new JsonOutput(write);
  return new PlainOutput(write);
}
