import { setTimeout as delay } from "node:timers/promises";

import type { Terminal, TerminalState } from "@signet/terminal";
import { until as becomes } from "@signet/terminal/node";

/** Nothing here takes a second on an idle machine; a busy one gets this much before the demo says that it failed (ms). */
const patienceMs = 60_000;

/** The state, as soon as `test` holds. @throws Error that says what did not happen */
export async function until(
  terminal: Terminal,
  test: (state: TerminalState) => boolean,
  what: string,
): Promise<TerminalState> {
  try {
    return await becomes(terminal, test, { timeoutMs: patienceMs });
  } catch (cause) {
    throw new Error(`waited ${patienceMs / 1000} s in vain for ${what}`, { cause });
  }
}

/** Looks again and again until `test` holds or the time is over. @returns whether it held */
export async function eventually(
  test: () => boolean | Promise<boolean>,
  limitMs = patienceMs,
): Promise<boolean> {
  const untilMs = performance.now() + limitMs;
  while (!(await test())) {
    if (performance.now() > untilMs) return false;
    await delay(50);
  }
  return true;
}
