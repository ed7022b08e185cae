import type { Bytes, CertificateUserIdPart, UserId } from "@signet/protocol";

import type { Refusal } from "../verified.ts";

/** Whom a server or a terminal believes about who holds a device. */
export interface CertificateTrust {
  /** Certificates of authorities, DER. What these sign is believed; what merely bears their name is not. */
  readonly anchors: readonly Bytes[];
  /** Lists of revoked certificates, DER. An authority that has one here must have one that is valid now. */
  readonly crls?: readonly Bytes[];
  readonly userIdFrom: CertificateUserIdPart;
  /** With `email` and `upn`: addresses elsewhere give no user ID. Absent: what stands behind the `@` does not count. */
  readonly userIdDomain?: string | undefined;
}

/** What people are shown; each a single line of at most 64 characters without control or bidirectional ones. */
export interface CertificateNames {
  /** The holder: common name, else e-mail address, else the whole name. */
  readonly subject: string;
  /** The authority that issued the device's certificate: common name, else organization, else the whole name. */
  readonly issuer: string;
  /** The trust anchor, likewise. */
  readonly anchor: string;
  /** When the first certificate of the chain expires, the anchor's included; milliseconds since 1970. */
  readonly validUntilMs: number;
}

export type CertificateResult =
  | { readonly ok: true; readonly names: CertificateNames; readonly userId: UserId }
  | Refusal;
