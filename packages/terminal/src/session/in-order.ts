/** Takes one thing after the other. What is not done at once is waited for, and everything behind it waits as well. */
export class InOrder {
  #waiting: (() => void | Promise<void>)[] = [];
  #isBusy = false;

  add(take: () => void | Promise<void>): void {
    this.#waiting.push(take);
    if (!this.#isBusy) this.#takeAll();
  }

  /** What waits is not taken any more. */
  clear(): void {
    this.#waiting = [];
  }

  #takeAll(): void {
    this.#isBusy = true;
    for (let take = this.#waiting.shift(); take !== undefined; take = this.#waiting.shift()) {
      const done = take();
      if (done !== undefined) return void done.finally(() => this.#takeAll());
    }
    this.#isBusy = false;
  }
}
