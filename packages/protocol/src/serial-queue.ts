/**
 * Runs asynchronous tasks one after the other, in the order they were given, so that each sees the state that the one
 * before it left. A failing task does not stop the next. A task that waits for another task of its own queue never ends.
 */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
