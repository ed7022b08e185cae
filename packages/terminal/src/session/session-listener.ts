/** Who hears what becomes of a session. */
import type { Bytes, ErrorCode, ServerEvent, SignedIn, StatementIn } from "@signet/protocol";

import type { Person } from "./person.ts";

export interface SessionListener {
  changed(): void;
  /**
   * Registered or signed in with the device of this person, which was touched here just now and signed for this terminal.
   * They are signed in by now: what is told of their history is told of themselves.
   * @param touched what it signed beside for the history, and the output of its PRF
   */
  touched(
    person: Person,
    touched: { readonly renewal?: StatementIn | undefined; readonly prfOutput?: Bytes | undefined },
  ): void;
  /** Registered, signed in or resumed: the server hears this terminal as this person. */
  signedIn(reply: SignedIn): void;
  /** The own key history went on, by one of the person's devices, here or at another terminal. */
  historyGoesOn(person: Person, isMadeHere: boolean): void;
  /** What the server shows of the own key history is not what this person's devices signed. */
  historyRefused(person: Person, code: ErrorCode): void;
  /** The connection is gone; the binding may still stand. */
  disconnected(): void;
  event(event: ServerEvent): void;
  /** The server said something that this version cannot read. */
  passedOver(): void;
}
