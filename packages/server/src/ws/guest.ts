import type { Socket } from "node:net";

import type { ErrorCode } from "@signet/protocol";

import type { AddressGroup } from "../http/client-address.ts";
import type { Connection } from "./connection.ts";

/** Somebody's TCP connection: a request for a page, a handshake that is not finished, or a terminal's socket. */
export class Guest {
  /** With whom it shares an allowance of strangers, the widest first; none of its own for a proxy's, of which nobody knows yet whose it is. */
  groups: readonly AddressGroup[];
  readonly #socket: Socket;
  /** Once it is a terminal's. */
  connection: Connection | undefined;

  constructor(socket: Socket, groups: readonly AddressGroup[]) {
    this.#socket = socket;
    this.groups = groups;
  }

  end(code: ErrorCode): void {
    if (this.connection === undefined) this.#socket.destroy();
    else this.connection.cutOff(code);
  }
}

/** The same for a TLS socket and for the TCP socket under it; no two open ones have the same. */
export const guestKey = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
