/** One's own people and calls that are over, a line each. */
import {
  clausesInOne,
  otherDeviceWords,
  pastCallWords,
  spokenDuration,
  verifiedInCallWords,
} from "@signet/words";
import { texts } from "@signet/words/command-line";

import type { CommandEvent } from "./events.ts";
import type { OwnEvent } from "./own-events.ts";
import { dateAndTime, day, named, namedGuest, verifiedWords } from "./words.ts";

const ownEvents: ReadonlySet<string> = new Set<OwnEvent["event"]>([
  "listed",
  "unlisted",
  "comparison",
  "blocked",
  "unblocked",
  "pastCall",
  "message",
  "messageSaved",
  "messageDeleted",
  "messageLeft",
  "evidenceKept",
]);

export const isOwn = (event: CommandEvent): event is OwnEvent => ownEvents.has(event.event);

export function ownLine(event: OwnEvent): string {
  const text = texts().own.people;
  switch (event.event) {
    case "listed":
      return listedLine(event);
    case "comparison":
      return text.comparison(named(event), event.code);
    case "unlisted":
      return text.unlisted(event.userId);
    case "blocked":
      return text.blocked(named(event));
    case "unblocked":
      return text.unblocked(event.userId);
    case "pastCall":
      return pastCallLine(event);
    case "message":
      return messageLine(event);
    case "messageSaved":
      return texts().own.messages.saved(event.id.slice(0, shownId), event.file);
    case "messageDeleted":
      return texts().own.messages.deleted(event.id.slice(0, shownId));
    case "messageLeft":
      return leftLine(event);
    case "evidenceKept":
      return texts().lines.evidenceKept(event.file);
  }
}

/** So much of an ID names one among a person's messages. */
const shownId = 8;

function messageLine(event: Extract<OwnEvent, { readonly event: "message" }>): string {
  const { from, heard, id, leftAt, seconds } = event;
  const text = texts().own.messages;
  return clausesInOne(
    text.of(id.slice(0, shownId), named(from), dateAndTime(Date.parse(leftAt))),
    verifiedWords(from.verifiedBy),
    seconds === undefined ? text.elsewhere : spokenDuration(seconds * 1_000),
    ...(heard ? [] : [text.isNew]),
  );
}

function leftLine({
  heardBy,
  keptDays,
  userId,
}: Extract<OwnEvent, { readonly event: "messageLeft" }>): string {
  return texts().own.messages.left(
    userId,
    clausesInOne(...heardBy.map(({ name }) => otherDeviceWords(name))),
    keptDays,
  );
}

function listedLine(event: Extract<OwnEvent, { readonly event: "listed" }>): string {
  const { comparedAt, comparison = "unknown", favourite, groups, note } = event;
  const text = texts().own.people;
  return clausesInOne(
    named(event),
    ...(favourite ? [text.favourite] : []),
    ...(groups.length === 0 ? [] : [text.inGroups(groups.join(", "))]),
    ...(comparedAt === undefined ? [] : [text.comparisons[comparison](day(comparedAt))]),
    ...(note === undefined ? [] : [text.note(note.replaceAll(/\s+/g, " ").trim())]),
  );
}

type PastCallEvent = Extract<OwnEvent, { readonly event: "pastCall" }>;

function pastCallLine(event: PastCallEvent): string {
  const { direction, people, startedAt } = event;
  const text = texts().own.history;
  const all = [...people.map(named), ...(event.guests ?? []).map(namedGuest)];
  const who = all.length === 0 ? text.unknownId : all.join(", ");
  const what = clausesInOne(pastCallWords(event, event.seconds * 1_000), ...verifiedClause(event));
  return (direction === "out" ? text.to : text.from)(dateAndTime(Date.parse(startedAt)), who, what);
}

function verifiedClause({ guests = [], outcome, people, verified }: PastCallEvent): readonly string[] {
  if (verified.length === 0) return outcome === "talked" ? [texts().own.history.notVerified] : [];
  const isAll = verified.length === people.length && guests.length === 0;
  return [verifiedInCallWords(isAll ? undefined : verified.join(", "))];
}
