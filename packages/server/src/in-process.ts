/**
 * A server without a network, for whoever has the other ends of its sockets in the same process: everything but HTTP, WebSocket and
 * the clock is what {@link startServer} runs.
 */
import type { MediaEngine } from "@signet/media";
import type { CallId, CallServerState } from "@signet/protocol";

import type { ServerLimits } from "./limits.ts";
import { createLog } from "./log.ts";
import { connectionClosed, connectionShell, createServices, sweepServices } from "./server-core.ts";
import { ServerOrigin } from "./server-origin.ts";
import type { Store } from "./store/store.ts";
import { Connection } from "./ws/connection.ts";
import type { ConnectionSocket } from "./ws/connection.ts";

export { openSqliteStore } from "./store/sqlite-store.ts";
export type { Store };

export interface InProcessOptions {
  readonly store: Store;
  readonly media: MediaEngine;
  readonly serverOrigin: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly limits?: Partial<ServerLimits>;
}

/** What the other end of a socket says and does. */
export interface AcceptedSocket {
  received(text: string): void;
  closed(): void;
}

export interface InProcessServer {
  accept(socket: ConnectionSocket): AcceptedSocket;
  /** To be called about once a second of its clock. */
  sweep(): Promise<void>;
  /** undefined for a call that is over. */
  stateOf(callId: CallId): CallServerState | undefined;
  /** As if the process died: that sockets close is nobody's doing any more. Another one can take up what is stored. */
  kill(): void;
}

export async function openInProcessServer(options: InProcessOptions): Promise<InProcessServer> {
  const { store, media, serverOrigin, clock, limits } = options;
  const parts = { log: createLog("silent"), certificates: undefined, store, media };
  const origin = new ServerOrigin(serverOrigin, true, 443);
  const services = await createServices({ registration: "open", limits, clock }, parts, origin);
  await services.directoryLog.begin(serverOrigin);
  const shell = connectionShell(services);
  return {
    accept: (socket) => {
      const connection = new Connection(socket, shell);
      return {
        received: (text) => connection.receive(Buffer.from(text), false),
        closed: () => connectionClosed(services, connection),
      };
    },
    sweep: () => sweepServices(services),
    stateOf: (callId) => services.calls.running.stateOf(callId),
    kill: () => services.sessions.listen(undefined),
  };
}
