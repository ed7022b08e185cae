/** Keeps the binding that there is, and nothing once it is over. */
import type { TerminalKey } from "@signet/device";
import type { CallId } from "@signet/protocol";

import type { BindingPlace } from "./binding-place.ts";
import { keptBinding } from "./kept-binding.ts";
import type { Person } from "./person.ts";

interface Kept {
  readonly person: Person;
  readonly expiresAtMs: number;
  isWritten: boolean;
}

export class BindingKeeper {
  readonly #place: BindingPlace | undefined;
  readonly #terminalKey: TerminalKey;
  readonly #onChange: () => void;
  #kept: Kept | undefined;

  /** @param restored what is kept already */
  constructor(
    place: BindingPlace | undefined,
    terminalKey: TerminalKey,
    restored: Omit<Kept, "isWritten"> | undefined,
    onChange: () => void,
  ) {
    this.#place = place;
    this.#terminalKey = terminalKey;
    this.#onChange = onChange;
    if (restored !== undefined)
      this.#kept = { person: restored.person, expiresAtMs: restored.expiresAtMs, isWritten: true };
  }

  /** Whether who comes after this terminal finds the binding. */
  get isKept(): boolean {
    return this.#kept?.isWritten === true;
  }

  /** The server hears this terminal as this person. */
  keep(serverOrigin: string, person: Person, expiresAtMs: number): void {
    const before = this.#kept;
    if (this.#place === undefined) return;
    if (before?.isWritten === true && before.person === person && before.expiresAtMs === expiresAtMs) return;
    const kept: Kept = { person, expiresAtMs, isWritten: false };
    this.#kept = kept;
    void this.#place
      .keep(keptBinding(serverOrigin, this.#terminalKey, person, expiresAtMs))
      .then((isWritten) => {
        kept.isWritten = isWritten;
        if (this.#kept === kept) this.#onChange();
      });
  }

  /** The binding is over, or is not to outlive this terminal. */
  forget(): void {
    if (this.#kept === undefined) return;
    this.#kept = undefined;
    this.#place?.forget();
  }

  leaving(callId: CallId): void {
    if (this.isKept) this.#place?.leaving(callId);
  }
}
