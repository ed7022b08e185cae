/** What the bench and its processes of terminals say to each other. Times are {@link nowMs}. */
import type { Bytes } from "@signet/protocol";

/** Milliseconds of a clock that all processes of a machine share. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export type Order =
  /** Makes terminals, registers and signs them in. */
  | { readonly type: "open"; readonly origin: string; readonly userIds: readonly string[] }
  /** From now on the epoch that counts has this many members; the child with the initiator calls. */
  | { readonly type: "call"; readonly initiatorId: string; readonly memberIds: readonly string[] }
  | { readonly type: "leave"; readonly userId: string; readonly members: number }
  /** A frame that the initiator sealed in the epoch that counts. */
  | { readonly type: "frame"; readonly frame: InitiatorFrame }
  | { readonly type: "report" }
  /** Ends the call for all, and closes the terminals. */
  | { readonly type: "close" };

export interface InitiatorFrame {
  readonly epoch: number;
  readonly data: Bytes;
}

export type Word =
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "frame"; readonly frame: InitiatorFrame }
  /** All terminals of this process but the initiator's have opened the initiator's frame of the epoch that counts. */
  | { readonly type: "keyed"; readonly lastMs: number }
  | { readonly type: "report"; readonly report: ProcessReport };

export interface ProcessReport {
  readonly cpuMs: number;
  readonly residentBytes: number;
  readonly terminals: readonly TrafficReport[];
  readonly steps: Steps;
}

export interface TrafficReport {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly largestSent: Largest;
  readonly largestReceived: Largest;
}

export interface Largest {
  readonly type: string;
  readonly bytes: number;
}

/** When what happened last. */
export interface Steps {
  requestedMs?: number;
  acknowledgedMs?: number;
  lastRingMs?: number;
  lastJoinMs?: number;
  /** In the order of the Commits. */
  commitsMs: number[];
  /** A Welcome was opened and the group checked. */
  lastWelcomeMs?: number;
  leaveMs?: number;
}
