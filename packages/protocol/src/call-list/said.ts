/** What a call list is made of, and what it comes to. */
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import type { ProofIn } from "../proof.ts";
import type { Transcript } from "../transcript.ts";

/** The guest whom an invitation is of. */
export interface InvitedGuest {
  /** As they call themselves. Nobody verified it. */
  readonly name: string;
  /** SubjectPublicKeyInfo of the key that their ID is made of, DER. */
  readonly key: Bytes;
  /** A host said so. Without it nobody may come in by the invitation. */
  readonly isLetIn: boolean;
}

export type ListPurpose = "invite" | "remove" | "host" | "vouch" | "let-in";

/** What somebody signed; whether they did is for others to check. `digest`: SHA-256 of the transcript, 32 bytes. */
export interface SaidOf<P extends "call" | ListPurpose> {
  readonly transcript: Transcript<P>;
  readonly digest: Bytes;
  readonly raw: ProofIn;
}
/** What a call list holds beside its `call` proof. */
export type SaidStatement = { [P in ListPurpose]: SaidOf<P> }[ListPurpose];

/** The `call` proof is one: of everybody whom it names, and of the initiator. So is the word for a guest, of that guest alone. */
export interface Invitation {
  /** Of its transcript, 32 bytes. */
  readonly digest: Bytes;
  readonly by: string;
  readonly userIds: readonly string[];
  /** For whom of them it is not voided. */
  readonly holdsFor: readonly string[];
  readonly guest?: InvitedGuest;
  /** Of a guest's: a host put them out, or did not want them. */
  readonly isVoided?: boolean;
}

/** Who may be in a call, as the statements about it say. */
export interface FoldedCallList<S extends SaidStatement = SaidStatement> {
  readonly call: SaidOf<"call">;
  /** In the order of their digests. */
  readonly statements: readonly S[];
  /** The call's own first. */
  readonly invitations: readonly Invitation[];
  /** User IDs of those who may be in it. */
  readonly people: readonly string[];
  /** Whom the last `host` names; the initiator where there is none. See `hostOf`. */
  readonly namedHost: string;
  /** Digest of the last `host`; of the `call` proof where there is none. */
  readonly lastHost: Bytes;
  /** Of all statements and the `call` proof, base64url. */
  readonly digests: ReadonlySet<string>;
}

export interface ListRefusal {
  readonly ok: false;
  readonly code: ErrorCode;
}
export type FoldResult<S extends SaidStatement = SaidStatement> =
  | { readonly ok: true; readonly list: FoldedCallList<S> }
  | ListRefusal;
