/** Whom the person does not want to hear of, as the server keeps it. */
import { SignetError, hasFeature } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { BlockingApi } from "./blocking-api.ts";
import type { Session } from "./session.ts";

export class Blocking implements BlockingApi {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async list(): Promise<readonly UserId[]> {
    return (await this.#link.request("block.get", {})).userIds;
  }

  async block(userId: UserId): Promise<void> {
    await this.#link.request("block.set", { userId, isBlocked: true });
  }

  async unblock(userId: UserId): Promise<void> {
    await this.#link.request("block.set", { userId, isBlocked: false });
  }

  get #link(): Session["link"] {
    if (!hasFeature(this.#session.server.features, "block")) throw new SignetError("block.off");
    return this.#session.link;
  }
}
