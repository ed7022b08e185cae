/** What those in one call say to each other, what they resolve by it, and what they sign of who is in it. */
import type { CallGroup } from "@signet/e2ee";
import type { CallId, UserId } from "@signet/protocol";

import type { CallContext, Credentials } from "./call-entry.ts";
import type { CallFacts } from "./call-view.ts";
import { CallWords } from "./call-words.ts";
import type { CallNotes } from "./record/call-notes.ts";
import { RecordKeeping } from "./record/record-keeping.ts";
import { writeRecord } from "./record/write-record.ts";
import { Resolutions } from "./resolutions/call-resolutions.ts";

/** What is shown of it. */
type Told = Pick<CallFacts, "record" | "resolutions">;

export class SealedTalk {
  readonly words: CallWords;
  readonly resolutions: Resolutions;
  readonly keeping: RecordKeeping;
  readonly notes: CallNotes;
  readonly #context: CallContext;
  readonly #credentials: Pick<Credentials, "call" | "list">;

  constructor(
    context: CallContext,
    { call, list, membership }: Credentials,
    begins: boolean,
    onChange: (told: Told) => void,
  ) {
    const callId = call.callProof.transcript.callId as CallId;
    const credentials = { call, list };
    this.#context = context;
    this.#credentials = credentials;
    this.notes = context.memories.of(callId).notes;
    const words = (): CallWords => this.words;
    const own = { context, credentials, words };
    this.resolutions = new Resolutions({ ...own, onChange: (resolutions) => onChange({ resolutions }) });
    const onRecord = (record: NonNullable<Told["record"]>): void => onChange({ record });
    this.keeping = new RecordKeeping({ ...own, notes: this.notes, onChange: onRecord });
    this.words = new CallWords({
      session: context.session,
      environment: context.environment,
      callId,
      leafKey: membership.leafKey,
      begins,
      onEntered: this.resolutions.entered,
      onWord: async (word) => {
        await this.resolutions.hear(word);
        await this.keeping.hear(word);
      },
      onTrouble: this.resolutions.trouble,
      onUnread: this.resolutions.unread,
    });
  }

  /** The group is in a new epoch, and its list says who is host. @param back as of `CallWords.entered` */
  async entered(group: CallGroup, back?: UserId): Promise<void> {
    this.keeping.entered(group);
    await this.words.entered(group, back);
  }

  /** @returns text of the file. @throws SignetError as {@link writeRecord} */
  record(): Promise<string> {
    return this.#write(false);
  }

  /** @returns undefined where there are none. @throws SignetError as {@link writeRecord} */
  async savedResolutions(): Promise<string | undefined> {
    return this.resolutions.recorded.length === 0 ? undefined : this.#write(true);
  }

  #write(isOfResolutions: boolean): Promise<string> {
    const [context, credentials] = [this.#context, this.#credentials];
    const { recorded: resolutions } = this.resolutions;
    return writeRecord({ context, credentials, notes: this.notes, resolutions, isOfResolutions });
  }

  /** @returns what became of the resolutions */
  end(): Told {
    this.words.close();
    this.keeping.end();
    return { resolutions: this.resolutions.end() };
  }
}
