/** Which of one's own devices answered a call that rang here, too. */
import type { EventBody, ProofIn } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { verifyProofOf } from "../people/proofs.ts";
import type { Session } from "../session/session.ts";
import type { AnsweredElsewhere } from "../state.ts";
import type { System } from "../system.ts";
import type { Invitation } from "./invitation.ts";

/** How long it is shown (ms). */
const shownMs = 60_000;

export interface AnsweredElsewhereOptions {
  readonly session: Session;
  readonly directory: Pick<Directory, "requireSameView">;
  readonly environment: Pick<System, "after" | "nowMs">;
  readonly onChange: () => void;
}

export class Answered {
  readonly #options: AnsweredElsewhereOptions;
  #shown: AnsweredElsewhere | undefined;
  #cancelEnd: () => void = () => undefined;

  constructor(options: AnsweredElsewhereOptions) {
    this.#options = options;
  }

  get view(): { readonly answeredElsewhere?: AnsweredElsewhere } {
    return this.#shown === undefined ? {} : { answeredElsewhere: this.#shown };
  }

  /** The ring of this invitation is over, as the server says: what does not verify is nobody's answer, and not shown. */
  async ringEnded({ proof, reason }: EventBody<"call.ringEnded">, invitation: Invitation): Promise<void> {
    if (reason !== "answeredElsewhere" || proof === undefined) return;
    const device = await this.#deviceOf(proof, invitation);
    if (device === undefined) return;
    const { callId, from } = invitation.view;
    this.#show({ callId, from: from.userId, device });
  }

  /** Something else rings, or nobody is signed in. Without telling: whoever clears it has more to change. */
  clear(): void {
    this.#cancelEnd();
    this.#shown = undefined;
  }

  async #deviceOf(
    proof: ProofIn,
    { callProofDigest, view }: Invitation,
  ): Promise<AnsweredElsewhere["device"] | undefined> {
    const { directory, environment, session } = this.#options;
    const { person } = session;
    if (person === undefined) return undefined;
    const result = await verifyProofOf(person.known, proof, {
      purpose: "join",
      serverOrigin: session.server.serverOrigin,
      time: { nowMs: environment.nowMs() },
      fields: { callId: view.callId, callProofDigest },
    });
    // What was signed here is no answer elsewhere.
    if (!result.ok || session.person?.binding !== person.binding) return undefined;
    // It is an answer all the same: the person is told where it was signed by another view.
    directory.requireSameView(result.proof).catch(() => undefined);
    const { deviceId, kind, name } = result.proof.device;
    return { deviceId, kind, name };
  }

  #show(shown: AnsweredElsewhere): void {
    this.clear();
    this.#shown = shown;
    this.#cancelEnd = this.#options.environment.after(shownMs, () => {
      this.#shown = undefined;
      this.#options.onChange();
    });
    this.#options.onChange();
  }
}
