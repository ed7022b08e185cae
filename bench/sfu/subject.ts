import type { Load } from "./load.ts";

/** An SFU under test. */
export interface Subject {
  readonly name: string;
  /**
   * Sets up `calls` calls of `terminals` terminals in `load`; the first `talkers` of each will talk.
   * @returns the peers that talk
   */
  join(load: Load, shape: Shape): Promise<string[]>;
  /** CPU time and memory of the SFU's processes by now. */
  usage(): Promise<{ cpuUs: number; residentBytes: number }>;
  close(): Promise<void>;
}

export interface Shape {
  readonly calls: number;
  readonly terminals: number;
  readonly talkers: number;
}
