/** People as events name them. */
import type { DeviceId, DeviceKind, SignedBy, UserId } from "@signet/terminal";

/** What stands behind a person: all of it was checked by this terminal. */
export interface VerifiedBy {
  readonly device: DeviceKind;
  readonly deviceId: DeviceId;
  /** ISO 8601; when the device signed for this call. */
  readonly signedAt: string;
  /** The device checked a PIN or a fingerprint. */
  readonly userVerified: boolean;
  /** This terminal had never met the person's key before. */
  readonly firstSeen: boolean;
  readonly certificate?: {
    readonly subject: string;
    readonly issuer: string;
    /** ISO 8601 */
    readonly validUntil: string;
    /** Whether the trust anchor is this terminal's own or one that the server named. */
    readonly anchoredBy: "terminal" | "server";
  };
  /** An administrator gave the person a new device, ever. `at`: ISO 8601 */
  readonly recovered?: { readonly at: string; readonly by: SignedBy };
}

export type NamedPerson = NamedAs & {
  readonly userId: UserId;
  /** Whom the name or user ID looks like, and it is somebody else. */
  readonly looksLike?: UserId;
};

/** A guest has no display name, and is verified by nobody: what they call themselves stands beside who vouched for them. */
export type NamedAs =
  | { readonly displayName: string; readonly guest?: never }
  | { readonly guest: { readonly name: string; readonly invitedBy?: UserId; readonly verified: false } };
