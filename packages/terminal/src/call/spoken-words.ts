/** What this terminal signs of what it seals, on its way to the others in the call: by the server, and with the sound itself. */
import { signWord, type LeafKey, type ProofNews, type SignedWord, type SpokenWord } from "@signet/e2ee";
import { fromBase64Url, hasFeature, isConnectionCode, SerialQueue } from "@signet/protocol";
import type { Bytes, CallId } from "@signet/protocol";

import type { SpeechProofs } from "../media/speech-proofs.ts";
import type { CallContext } from "./call-entry.ts";

/** The others remember no frame for longer. */
const saidAgainMs = 10_000;
const againAfterMs = 500;
/** Words that the server has not answered. Where the way is narrow more would only stand in each other's way, and in that of the sound, which carries them as well. */
const mostUnderWay = 2;
/** Packets of sound that carry a word: */
const copiesBeside = 2;
/** and where nothing but the sound does. */
const copiesAlone = 4;

interface OwedWord {
  readonly word: Bytes;
  readonly untilMs: number;
}

export class SpokenWords {
  readonly #context: CallContext;
  readonly #callId: CallId;
  readonly #leafKey: LeafKey;
  /** In the order in which they were made: so they are sent. */
  readonly #queue = new SerialQueue();
  #owed: OwedWord[] = [];
  #underWay = 0;
  #waits = false;

  constructor(context: CallContext, callId: CallId, leafKey: LeafKey) {
    this.#context = context;
    this.#callId = callId;
    this.#leafKey = leafKey;
  }

  /** Undefined where the server passes no words on: then nothing that is heard can be proven. */
  forMedia(onNews: (news: ProofNews) => void): SpeechProofs | undefined {
    if (!hasFeature(this.#context.session.server.features, "spoke")) return undefined;
    return { onNews, onWord: (word) => this.#say(word), ask: () => this.#ask() };
  }

  #say(spoken: SpokenWord): Promise<SignedWord | undefined> {
    const { monotonicMs } = this.#context.environment;
    const untilMs = monotonicMs() + saidAgainMs;
    return (
      this.#queue
        .run(async () => {
          const id = fromBase64Url(this.#callId) ?? new Uint8Array();
          const word = await signWord(this.#leafKey, id, spoken);
          this.#owed.push({ word, untilMs });
          this.#send();
          return { word, copies: this.#waits ? copiesAlone : copiesBeside };
        })
        // Where it cannot be signed the others tell that nothing proves what is said here.
        .catch(() => undefined)
    );
  }

  /** What got lost with a connection is said on the next one. */
  #send(): void {
    const { environment, session } = this.#context;
    this.#owed = this.#owed.filter(({ untilMs }) => environment.monotonicMs() <= untilMs);
    while (!this.#waits && this.#underWay < mostUnderWay) {
      const owed = this.#owed.shift();
      if (owed === undefined) return;
      this.#underWay++;
      void session.link.ask("call.spoke", { callId: this.#callId, word: owed.word }, (answer) => {
        this.#underWay--;
        if (answer.ok || !isConnectionCode(answer.code)) return this.#send();
        this.#owed.unshift(owed);
        this.#wait();
      });
    }
  }

  #wait(): void {
    if (this.#waits) return;
    this.#waits = true;
    this.#context.environment.after(againAfterMs, () => {
      this.#waits = false;
      this.#send();
    });
  }

  #ask(): ReturnType<SpeechProofs["ask"]> {
    return this.#context.session.link.ask("session.ping", {}, (answer) => {
      if (answer.ok) return "heard";
      return answer.code === "connection.lost" ? "away" : "unanswered";
    });
  }
}
