/** What those in one call say to each other, and what they resolve by it. */
import type { CallGroup } from "@signet/e2ee";
import type { CallId, UserId } from "@signet/protocol";

import type { CallContext, Credentials } from "./call-entry.ts";
import { CallWords } from "./call-words.ts";
import { Resolutions } from "./resolutions/call-resolutions.ts";
import type { CallResolutions } from "./resolutions/resolutions-api.ts";

export class SealedTalk {
  readonly words: CallWords;
  readonly resolutions: Resolutions;
  readonly #list: Credentials["list"];

  constructor(
    context: CallContext,
    { call, list, membership }: Credentials,
    begins: boolean,
    onChange: (resolutions: CallResolutions) => void,
  ) {
    this.#list = list;
    this.resolutions = new Resolutions({
      context,
      credentials: { call, list },
      words: () => this.words,
      onChange,
    });
    this.words = new CallWords({
      session: context.session,
      environment: context.environment,
      callId: call.callProof.transcript.callId as CallId,
      leafKey: membership.leafKey,
      begins,
      onWord: this.resolutions.hear,
      onTrouble: this.resolutions.trouble,
      onUnread: this.resolutions.unread,
    });
  }

  /** The group is in a new epoch, and its list says who is host. */
  async entered(group: CallGroup): Promise<void> {
    const entered = await this.words.entered(group);
    const inGroup = group.members().map(({ userId }) => userId as UserId);
    // Where it cannot be said any more, the call is over here.
    void this.resolutions.showAgain(entered, inGroup, this.#list.hostId).catch(() => undefined);
  }

  /** @returns what became of the resolutions */
  end(): CallResolutions {
    this.words.close();
    return this.resolutions.end();
  }
}
