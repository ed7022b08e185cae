/** By which address a server calls itself. */
import { SignetError } from "@signet/terminal";

import { createAskingTerminal } from "./asking-terminal.ts";
import { waitFor } from "./wait-for.ts";

/** @returns an origin; undefined when the server does not answer */
export async function ownNameOf(
  server: string,
  signals: readonly AbortSignal[],
): Promise<string | undefined> {
  const none = (): Promise<never> => Promise.reject(new SignetError("device.cancelled"));
  const terminal = await createAskingTerminal(server, { create: none, open: none });
  try {
    terminal.start();
    const state = await waitFor(
      terminal,
      (current) => (current.connection.status === "connecting" ? undefined : current),
      signals,
    );
    return state.server?.serverOrigin;
  } finally {
    terminal.close();
  }
}
