/** By which address a server calls itself. */
import { MemoryPinStore, SignetError, SignetTerminal, silentMedia } from "@signet/terminal";

import { waitFor } from "./wait-for.ts";

/** @returns an origin; undefined when the server does not answer */
export async function ownNameOf(
  server: string,
  signals: readonly AbortSignal[],
): Promise<string | undefined> {
  const none = (): Promise<never> => Promise.reject(new SignetError("device.cancelled"));
  // Without an origin to expect, so that the server's own word is heard; nobody signs in.
  const terminal = await SignetTerminal.create({
    url: `${server.replace(/^http/, "ws")}/ws`,
    pins: new MemoryPinStore(),
    devices: { create: none, open: none },
    media: silentMedia,
    nowMs: () => Date.now(),
  });
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
