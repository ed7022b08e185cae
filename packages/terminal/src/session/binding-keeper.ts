/** Keeps the binding that there is, and nothing once it is over. */
import type { SignedBy, TerminalKey } from "@signet/device";
import type { CallId, DirectoryEntryIn } from "@signet/protocol";

import type { Administrators } from "../people/administrators.ts";
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
  readonly #administrators: Administrators;
  #kept: Kept | undefined;

  /** @param restored what is kept already */
  constructor(
    place: BindingPlace | undefined,
    terminalKey: TerminalKey,
    restored: Omit<Kept, "isWritten"> | undefined,
    onChange: () => void,
    administrators: Administrators,
  ) {
    this.#administrators = administrators;
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
      .keep(keptBinding(serverOrigin, this.#terminalKey, person, expiresAtMs, this.#needed(person)))
      .then((isWritten) => {
        kept.isWritten = isWritten;
        if (this.#kept === kept) this.#onChange();
      });
  }

  /** Who is named in no history is not kept with it. */
  #needed({ known }: Person): readonly DirectoryEntryIn[] {
    const { appointments, devices } = known.person;
    const { userId } = known.person;
    const isOthers = (by: SignedBy | undefined): boolean => by !== undefined && by.userId !== userId;
    const restsOnOthers =
      devices.some(({ addedBy, revoked }) => isOthers(addedBy) || isOthers(revoked?.by)) ||
      appointments.some(({ by }) => isOthers(by));
    return restsOnOthers ? this.#administrators.histories : [];
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
