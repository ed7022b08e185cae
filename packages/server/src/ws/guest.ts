import type { Socket } from "node:net";

import type { ErrorCode } from "@signet/protocol";

import type { Connection } from "./connection.ts";

/** Somebody's TCP connection: a request for a page, a handshake that is not finished, or a terminal's socket. */
export class Guest {
  /** Those who share one allowance of strangers. */
  group: string | undefined;
  readonly #socket: Socket;
  /** Once it is a terminal's. */
  connection: Connection | undefined;

  constructor(socket: Socket, group: string | undefined) {
    this.#socket = socket;
    this.group = group;
  }

  end(code: ErrorCode): void {
    if (this.connection === undefined) this.#socket.destroy();
    else this.connection.cutOff(code);
  }
}

/** The same for a TLS socket and for the TCP socket under it; no two open ones have the same. */
export const guestKey = ({ localAddress, remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`;
