/** How those of a call stand in events: by the name that their device signed, and what was verified; a guest by neither. */
import type { Certification, IncomingCall, UserId, Verification } from "@signet/terminal";
import type { Called } from "@signet/words";
import { isoTime } from "@signet/words";

import type { NamedAs, NamedPerson, VerifiedBy } from "./event-people.ts";

export const callerOf = ({ from }: Pick<IncomingCall, "from">) => ({
  ...namedOf(from),
  verifiedBy: verifiedBy(from.verification),
});

type Shown = Called & { readonly userId: UserId; readonly looksLike?: UserId };

export const namedOf = (person: Shown): NamedPerson => ({
  userId: person.userId,
  ...namedAs(person),
  ...(person.looksLike === undefined ? {} : { looksLike: person.looksLike }),
});

/** Whoever reads only names finds none of a guest's. */
export const namedAs = (person: Shown): NamedAs =>
  person.guest === undefined
    ? { displayName: person.displayName }
    : { guest: { ...person.guest, verified: false } };

export function verifiedBy(verification: Verification): VerifiedBy {
  const { kind, deviceId, signedAtMs, userVerified, firstSeen, certificate, recovered } = verification;
  return {
    device: kind,
    deviceId,
    signedAt: isoTime(signedAtMs),
    userVerified,
    firstSeen,
    ...(certificate === undefined ? {} : { certificate: certificateOf(certificate) }),
    ...(recovered === undefined ? {} : { recovered: { at: isoTime(recovered.atMs), by: recovered.by } }),
  };
}

export const certificateOf = (certificate: Certification): NonNullable<VerifiedBy["certificate"]> => ({
  subject: certificate.subject,
  issuer: certificate.issuer,
  validUntil: isoTime(certificate.validUntilMs),
  anchoredBy: certificate.anchoredBy,
});
