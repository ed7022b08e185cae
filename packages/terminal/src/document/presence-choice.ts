/** Who may see whether the person is there, told to the server as the personal document has it: at each sign-in, and when it changes. */
import { codeOf, hasFeature, isConnectionCode, mostShownTo } from "@signet/protocol";
import type { ErrorCode, RequestBody } from "@signet/protocol";

import type { Session } from "../session/session.ts";
import type { Carrying, PersonalState } from "./personal-state.ts";

type Choice = RequestBody<"presence.choose">;
type Told = Pick<PersonalState, "carrying" | "people" | "settings">;

export class PresenceChoice {
  readonly #session: Session;
  readonly #onChange: () => void;
  /** As text: what was asked for last since the sign-in. */
  #asked: string | undefined;
  #untold: ErrorCode | undefined;

  constructor(session: Session, onChange: () => void) {
    this.#session = session;
    this.#onChange = onChange;
  }

  /** Why the server does not know what was chosen; nothing where it does, or is about to. */
  get state(): Pick<PersonalState, "presenceUntold"> {
    return this.#untold === undefined ? {} : { presenceUntold: this.#untold };
  }

  signedOut(): void {
    this.#asked = undefined;
    this.#untold = undefined;
  }

  /** @param state of whoever is signed in */
  follow(state: Told | undefined): void {
    const choice = state === undefined ? undefined : choiceIn(state);
    if (state === undefined || choice === undefined) return;
    const withheld = withheldBy(state.carrying, choice);
    if (withheld !== undefined) {
      this.#asked = undefined;
      this.#untold = withheld;
      return;
    }
    const text = JSON.stringify(choice);
    if (text === this.#asked) return;
    this.#asked = text;
    void this.#tell(choice, text);
  }

  async #tell(choice: Choice, text: string): Promise<void> {
    let untold: ErrorCode | undefined;
    const isOffered = hasFeature(this.#session.server.features, "presenceChoice");
    try {
      if (isOffered) await this.#session.link.request("presence.choose", choice);
      // A server of before shows everybody who is there: what was chosen does not hold there.
      else if (choice.who !== "everybody") untold = "presence.off";
    } catch (error) {
      untold = codeOf(error);
    }
    if (this.#asked !== text) return;
    // At the next sign-in, or with the next change, it is told again.
    if (untold !== undefined && isConnectionCode(untold)) this.#asked = undefined;
    if (untold === this.#untold) return;
    this.#untold = untold;
    this.#onChange();
  }
}

/**
 * What was chosen at a terminal that does not have what the others chose must not show the person to more than they want: such a one only hides them.
 * @returns why it is not told
 */
const withheldBy = (carrying: Carrying, { who }: Choice): ErrorCode | undefined =>
  carrying.status !== "keptHere" || carrying.code === "document.notOffered" || who === "nobody"
    ? undefined
    : carrying.code;

/** undefined where it is not known yet, or nothing was ever chosen. */
function choiceIn({ carrying, people, settings }: Told): Choice | undefined {
  const { doNotDisturb, presenceFor } = settings;
  if (doNotDisturb === undefined && presenceFor === undefined) return undefined;
  // What was chosen at another terminal counts, and not what this one has of before.
  if (carrying.status === "pending") return undefined;
  const who = presenceFor ?? "everybody";
  return {
    who,
    userIds: who === "people" ? people.map(({ userId }) => userId).slice(0, mostShownTo) : [],
    doNotDisturb: doNotDisturb === true,
  };
}
