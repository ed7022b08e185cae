/** What this terminal signs of what it seals, on its way to the others in the call. */
import { signWord, type LeafKey, type ProofNews, type SpokenWord } from "@signet/e2ee";
import { fromBase64Url, hasFeature, isConnectionCode, SerialQueue } from "@signet/protocol";
import type { Bytes, CallId } from "@signet/protocol";

import type { SpeechProofs } from "../media/speech-proofs.ts";
import type { CallContext } from "./call-entry.ts";

/** The others remember no frame for longer. */
const saidAgainMs = 10_000;
const againAfterMs = 500;

export class SpokenWords {
  readonly #context: CallContext;
  readonly #callId: CallId;
  readonly #leafKey: LeafKey;
  /** In the order in which they were made: so they are sent. */
  readonly #queue = new SerialQueue();

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

  #say(word: SpokenWord): void {
    const { monotonicMs } = this.#context.environment;
    const untilMs = monotonicMs() + saidAgainMs;
    void this.#queue
      .run(async () => {
        const id = fromBase64Url(this.#callId) ?? new Uint8Array();
        this.#send(await signWord(this.#leafKey, id, word), untilMs);
      })
      // Where it cannot be signed the others tell that nothing proves what is said here.
      .catch(() => undefined);
  }

  /** What got lost with a connection is said on the next one. */
  #send(word: Bytes, untilMs: number): void {
    const { environment, session } = this.#context;
    void session.link.ask("call.spoke", { callId: this.#callId, word }, (answer) => {
      if (answer.ok || !isConnectionCode(answer.code) || environment.monotonicMs() > untilMs) return;
      environment.after(againAfterMs, () => this.#send(word, untilMs));
    });
  }

  #ask(): ReturnType<SpeechProofs["ask"]> {
    return this.#context.session.link.ask("session.ping", {}, (answer) => {
      if (answer.ok) return "heard";
      return answer.code === "connection.lost" ? "away" : "unanswered";
    });
  }
}
