/** Being reached with the page closed: what the server is told of this browser (docs/decisions/065-web-push.md). */
import { SignetError, hasFeature } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Session } from "./session.ts";
import type { WakingApi, WokenBrowser } from "./waking-api.ts";

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
