import type { Socket, SocketListener } from "@signet/terminal";

interface Message {
  readonly id?: number;
  readonly type?: string;
  readonly body?: { readonly pairingId?: string; readonly sealed?: string };
}

/** The connection of a terminal to a real server, which a test reads, and whose sealed words it changes, drops or repeats. */
export class Carrier {
  /** What the terminal said. */
  readonly said: string[] = [];
  readonly sealed: string[] = [];
  /** That it opened or entered. */
  readonly pairingIds: string[] = [];
  readonly #edits = new Map<number, (sealed: string) => readonly string[]>();
  #words = 0;
  #listener: SocketListener | undefined;

  /** For the terminal's environment. */
  readonly openSocket = (url: string, listener: SocketListener): Socket => {
    const socket = new WebSocket(url);
    this.#listener = listener;
    socket.addEventListener("open", () => listener.opened());
    socket.addEventListener("close", () => listener.closed());
    socket.addEventListener("message", ({ data }) => this.#arrived(String(data)));
    return {
      get isOpen() {
        return socket.readyState === WebSocket.OPEN;
      },
      send: (text) => {
        this.said.push(text);
        const { body, type } = JSON.parse(text) as Message;
        if (type === "pairing.send") this.sealed.push(body?.sealed ?? "");
        if (type === "pairing.open" || type === "pairing.enter") this.pairingIds.push(body?.pairingId ?? "");
        socket.send(text);
      },
      close: () => socket.close(),
    };
  };

  /** @param place counted from 0, of the sealed words that come to this terminal; @param edit what comes in its place */
  onWord(place: number, edit: (sealed: string) => readonly string[]): void {
    this.#edits.set(place, edit);
  }

  /** As if the server said it. */
  bring(type: string, body: Message["body"]): void {
    this.#listener?.received(JSON.stringify({ type, body }));
  }

  #arrived(text: string): void {
    const { body, type } = JSON.parse(text) as Message;
    const edit = type === "pairing.message" ? this.#edits.get(this.#words++) : undefined;
    if (edit === undefined) return this.#listener?.received(text);
    for (const sealed of edit(body?.sealed ?? ""))
      this.bring("pairing.message", { pairingId: body?.pairingId ?? "", sealed });
  }
}
