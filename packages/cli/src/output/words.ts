/** How lines and the live view alike call devices and people. What a page says in the same words stands in `@signet/words`. */
import type {
  AnsweredElsewhere,
  CallEnd,
  CallView,
  Certification,
  DeviceKind,
  GroupRefusal,
  HistoryEvent,
  Notice,
  UserId,
} from "@signet/terminal";

import { historyEventWords, looksLikeWords } from "@signet/words";

import { clean } from "./clean.ts";
import { wordsFor } from "./error-words.ts";
import type { AdministratorKey, NamedPerson, VerifiedBy } from "./events.ts";

export const deviceWords: Record<DeviceKind, string> = {
  webauthn: "security key or passkey",
  pkcs11: "smart card or token",
  software: "software key",
};

/** Of a microphone that gives nothing but silence; and what to do. */
export const silentMicrophone =
  "your microphone gives no sound, since the system or a switch on it mutes it; switch it on in the sound settings";

/** `anna`, or `anna (Anna Arm)` where the name says more than the user ID; and that it is not whom it looks like. */
export function named({ userId, displayName, looksLike }: NamedPerson): string {
  const name = clean(displayName);
  const both = name.toLowerCase() === userId ? userId : `${userId} (${name})`;
  return looksLike === undefined ? both : `${both} [${looksLikeWords(looksLike)}]`;
}

/** A clause for each thing that somebody's own devices signed. @param self the person at this terminal */
export function newsWords(
  { happened, userId }: Pick<Notice, "happened" | "userId">,
  self: UserId | undefined,
): readonly string[] {
  const name = userId === self ? undefined : userId;
  const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
  return happened.map((event: HistoryEvent) =>
    clean(historyEventWords(event, { name, day, kind: (kind) => deviceWords[kind] })),
  );
}

export const day = (at: string): string => at.slice(0, 10);

/** `for 4 minutes, until 16:07`. @param until ISO 8601 */
export function lasting(until: string, nowMs: number): string {
  const atMs = Date.parse(until);
  const minutes = Math.max(1, Math.round((atMs - nowMs) / 60_000));
  return `for ${minutes} minute${minutes === 1 ? "" : "s"}, until ${timeOfDay(atMs)}`;
}

/** Without a time zone in that of this machine. */
export function timeOfDay(atMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(atMs);
}

/** `2026-11-23 14:05`: what may be days ago. @param timeZone default the machine's */
export const dateAndTime = (atMs: number, timeZone?: string): string =>
  new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "short",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(atMs);

/** An administrator's is said with whose it is. */
export const signerOf =
  (userId: string | undefined) =>
  (by: { readonly userId: string; readonly deviceId: string }): string =>
    by.userId === userId ? by.deviceId : `the administrator ${by.userId} (${by.deviceId})`;

/** How a key came. */
export const addedOn = (
  { addedAt, addedBy }: Pick<AdministratorKey, "addedAt" | "addedBy">,
  userId: string | undefined,
): string =>
  addedBy === undefined
    ? `registered on ${day(addedAt)}`
    : `added on ${day(addedAt)} by ${signerOf(userId)(addedBy)}`;

export const administratorKeyWords = (key: AdministratorKey, userId: UserId): string =>
  `${key.deviceId} ${addedOn(key, userId)}`;

/** A call that rang here, too. */
export const answeredWords = ({ device, from }: AnsweredElsewhere): string =>
  `you answered the call of ${from} elsewhere, with ${device.name === "" ? `a ${deviceWords[device.kind]}` : device.name} (${device.deviceId})`;

/** Before the sentence of an end, where it is about somebody. */
export const aboutWhom = ({ userId, alsoUserId }: Extract<CallEnd, { type: "failed" }>): string =>
  userId === undefined ? "" : `${[userId, ...(alsoUserId === undefined ? [] : [alsoUserId])].join(", ")}: `;

/** What whoever was put out of a call can do. @param signed the host's own signature says so, not the server alone */
export const removalHint = (signed: boolean): string =>
  signed ? wordsFor("callList.removed").hint : "ask them in another way whether that is so";

/** What was found in the group when this terminal came back into it. */
export function rejoinedWords({ entered, gone }: NonNullable<CallView["rejoined"]>): string {
  const changes = [
    ...(entered.length === 0 ? [] : [`${entered.join(", ")} came in`]),
    ...(gone.length === 0 ? [] : [`${gone.join(", ")} went`]),
  ];
  return `lost the group and came back into it; meanwhile ${changes.join(", and ")}: if that surprises you, compare the safety code`;
}

/** Whose Welcome or GroupInfo did not hold. */
export function refusalWords({ userId, what, signed }: GroupRefusal): string {
  const given = what === "welcome" ? "the Welcome into the group" : "the state of the group to come in by";
  const by = signed ? "as the signature says" : "as the server says";
  return `${given} did not hold, and another member was asked; it was from ${userId}, ${by}`;
}

/** Whoever runs the server could have made up an authority that it names. */
export const certifiedParts = ({
  anchoredBy,
  issuer,
  subject,
}: Pick<Certification, "anchoredBy" | "issuer" | "subject">): readonly string[] => [
  `certified as ${clean(subject)} by ${clean(issuer)}`,
  ...(anchoredBy === "server" ? ["an authority that the server names"] : []),
];

/** `verified, software key`; with a certificate `verified, smart card or token, certified by <issuer>`. */
export function verifiedWords(by: VerifiedBy): string {
  const words = ["verified", deviceWords[by.device]];
  if (by.userVerified) words.push("PIN or fingerprint checked");
  if (by.certificate !== undefined) words.push(...certifiedParts(by.certificate));
  if (by.recovered !== undefined)
    words.push(`recovered by the administrator ${by.recovered.by.userId} on ${by.recovered.at.slice(0, 10)}`);
  if (by.firstSeen) words.push("first time seen");
  return words.join(", ");
}
