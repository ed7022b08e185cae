import type { System } from "../system.ts";

/** With the time after which a slot counts as quiet, 2 s. */
const goneAfterMs = 500;
/** After the own way was mended: the others need as long to be heard again. */
const settleMs = 2_000;

/** Of whom something came, and comes no more, while the own way works. Whoever was never heard is not missed. */
export class LostVoices {
  readonly #after: System["after"];
  readonly #onChange: (lost: ReadonlySet<string>) => void;
  /** Since they are in the group. */
  readonly #known = new Set<string>();
  #heard: ReadonlySet<string> = new Set();
  readonly #missing = new Map<string, () => void>();
  #lost: ReadonlySet<string> = new Set();
  #isConnected = false;

  constructor(after: System["after"], onChange: (lost: ReadonlySet<string>) => void) {
    this.#after = after;
    this.#onChange = onChange;
  }

  /** @param userIds whose frames come just now */
  hears(userIds: ReadonlySet<string>): void {
    this.#heard = userIds;
    for (const userId of userIds) {
      this.#known.add(userId);
      this.#miss(userId, undefined);
    }
    this.#tell([...this.#lost].filter((userId) => !userIds.has(userId)));
    if (this.#isConnected) this.#missOthers(goneAfterMs);
  }

  /** Whether the own way works, as far as is known. */
  connected(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (!isConnected) this.#heard = new Set();
    for (const userId of this.#missing.keys()) this.#miss(userId, undefined);
    this.#tell([]);
    if (isConnected) this.#missOthers(settleMs);
  }

  /** Who left is missed no more, and is heard for the first time when they come again. */
  inGroup(userIds: ReadonlySet<string>): void {
    for (const userId of this.#known) {
      if (userIds.has(userId)) continue;
      this.#known.delete(userId);
      this.#miss(userId, undefined);
    }
    this.#tell([...this.#lost].filter((userId) => userIds.has(userId)));
  }

  close(): void {
    for (const userId of this.#missing.keys()) this.#miss(userId, undefined);
    this.#known.clear();
  }

  #missOthers(afterMs: number): void {
    for (const userId of this.#known)
      if (!this.#heard.has(userId) && !this.#missing.has(userId) && !this.#lost.has(userId))
        this.#miss(userId, afterMs);
  }

  #miss(userId: string, afterMs: number | undefined): void {
    this.#missing.get(userId)?.();
    this.#missing.delete(userId);
    if (afterMs === undefined) return;
    const gone = (): void => {
      this.#missing.delete(userId);
      this.#tell([...this.#lost, userId]);
    };
    this.#missing.set(userId, this.#after(afterMs, gone));
  }

  #tell(lost: readonly string[]): void {
    if (lost.length === this.#lost.size) return;
    this.#lost = new Set(lost);
    this.#onChange(this.#lost);
  }
}
