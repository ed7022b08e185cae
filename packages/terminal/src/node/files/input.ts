import type { Bytes } from "@signet/protocol";

/** The bytes of a sound: a file, or a pipe of which more may come. */
export interface Input {
  /** Whether all of it is there: a file always, a pipe once it ended. */
  readonly isWhole: boolean;
  /** In bytes; unknown of a pipe. */
  readonly size: number | undefined;
  /** Whether it can be read again from its beginning. */
  readonly canRewind: boolean;
  /**
   * What is there now of the `length` bytes from `position` on. From a pipe only what was not forgotten.
   * @throws SignetError `media.noFile` when it cannot be read any more
   */
  read(position: number, length: number): Bytes;
  /** Resolves when `length` bytes are there from `position` on, or nothing more will come. @throws SignetError `media.noFile` */
  until(position: number, length: number): Promise<void>;
  /** What stands before `position` is not asked for again. */
  forget(position: number): void;
  close(): void;
}

/** What there is of `length` bytes, once it can be told. @throws SignetError `media.noFile` */
export async function readWhole(input: Input, position: number, length: number): Promise<Bytes> {
  await input.until(position, length);
  return input.read(position, length);
}
