/**
 * TURN on the port of the page. Its first byte tells it: a request of HTTP begins with a letter, a message of STUN with two zero bits. Within TLS it
 * is the same, since TLS has its own first byte and is taken off before.
 *
 *   connection --> (TLS) --> first byte -- below 4 ------> the relay
 *                              |--------- anything else --> HTTP, as if nothing had been
 *                              +--------- none in time ---> closed
 */
import type { Server as HttpServer } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/** Methods of STUN that come first are below 0x400: 0x003, an Allocate. */
const isTurn = (first: number): boolean => first < 4;

/**
 * To be called before anybody else listens for connections of this server.
 * @param headMs how long a first byte may take
 */
export function divertTurn(
  server: HttpServer | HttpsServer,
  headMs: number,
  relay: (socket: Socket) => void,
): void {
  const event = server instanceof HttpsServer ? "secureConnection" : "connection";
  // What Node's HTTP does with a connection; it cannot be asked for in another way.
  const http = server.listeners(event) as ((this: typeof server, socket: Socket) => void)[];
  server.removeAllListeners(event);
  server.on(event, (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), headMs);
    const failed = (): void => void socket.destroy();
    const look = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      leave();
      socket.unshift(chunk);
      if (isTurn(chunk.readUInt8(0))) relay(socket);
      else for (const listener of http) listener.call(server, socket);
    };
    const leave = (): void => {
      clearTimeout(timer);
      socket.off("readable", look).off("error", failed).off("end", failed).off("close", leave);
    };
    socket.on("readable", look).on("error", failed).on("end", failed).on("close", leave);
  });
}
