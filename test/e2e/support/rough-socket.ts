import type { Socket, SocketListener } from "@signet/terminal";

/** Connections of a terminal to a real server that break, and stand still, as a test wants. */
export class RoughSocket {
  /** Nobody is reached. */
  isDown = false;
  /** What is open stays open, and nothing passes in either direction: as where an address went away. What is lost so never comes. */
  isStill = false;
  readonly #sockets = new Set<WebSocket>();

  /** For the terminal's environment. */
  readonly openSocket = (url: string, listener: SocketListener): Socket => {
    const socket = new WebSocket(url);
    const { isStill } = this;
    if (this.isDown) socket.close();
    this.#sockets.add(socket);
    socket.addEventListener("open", () => {
      if (!isStill) listener.opened();
    });
    socket.addEventListener("close", () => {
      this.#sockets.delete(socket);
      listener.closed();
    });
    socket.addEventListener("message", ({ data }) => {
      if (!this.isStill) listener.received(String(data));
    });
    return {
      get isOpen() {
        return socket.readyState === WebSocket.OPEN;
      },
      send: (text) => {
        if (!this.isStill) socket.send(text);
      },
      close: () => socket.close(),
    };
  };

  /** Whatever is open breaks. */
  cut(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
