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

import {
  calledName,
  clausesInOne,
  guestMarkWords,
  historyEventWords,
  inCalendar,
  isoDay,
  looksLikeWords,
} from "@signet/words";
import type { Called } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { clean } from "./clean.ts";
import { isNamedIn, wordsFor } from "./error-words.ts";
import type { VerifiedBy } from "./event-people.ts";
import type { AdministratorKey, CommandEvent } from "./events.ts";

export const deviceWords = (kind: DeviceKind): string => texts().lines.devices[kind];

/** Who answers for them by user ID, which a terminal's lines have of everybody. */
const markOfGuest = (guest: { readonly invitedBy?: UserId }): string =>
  guestMarkWords(guest, (userId) => userId);

/** Never without that nobody verified them. */
export const namedGuest = (guest: { readonly name: string; readonly invitedBy?: UserId }): string =>
  texts().lines.nameOf(clean(calledName({ guest })), markOfGuest(guest));

type Shown = Called & { readonly userId: UserId; readonly looksLike?: UserId };

/**
 * `anna`, or `anna (Anna Arm)` where the name says more than the user ID; and that it is not whom it looks like. Of a guest all that there is to say:
 * `guest "Gus" (not verified, invited by anna)`.
 */
export function named(person: Shown): string {
  const { userId, looksLike } = person;
  if (person.guest !== undefined) {
    const marked = namedGuest(person.guest);
    return looksLike === undefined ? marked : texts().lines.looksLike(marked, looksLikeWords(looksLike));
  }
  const name = clean(person.displayName);
  const both = name.toLowerCase() === userId ? userId : texts().lines.nameOf(userId, name);
  return looksLike === undefined ? both : texts().lines.looksLike(both, looksLikeWords(looksLike));
}

/** A clause for each thing that somebody's own devices signed. @param self the person at this terminal */
export function newsWords(
  { happened, userId }: Pick<Notice, "happened" | "userId">,
  self: UserId | undefined,
): readonly string[] {
  const name = userId === self ? undefined : userId;
  return happened.map((event: HistoryEvent) =>
    clean(historyEventWords(event, { name, day: isoDay, kind: deviceWords })),
  );
}

export const day = (at: string): string => at.split("T", 1)[0] ?? "";

/** `for 4 minutes, until 16:07`. @param until ISO 8601 */
export function lasting(until: string, nowMs: number): string {
  const atMs = Date.parse(until);
  const minutes = Math.max(1, Math.round((atMs - nowMs) / 60_000));
  return texts().lines.lasting(minutes, timeOfDay(atMs));
}

/** Without a time zone in that of this machine. */
export function timeOfDay(atMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(inCalendar(atMs));
}

/** `2026-11-23 14:05`: what may be days ago. @param timeZone default the machine's */
export const dateAndTime = (atMs: number, timeZone?: string): string =>
  new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "short",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(inCalendar(atMs));

/** An administrator's is said with whose it is. */
export const signerOf =
  (userId: string | undefined) =>
  (by: { readonly userId: string; readonly deviceId: string }): string =>
    by.userId === userId ? by.deviceId : texts().lines.administrator(by.userId, by.deviceId);

/** How a key came. */
export const addedOn = (
  { addedAt, addedBy }: Pick<AdministratorKey, "addedAt" | "addedBy">,
  userId: string | undefined,
): string =>
  addedBy === undefined
    ? texts().lines.registeredOn(day(addedAt))
    : texts().lines.addedOn(day(addedAt), signerOf(userId)(addedBy));

export const administratorKeyWords = (key: AdministratorKey, userId: UserId): string =>
  `${key.deviceId} ${addedOn(key, userId)}`;

/** A call that rang here, too. */
export const answeredWords = ({ device, from }: AnsweredElsewhere): string =>
  texts().lines.answeredElsewhere(
    from,
    device.name === "" ? texts().lines.aDevice(deviceWords(device.kind)) : device.name,
    device.deviceId,
  );

/** Before the sentence of an end, where it is about somebody whom it does not name itself. */
export const aboutWhom = ({ code, userId, alsoUserId }: Extract<CallEnd, { type: "failed" }>): string =>
  userId === undefined || isNamedIn(code)
    ? ""
    : `${[userId, ...(alsoUserId === undefined ? [] : [alsoUserId])].join(", ")}: `;

/** What whoever was put out of a call can do. @param signed the host's own signature says so, not the server alone */
export const removalHint = (signed: boolean): string =>
  signed ? wordsFor("callList.removed").hint : texts().lines.askWhether;

/** What was found in the group when this terminal came back into it. */
export function rejoinedWords({ entered, gone }: NonNullable<CallView["rejoined"]>): string {
  const { cameAndWent, cameIn, rejoined, went } = texts().lines;
  const [came, left] = [entered.join(", "), gone.join(", ")];
  if (gone.length === 0) return rejoined(cameIn(came));
  return rejoined(entered.length === 0 ? went(left) : cameAndWent(came, left));
}

/** Whose Welcome or GroupInfo did not hold. */
export function refusalWords({ userId, what, signed }: GroupRefusal): string {
  const { groupInfo, refusedByServer, refusedSigned, welcome } = texts().lines;
  const given = what === "welcome" ? welcome : groupInfo;
  return (signed ? refusedSigned : refusedByServer)(given, userId);
}

/** Whoever runs the server could have made up an authority that it names. */
export const certifiedParts = ({
  anchoredBy,
  issuer,
  subject,
}: Pick<Certification, "anchoredBy" | "issuer" | "subject">): readonly string[] => [
  texts().lines.certifiedAs(clean(subject), clean(issuer)),
  ...(anchoredBy === "server" ? [texts().lines.namedByServer] : []),
];

/** `verified, software key`; with a certificate `verified, smart card or token, certified by <issuer>`. */
export function verifiedWords(by: VerifiedBy): string {
  const words = [texts().lines.verified, deviceWords(by.device)];
  if (by.userVerified) words.push(texts().lines.pinChecked);
  if (by.certificate !== undefined) words.push(...certifiedParts(by.certificate));
  if (by.recovered !== undefined)
    words.push(texts().lines.recoveredBy(by.recovered.by.userId, by.recovered.at.slice(0, 10)));
  if (by.firstSeen) words.push(texts().lines.firstTime);
  return clausesInOne(...words);
}

/** Of oneself, of somebody with what was verified, or of a guest with that nothing was. */
export function joinedLine(event: Extract<CommandEvent, { readonly event: "joined" }>): string {
  if (event.guest !== undefined && !event.self)
    return texts().lines.joined(clean(calledName(event)), markOfGuest(event.guest));
  return event.verifiedBy === undefined
    ? texts().lines.inCall
    : texts().lines.joined(named(event), verifiedWords(event.verifiedBy));
}

export const withFile = (what: string, file: string | undefined): string =>
  file === undefined ? what : texts().lines.withFile(what, file);
