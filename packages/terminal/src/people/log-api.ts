import type { ErrorCode } from "@signet/protocol";

/** Why nothing that a server shows is believed any more. */
export type LogFault = Extract<
  ErrorCode,
  "log.missing" | "log.otherKey" | "log.badCheckpoint" | "log.rolledBack" | "log.inconsistent"
>;

/** The server's log of everybody's devices is not believed any more, and so nothing that the server shows of people. */
export interface ShownLog {
  readonly code: LogFault;
  /** By which key the server says that it signs it now: what `trust` takes. undefined where it keeps none. */
  readonly verifierKey: string | undefined;
}

/** What proves what a server shows of people (docs/directory.md). */
export interface LogApi {
  /**
   * Goes on with the log as it is now: after the server began anew, or an old backup took its place. Only for a person's explicit decision: whatever was
   * hidden, or exchanged, until then cannot be noticed any more.
   * @param verifierKey as the person was shown it, of `state.log`
   * @throws SignetError `log.otherKey` when the server names another one by now; `directory.badPins`
   */
  trust(verifierKey: string | undefined): Promise<void>;
  /** What was kept of checkpoints that do not fit, oldest first: each the text of a file (docs/directory.md). @throws SignetError `directory.badPins` */
  evidence(): readonly string[];
}
