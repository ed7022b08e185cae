import type { Printer } from "./print.ts";
import type { Wire } from "./wire.ts";

/** What every step needs. */
export interface Stage {
  readonly print: Printer;
  readonly wire: Wire;
  /** Somebody who is muted on purpose, to see that the demo notices. */
  readonly muted: string | undefined;
  /** Keeps what is to be undone at the end, latest first. */
  readonly defer: (cleanup: () => unknown) => void;
}
