import type { MediaEngine } from "@signet/media";
import { openInProcessServer, openSqliteStore } from "@signet/server/in-process";
import type { InProcessServer, Store } from "@signet/server/in-process";
import type { Socket, SocketListener } from "@signet/terminal";

import { Wire } from "./virtual-world.ts";
import type { VirtualWorld } from "./virtual-world.ts";

export const serverOrigin = "https://signet.example";
const sweepMs = 1_000;

/** The real server but for its sockets, which are wires of a virtual world. It can die and start again with what it has stored. */
export class VirtualServer {
  readonly #world: VirtualWorld;
  readonly #media: MediaEngine;
  readonly #store: Store = openSqliteStore(":memory:");
  readonly #wires = new Set<Wire>();
  #run: InProcessServer | undefined;

  private constructor(world: VirtualWorld, media: MediaEngine) {
    this.#world = world;
    this.#media = media;
  }

  static async open(world: VirtualWorld, media: MediaEngine): Promise<VirtualServer> {
    const server = new VirtualServer(world, media);
    await server.#begin();
    server.#sweepLater();
    return server;
  }

  get running(): InProcessServer {
    if (this.#run === undefined) throw new Error("the server does not run");
    return this.#run;
  }

  /** The process dies and another takes its place: connections are gone, calls are taken up from their logs. */
  async restart(): Promise<void> {
    this.running.kill();
    for (const wire of this.#wires) wire.close("server");
    this.#wires.clear();
    await this.#begin();
  }

  async close(): Promise<void> {
    this.running.kill();
    await this.#store.close();
  }

  connect(terminal: { received(text: string): void; closed(): void }): Wire {
    const { running } = this;
    let isOpen = true;
    const hangUp = (): void => {
      if (!isOpen) return;
      isOpen = false;
      wire.close("server");
      this.#world.after(0, () => ended());
    };
    const ended = (): void => {
      isOpen = false;
      this.#wires.delete(wire);
      if (running === this.#run) end.closed();
    };
    const end = running.accept({
      get readyState() {
        return isOpen ? 1 : 3;
      },
      bufferedAmount: 0,
      send: (text) => wire.send("terminal", text),
      close: hangUp,
      terminate: hangUp,
      ping: () => undefined,
    });
    const received = (text: string): void => {
      if (running === this.#run) end.received(text);
    };
    const wire = new Wire(this.#world, terminal, { received, closed: ended });
    this.#wires.add(wire);
    return wire;
  }

  async #begin(): Promise<void> {
    this.#run = await openInProcessServer({
      store: this.#store,
      media: this.#media,
      serverOrigin,
      clock: () => this.#world.nowMs,
      // The machine's own time stands still beside the world's.
      limits: { messagesPerSecond: 1e6, messageBurst: 1e6 },
    });
  }

  #sweepLater(): void {
    this.#world.after(sweepMs, () => {
      void this.#run?.sweep();
      this.#sweepLater();
    });
  }
}

/** The way of one terminal to the server, which can be down for a while and spoil what comes over it. */
export class VirtualWay {
  downUntilMs = 0;
  /** What becomes of each text that the server sends. */
  spoil: (text: string) => string = (text) => text;
  /** Hears each text that the terminal sends. */
  overhear: (text: string) => void = () => undefined;
  readonly #world: VirtualWorld;
  readonly #server: VirtualServer;
  #wire: Wire | undefined;

  constructor(world: VirtualWorld, server: VirtualServer) {
    this.#world = world;
    this.#server = server;
  }

  cutOff(durationMs: number): void {
    this.downUntilMs = this.#world.nowMs + durationMs;
    this.#wire?.break();
  }

  readonly openSocket = (_url: string, listener: SocketListener): Socket => {
    let wire: Wire | undefined;
    let isOver = false;
    let isOpen = false;
    const closed = (): void => {
      if (isOver) return;
      isOver = true;
      isOpen = false;
      listener.closed();
    };
    this.#world.after(this.#world.between(1, 150), () => {
      if (isOver) return;
      if (this.#world.nowMs < this.downUntilMs) return closed();
      wire = this.#server.connect({ received: (text) => listener.received(this.spoil(text)), closed });
      this.#wire = wire;
      isOpen = true;
      listener.opened();
    });
    return {
      get isOpen() {
        return isOpen;
      },
      send: (text) => {
        this.overhear(text);
        wire?.send("server", text);
      },
      close: () => {
        isOpen = false;
        wire?.close("terminal");
        this.#world.after(1, closed);
      },
    };
  };
}
