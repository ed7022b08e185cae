/** The order between an answer that has to be checked and what the server says after it, for example of a call that rings. */
export class HeldEvents {
  /** They wait for an answer before them. */
  #held: (() => void)[] | undefined;

  /** Now, or once the answer before it was checked. */
  hear(event: () => void): void {
    if (this.#held === undefined) event();
    else this.#held.push(event);
  }

  /** @param check asks, and acts on the answer */
  async after(check: () => Promise<void>): Promise<void> {
    const held: (() => void)[] = [];
    this.#held = held;
    try {
      await check();
    } finally {
      if (this.#held === held) this.#held = undefined;
      for (const event of held) event();
    }
  }
}
