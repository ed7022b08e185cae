/** What a monitor finds against a server. */
import type { FindingKind, LogEvidence } from "@signet/directory";

/** What others in a call saw is found by terminals. */
export type MonitorFindingKind = Exclude<FindingKind, "otherView">;

/** What shows it to somebody who was not there; of whom and when it was found, is said where it is kept. */
export type FindingFacts = Omit<LogEvidence, "finding" | "serverOrigin" | "logKey" | "foundAtMs">;

export class Finding extends Error {
  readonly kind: MonitorFindingKind;
  readonly facts: FindingFacts;

  constructor(kind: MonitorFindingKind, facts: FindingFacts = {}) {
    super(kind);
    this.name = "Finding";
    this.kind = kind;
    this.facts = facts;
  }
}
