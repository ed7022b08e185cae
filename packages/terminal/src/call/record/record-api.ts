/** The record of a call: one file with all that was signed in it (docs/record.md). */
import type { UserId } from "@signet/protocol";

import type { WordTrouble } from "../word-trouble.ts";

/** Of the call that goes on, or was last. */
export interface CallRecordState {
  /** This terminal asks for the others' signatures on who is in the call; they are told that it does. */
  readonly keeping: boolean;
  /** Who asked for them, oneself among them: a terminal that asked has what was signed, whatever it does later. In the order in which they began. */
  readonly keepers: readonly UserId[];
  /** `record.otherEpoch`: this person signed for another group under the same number than this terminal is in. Each once. */
  readonly troubles: readonly WordTrouble[];
}

export interface RecordApi {
  /**
   * From now on, and until it is called with false or the call is over, the others in the call are asked to sign who is in it. All of them are told.
   * @throws SignetError `call.notMember` where this terminal is in none; `word.notOffered`
   */
  keep(on: boolean): void;
  /**
   * All that was signed in the call that goes on or was last, until the next one begins: with the others' signatures on who was in it where anybody asked for
   * them. Signed by this terminal while it is signed in. What the server's log says of its people is asked for; without an answer it is left out.
   * @returns text of the file
   * @throws SignetError `call.notMember` where there was no call
   */
  save(): Promise<string>;
}
