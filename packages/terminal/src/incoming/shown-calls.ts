/** What is shown of calls that the person is, or was, invited to, and of who calls. */
import type { SignedBy } from "@signet/device";
import type { CallId, DeviceId, DeviceKind, MemberState, UserId } from "@signet/protocol";

/** A certificate that this terminal validated up to a trust anchor. */
export interface Certification {
  /** Whom and by whom, as the certificate names them: the common name, or the whole name where there is none. */
  readonly subject: string;
  readonly issuer: string;
  /** The first of all certificates of the chain to run out. Milliseconds since 1970. */
  readonly validUntilMs: number;
  /** Whether the anchor is one that this terminal was given, or that the server named. */
  readonly anchoredBy: "terminal" | "server";
}

/** What stands behind a "verified" badge: all of it was checked by this terminal itself. */
export interface Verification {
  readonly kind: DeviceKind;
  readonly deviceId: DeviceId;
  /** When the device signed for this call. */
  readonly signedAtMs: number;
  /** PIN or fingerprint was checked by the device. */
  readonly userVerified: boolean;
  /**
   * The person at this terminal never met this key: compare safety codes, or ask. Stays for the call in which they meet it;
   * whoever was in a call with them, or was answered or declined, was met.
   */
  readonly firstSeen: boolean;
  /** For devices that were registered with a certificate. */
  readonly certificate?: Certification;
  /** An administrator gave the person a new device, ever: when last, and who. */
  readonly recovered?: { readonly atMs: number; readonly by: SignedBy };
}

/** Beside whatever a guest is called, everywhere: nobody verified who they are. */
export interface GuestMark {
  /** As they call themselves; at the word of whoever vouched for them it may be any name. */
  readonly name: string;
  /** Who vouched for them; undefined where the call's list does not say so any more. */
  readonly invitedBy?: UserId;
}

/** A guest has no display name, so that a view which forgets them does not compile, and is never verified. `calledName` of `@signet/words` says what they are. */
export interface CalledGuest {
  readonly guest: GuestMark;
  readonly verification?: never;
}

export interface CalledPerson {
  readonly displayName: string;
  /** Present once this terminal verified the device signature of the person's `call` or `join` proof. */
  readonly verification?: Verification;
  readonly guest?: never;
}

export interface IncomingCall {
  readonly callId: CallId;
  readonly from: {
    readonly userId: UserId;
    readonly displayName: string;
    readonly verification: Verification;
    /** Whom the name or user ID looks like: somebody else, whom this terminal met or who is invited as well. */
    readonly looksLike?: UserId;
  };
  /** Whose call it is, where they are not who calls: somebody in it brings this person in. */
  readonly startedBy?: { readonly userId: UserId; readonly displayName: string };
  /** Everybody else who was invited. */
  readonly others: readonly ((CalledPerson | CalledGuest) & {
    readonly userId: UserId;
    readonly state: MemberState;
    readonly looksLike?: UserId;
  })[];
  readonly expiresAtMs: number;
  /** This terminal is in a call with somebody else: it rings until that one is over, or is left for this one (`switchTo`). */
  readonly waiting?: true;
}

/** A verified call that the person is in at another terminal of theirs, as the server says. */
export interface CallElsewhere extends Omit<IncomingCall, "expiresAtMs"> {
  /** Which of their devices is bound there, by its own signature; undefined where it is the one that is signed in here now. */
  readonly device?: { readonly deviceId: DeviceId; readonly kind: DeviceKind; readonly name: string };
}

/** A call that reached no terminal of the person's: kept by the server, and verified here as a ring is. */
export interface MissedCall extends Pick<IncomingCall, "callId" | "from" | "startedBy"> {
  /** When the caller's device signed. Milliseconds since 1970. */
  readonly atMs: number;
}
