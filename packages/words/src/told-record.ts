/** What a verifier found in a file, as far as words need it. */
import type {
  Decision,
  DeviceKind,
  LeaveReason,
  MemberState,
  ResolutionRule,
  ResolutionState,
  ResolutionSubject,
  RevocationReason,
} from "@signet/protocol";

/** By whom, by which device, and when. */
export interface ToldSigned {
  readonly by: string;
  readonly deviceId: string;
  readonly deviceKind: DeviceKind;
  readonly atMs: number;
  readonly revoked?: ToldRevocation;
}

export interface ToldRevocation {
  readonly atMs: number;
  readonly why: RevocationReason;
}

/** What is proven of a call, as a verifier found it. */
export interface ToldRecord {
  readonly serverOrigin: string;
  readonly callId: string;
  readonly call: ToldSigned & { readonly invited: readonly string[] };
  readonly log: ToldLog | undefined;
  readonly people: readonly ToldPerson[];
  readonly statements: readonly ToldStatement[];
  readonly resolutions: readonly ToldResolution[];
  readonly server: readonly {
    readonly atMs: number;
    readonly userId: string;
    readonly state: MemberState;
    readonly reason?: LeaveReason | undefined;
  }[];
  readonly kept?: ToldSigned;
}

export interface ToldLog {
  readonly verifierKey: string;
  readonly keyGiven: boolean;
  readonly size: number;
  readonly views: readonly {
    readonly size: number;
    readonly fits: "fits" | "otherView" | "notCompared";
    readonly by: readonly string[];
  }[];
  readonly viewless: readonly string[];
}

export interface ToldPerson {
  readonly userId: string;
  readonly displayName: string;
  readonly guest?: { readonly vouchedBy: string; readonly letInBy?: string };
  readonly recovered?: { readonly atMs: number; readonly by: string };
  readonly rests: "logGiven" | "logOfFile" | "file";
  readonly stays: readonly ToldStay[];
}

export interface ToldCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly trusted: boolean;
}

export interface ToldStay {
  readonly deviceId: string;
  readonly deviceKind: DeviceKind;
  readonly answeredAtMs: number;
  readonly revoked?: ToldRevocation;
  readonly certificate?: ToldCertificate;
  readonly seen?: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly by: readonly { readonly by: string; readonly fromMs: number; readonly toMs: number }[];
  };
  readonly ended?: {
    readonly how: "left" | "removed" | "ended";
    readonly atMs: number;
    readonly by: string;
    readonly reason?: string;
  };
}

export interface ToldStatement extends ToldSigned {
  readonly type: "invite" | "remove" | "host" | "vouch" | "let-in" | "decline" | "leave" | "end";
  readonly userIds: readonly string[];
}

export interface ToldResolution {
  readonly number: number;
  readonly proposed: ToldSigned;
  readonly subject: ResolutionSubject;
  readonly rule: ResolutionRule;
  readonly state: ResolutionState;
  readonly decisions: readonly ToldDecision[];
  readonly withdrawn?: ToldSigned;
}

export interface ToldDecision extends ToldSigned {
  readonly decision: Decision;
  readonly cms?: ToldCertificate;
}

/** What a terminal kept against a server. */
export interface ToldEvidence {
  readonly serverOrigin: string;
  readonly logKey: string;
  readonly foundAtMs: number;
  readonly known?: string;
  readonly shown?: string;
}

/** As `judgeEvidence` of the log says it. */
export type ToldJudgement =
  | {
      readonly judgement: "proven";
      readonly why:
        | "sameSize"
        | "otherBeginning"
        | "noMap"
        | "mapNotAtEnd"
        | "unknownEntry"
        | "outOfOrder"
        | "otherMap"
        | "rule";
    }
  | { readonly judgement: "notProven"; readonly why: "unsigned" | "mayFit" | "word" };
