/** What a verifier says of a file. Times are milliseconds since 1970, by the clocks of those who signed, but for the server's words. */
import type { EvidenceJudgement, LogEvidence } from "@signet/directory";
import type {
  Bytes,
  CallId,
  Decision,
  DeviceId,
  DeviceKind,
  ErrorCode,
  ResolutionRule,
  ResolutionState,
  ResolutionSubject,
  RevocationReason,
  UserId,
} from "@signet/protocol";

import type { ServerWord } from "./call-record.ts";

export type Verified =
  | RefusedFile
  | { readonly kind: "record"; readonly report: RecordReport }
  | ({
      readonly kind: "evidence";
      readonly evidence: LogEvidence;
      /** Judged by a key that the verifier was given, which is the one that the file names. */
      readonly keyGiven: boolean;
    } & EvidenceJudgement);

/** `at`: the place in the file, as `statements[3]`; empty for the file as a whole. */
export interface RefusedFile {
  readonly kind: "refused";
  readonly code: ErrorCode;
  readonly at: string;
}

export interface RecordReport {
  readonly serverOrigin: string;
  readonly callId: CallId;
  readonly call: SignedAt & { readonly invited: readonly UserId[] };
  /** Undefined where the file says nothing of a log. */
  readonly log: LogReport | undefined;
  /** All whose history is in the file, and guests, sorted by user ID. */
  readonly people: readonly PersonReport[];
  /** Beside the `call` proof and the answers, in the order of the file. */
  readonly statements: readonly StatementReport[];
  readonly resolutions: readonly ResolutionReport[];
  /** Nothing of it is proven. */
  readonly server: readonly ServerWord[];
  /** Absent: whoever had the file may have left something out. */
  readonly kept?: SignedAt;
}

/** By whom, with which device or a terminal key that it vouches for, and when. */
export interface SignedAt {
  readonly by: UserId;
  readonly deviceId: DeviceId;
  readonly deviceKind: DeviceKind;
  readonly atMs: number;
  /** The device was revoked afterwards, or before: what this says is by the clock of who revoked it. */
  readonly revoked?: { readonly atMs: number; readonly why: RevocationReason };
}

export interface LogReport {
  readonly verifierKey: string;
  /** The verifier was given this key; else only the file says that it is the server's. */
  readonly keyGiven: boolean;
  /** Entries of the log, at the checkpoint of the file. */
  readonly size: number;
  readonly views: readonly ViewReport[];
  /** Who answered, and did not sign what they saw of the log: the server kept none when they did, or kept it from them. Sorted. */
  readonly viewless: readonly UserId[];
}

/** The log as some who answered saw it. */
export interface ViewReport {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Bytes;
  /**
   * `otherView`: the log signed for them what cannot be with what it signed for the file: the server showed them another one, and lied.
   * `notCompared`: the file has no proof that both are of one log.
   */
  readonly fits: "fits" | "otherView" | "notCompared";
  readonly by: readonly UserId[];
}

export interface PersonReport {
  readonly userId: UserId;
  /** Of a guest: as they call themselves. */
  readonly displayName: string;
  readonly guest?: { readonly vouchedBy: UserId; readonly letInBy?: UserId };
  /** The last time that an administrator gave the person a device in place of all others: their word, not the person's. */
  readonly recovered?: { readonly atMs: number; readonly by: UserId };
  /**
   * On what it rests that the history is this person's: it is in the log whose key was given (`logGiven`) or that the file names (`logOfFile`), or there is
   * nothing but the file. A guest's is the word of who vouched for them, whatever this says of that person.
   */
  readonly rests: "logGiven" | "logOfFile" | "file";
  /** One for each answer, in the order in which they were signed. */
  readonly stays: readonly StayReport[];
}

export interface StayReport {
  readonly deviceId: DeviceId;
  readonly deviceKind: DeviceKind;
  readonly answeredAtMs: number;
  readonly revoked?: { readonly atMs: number; readonly why: RevocationReason };
  /** Of the device that answered, as it was certified when it did. */
  readonly certificate?: CertificateReport;
  /**
   * Absent: no signature says that they were in the group; they answered. Each of `by`, who were in the group with them, says so from their own first word to
   * their own last one, and nothing of the time before or after that: `fromMs` and `toMs`, of all of them, may each be the word of one alone.
   */
  readonly seen?: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly by: readonly { readonly by: UserId; readonly fromMs: number; readonly toMs: number }[];
  };
  /** Absent: nobody signed that it ended. */
  readonly ended?: {
    readonly how: "left" | "removed" | "ended";
    readonly atMs: number;
    readonly by: UserId;
    readonly reason?: string;
  };
}

export interface CertificateReport {
  readonly subject: string;
  readonly issuer: string;
  /** Leads to an anchor that the verifier was given, and held when the answer was signed. Else it is only what the certificate says of itself. */
  readonly trusted: boolean;
}

/** Whom it is about: who was invited, removed, made host, vouched for or let in; nobody for `decline`, `leave` and `end`. */
export interface StatementReport extends SignedAt {
  readonly type: "invite" | "remove" | "host" | "vouch" | "let-in" | "decline" | "leave" | "end";
  readonly userIds: readonly UserId[];
  readonly reason?: string;
}

export interface ResolutionReport {
  /** As its proposer counts. */
  readonly number: number;
  readonly proposed: SignedAt;
  readonly subject: ResolutionSubject;
  readonly rule: ResolutionRule;
  /** By the signatures of the file; `open`: not decided by these. */
  readonly state: Exclude<ResolutionState, "lapsed">;
  readonly decisions: readonly DecisionReport[];
  readonly withdrawn?: SignedAt;
}

export interface DecisionReport extends SignedAt {
  readonly decision: Decision;
  /** There is a CMS SignedData of the same key over the document as well, and it holds. `trusted`: its certificate leads to an anchor that was given. */
  readonly cms?: CertificateReport;
}
