/** What people in a call approve or reject with their devices. */
import type {
  Bytes,
  Decision,
  ErrorCode,
  ResolutionRule,
  ResolutionState,
  ResolutionSubject,
  UserId,
} from "@signet/protocol";

import type { WordTrouble } from "../word-trouble.ts";

/** Whose approval it takes: of all who are in the call, of so many of them, or of these. */
export type AskedRule =
  | { readonly type: "all" }
  | { readonly type: "some"; readonly needed: number }
  | { readonly type: "named"; readonly userIds: readonly UserId[] };

/** That somebody's device signed the document itself when they approved, in a form that others' programs verify (CMS). */
export interface ApprovalCms {
  readonly userId: UserId;
  /** Why the certificate counts for nothing here, as where no authority is trusted; the key is the approving device's in any case. */
  readonly refusal?: ErrorCode;
}

/** What there is beside an approval or rejection. */
export interface DecideOptions {
  /** Gives up waiting for the touch. */
  readonly signal?: AbortSignal;
  /** The file that is approved, so that a device with a certificate signs it as well. Its bytes stay here. */
  readonly document?: Bytes;
  /** Of a text, too, nothing is signed but the approval. */
  readonly withoutCms?: boolean;
}

export interface ShownResolution {
  /** Digest of all that it says, base64url. */
  readonly id: string;
  readonly number: number;
  readonly proposer: UserId;
  readonly subject: ResolutionSubject;
  /** All of it, as it has to be shown before it is signed: see `shownWhole`. */
  readonly whole: string;
  readonly rule: ResolutionRule;
  readonly proposedAtMs: number;
  readonly state: ResolutionState;
  readonly approvedBy: readonly UserId[];
  readonly rejectedBy: readonly UserId[];
  readonly missing: readonly UserId[];
  /** Whose approvals came with a signature of the document itself. */
  readonly cms: readonly ApprovalCms[];
  /** The person here is asked, and has not decided yet. */
  readonly mayDecide: boolean;
  /**
   * The device here has a certificate, so that approving signs the document itself as well, with one more signature: a text as it is (`text`), a file where it
   * is given (`file`).
   */
  readonly approvalSigns?: "text" | "file";
  /** The person here proposed it, and it is open. */
  readonly mayWithdraw: boolean;
}

export interface CallResolutions {
  /** In the order in which they were proposed. */
  readonly shown: readonly ShownResolution[];
  /** What was refused, or is missing, of what was said in the call; each once. */
  readonly troubles: readonly WordTrouble[];
  /** Who is in the call at a terminal that cannot read resolutions, as the server says. */
  readonly unread: readonly UserId[];
}

export interface ResolutionsApi {
  /**
   * Puts it to the others in the call. Resolves when it stands in the call's order.
   * @returns its ID
   * @throws SignetError `resolution.*`, `word.notOffered`
   */
  propose(subject: ResolutionSubject, rule: AskedRule): Promise<string>;
  /**
   * One touch; with `approvalSigns`, and the file where it is one, approving takes two.
   * @param shown the whole of it, as the person was shown it
   * @throws SignetError `resolution.notShown` where that is not all of it, `resolution.otherDocument` where the file is another one; `resolution.*`, `device.*`,
   *   `cms.documentNeeded`, `certificate.*`. Then nothing is said.
   */
  decide(id: string, decision: Decision, shown: string, options?: DecideOptions): Promise<void>;
  /** Takes back what the person here proposed. No touch. @throws SignetError `resolution.*` */
  withdraw(id: string): Promise<void>;
  /** The signatures of the document itself that came with approvals: CMS SignedData, DER, detached. @throws SignetError `resolution.unknown` */
  signatures(id: string): Promise<readonly { readonly userId: UserId; readonly cms: Bytes }[]>;
  /**
   * Of the call that goes on or is shown: a record (docs/record.md) of its resolutions alone, with what it takes to verify them; undefined where nothing was
   * proposed.
   * @returns text of the file
   */
  saved(): Promise<string | undefined>;
}
