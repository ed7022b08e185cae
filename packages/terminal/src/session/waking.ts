/** Being reached with the page closed: what the server is told of this browser (docs/decisions/065-web-push.md). */
import { SignetError, hasFeature } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Session } from "./session.ts";

/** Where a browser is woken, and the keys for it (RFC 8291). */
export interface WokenBrowser {
  /** A secret: whoever has it can ask the push service for notifications. */
  readonly endpoint: string;
  /** 65 and 16 bytes. */
  readonly p256dh: Bytes;
  readonly auth: Bytes;
}

/** Rejects with `push.*`, and where nobody is signed in or there is no connection. */
export interface WakingApi {
  /** The server's key, which a browser subscribes with at its push service: 65 bytes. */
  key(): Promise<Bytes>;
  /** From now on this browser is woken when whoever is signed in here is called. To be said anew at each sign-in. Signing out ends it. */
  subscribe(browser: WokenBrowser): Promise<void>;
  unsubscribe(endpoint: string): Promise<void>;
}

export class Waking implements WakingApi {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async key(): Promise<Bytes> {
    return (await this.#link.request("push.key", {})).key;
  }

  async subscribe({ auth, endpoint, p256dh }: WokenBrowser): Promise<void> {
    await this.#link.request("push.subscribe", { endpoint, p256dh, auth });
  }

  async unsubscribe(endpoint: string): Promise<void> {
    await this.#link.request("push.unsubscribe", { endpoint });
  }

  get #link(): Session["link"] {
    if (!hasFeature(this.#session.server.features, "push")) throw new SignetError("push.off");
    return this.#session.link;
  }
}
