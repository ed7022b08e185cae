import { SignetError } from "@signet/protocol";

import type { TerminalState } from "../state.ts";
import type { Terminal } from "../terminal-api.ts";

/**
 * The terminal's state as soon as `test` holds; now, when it does.
 * @param options.timeoutMs default: waits for ever
 * @throws SignetError `connection.timeout` after that time; whatever `test` throws; `signal.reason` when given up
 */
export function until(
  terminal: Pick<Terminal, "state" | "subscribe">,
  test: (state: TerminalState) => boolean,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<TerminalState> {
  return new Promise((resolve, reject) => {
    const { timeoutMs, signal } = options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const finish = (settle: () => void): void => {
      over = true;
      clearTimeout(timer);
      stop();
      signal?.removeEventListener("abort", abort);
      settle();
    };
    const abort = (): void => finish(() => reject(signal?.reason as Error));
    const look = (state: TerminalState): void => {
      if (over) return;
      try {
        if (test(state)) finish(() => resolve(state));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const stop = terminal.subscribe(look);
    if (signal?.aborted === true) return abort();
    signal?.addEventListener("abort", abort);
    if (timeoutMs !== undefined)
      timer = setTimeout(() => finish(() => reject(new SignetError("connection.timeout"))), timeoutMs);
    look(terminal.state);
  });
}
