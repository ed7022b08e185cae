/**
 * One call that goes on without this terminal, as the server says: whether anybody in it says so, too.
 *
 *   asked -- a word that counts --> shown -- half a minute --> asked
 *     |                                                          |
 *     +-- no word in time: asked again, later each time <--------+   after two questions in vain: not shown any more
 *
 *   from anywhere, when the server says that the call is over or not for this person --> over
 */
import { mostAskedPresent } from "@signet/protocol";
import type { Bytes, CallId, ErrorCode } from "@signet/protocol";

import type { System } from "../system.ts";
import type { Invitation } from "./invitation.ts";
import type { PresentWord } from "./present-word.ts";

/** How long a question waits for its answer (ms): two ways through the server, and a signature. */
const answerMs = 5_000;
/** How long a word counts before the call is asked about again (ms). */
const askEveryMs = 30_000;
/** Who is in the call may be coming back just now, as after a restart of the server: asked again this soon at first (ms). */
const askAgainSoonMs = 2_000;
/** Questions in vain, in a row: one may get lost with a connection. */
const mostMisses = 2;

export interface OfferedCallShell {
  readonly system: Pick<System, "after" | "randomBytes">;
  /** @returns how many were asked, or why nobody was */
  ask(callId: CallId, nonce: Bytes): Promise<number | ErrorCode>;
  /** Whether it counts, as an answer to this question. */
  counts(word: PresentWord, invitation: Invitation, nonce: Bytes): Promise<boolean>;
  /** It is shown from now on, or not any more. */
  onChange(): void;
}

interface Question {
  readonly nonce: Bytes;
  /** Whose words came for it, whatever they are worth: one of each is read, and of so many as were asked. */
  readonly words: Set<string>;
  isMissed: boolean;
}

/** What the server says of a call that this person cannot join, or nobody: for that its word is enough. */
const overCodes: ReadonlySet<number | ErrorCode> = new Set<ErrorCode>([
  "call.notFound",
  "call.notInvited",
  "call.putOut",
]);

export class OfferedCall {
  readonly invitation: Invitation;
  readonly #shell: OfferedCallShell;
  /** The latest, until it is answered: late is not too late. */
  #question: Question | undefined;
  #misses = 0;
  #isShown = false;
  #isOver = false;
  #cancel: () => void = () => undefined;

  constructor(invitation: Invitation, shell: OfferedCallShell) {
    this.invitation = invitation;
    this.#shell = shell;
  }

  get isShown(): boolean {
    return this.#isShown;
  }

  ask(): void {
    const question = {
      nonce: this.#shell.system.randomBytes(32),
      words: new Set<string>(),
      isMissed: false,
    };
    this.#question = question;
    this.#later(answerMs, () => this.#missed(question));
    void this.#shell.ask(this.invitation.invite.callId, question.nonce).then((answer) => {
      if (this.#question !== question) return;
      if (overCodes.has(answer)) this.#endByServer();
      else if (answer === 0) this.#missed(question);
    });
  }

  /** Somebody in the call answers, as the server says. */
  async heard(word: PresentWord): Promise<void> {
    const question = this.#question;
    const { userId } = word.entry;
    if (question === undefined || question.words.size >= mostAskedPresent || question.words.has(userId))
      return;
    question.words.add(userId);
    const counts = await this.#shell.counts(word, this.invitation, question.nonce);
    if (!counts || this.#question !== question) return;
    this.#question = undefined;
    this.#misses = 0;
    this.#later(askEveryMs, () => this.ask());
    this.#show(true);
  }

  /** Neither asked about nor shown any more. Without telling: whoever ends it has more to change. */
  end(): void {
    this.#isOver = true;
    this.#question = undefined;
    this.#isShown = false;
    this.#cancel();
  }

  #missed(question: Question): void {
    if (this.#question !== question || question.isMissed) return;
    question.isMissed = true;
    this.#later(Math.min(askEveryMs, askAgainSoonMs * 2 ** Math.min(this.#misses, 10)), () => this.ask());
    this.#misses += 1;
    if (this.#misses >= mostMisses) this.#show(false);
  }

  #endByServer(): void {
    const wasShown = this.#isShown;
    this.end();
    if (wasShown) this.#shell.onChange();
  }

  #show(isShown: boolean): void {
    if (this.#isShown === isShown) return;
    this.#isShown = isShown;
    this.#shell.onChange();
  }

  #later(delayMs: number, run: () => void): void {
    this.#cancel();
    if (!this.#isOver) this.#cancel = this.#shell.system.after(delayMs, run);
  }
}
