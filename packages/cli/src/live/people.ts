/** Those of a call: in full, or each in a line. */
import { isGone } from "@signet/terminal";
import type { CallView, Participant, Verification } from "@signet/terminal";
import { calledName, clausesInOne, poorNetworkLabel, voiceLabel } from "@signet/words";
import { texts } from "@signet/words/command-line";

import stringWidth from "string-width";

import { deviceWords, named } from "../output/words.ts";
import { indent, partsBelow, roomyColumns, verificationTone } from "./pen.ts";
import type { Pen } from "./pen.ts";
import { clip, edges, pad, span } from "./text.ts";
import type { Line, Tone } from "./text.ts";
import { stateOf, verificationParts } from "./words.ts";

/** In front of each person, with what it means in the help; in ASCII where the window shows no more. */
const marks = {
  speaks: { unicode: "●", ascii: "*" },
  inCall: { unicode: "○", ascii: "o" },
  mayCome: { unicode: "·", ascii: "." },
  gone: { unicode: "–", ascii: "-" },
} as const;

const characters = (unicode: boolean) => (unicode ? "unicode" : "ascii");

export const marksLegend = (unicode: boolean): string =>
  Object.entries(texts().live.marks)
    .map(([name, meaning]) => `${marks[name as keyof typeof marks][characters(unicode)]} ${meaning}`)
    .join("   ");

function markOf({ speaking, state }: Participant, unicode: boolean): string {
  if (isGone(state)) return marks.gone[characters(unicode)];
  if (state !== "joined") return marks.mayCome[characters(unicode)];
  return marks[speaking ? "speaks" : "inCall"][characters(unicode)];
}

function toneOf({ speaking, state }: Participant): Tone {
  if (isGone(state)) return "faint";
  return speaking && state === "joined" ? "good" : "plain";
}

/** Who is in the call first, then who may come, then who will not; within that the order of the call. */
function inOrder(participants: readonly Participant[]): readonly Participant[] {
  const rank = ({ state }: Participant): number => (isGone(state) ? 2 : state === "joined" ? 0 : 1);
  return participants.toSorted((one, other) => rank(one) - rank(other));
}

/** One person in full: a line with the state, and below it what was verified. */
function personBlock(person: Participant, call: CallView, pen: Pen): readonly Line[] {
  const { isHost, isInitiator, isSelf } = person;
  const tags = [
    ...(isSelf ? [texts().live.you] : []),
    ...(isInitiator ? [texts().live.initiator] : []),
    // The initiator is, where nobody else is.
    ...(isHost === true && !isInitiator ? [texts().live.host] : []),
    ...(isSelf ? [] : unheardWords(person)),
    ...networkWords(person),
  ];
  const tone = toneOf(person);
  const tag = tags.length === 0 ? "" : clausesInOne("", ...tags);
  const title = edges(
    [span(`${markOf(person, pen.unicode)} ${named(person)}`, tone), span(tag, "faint")],
    [span(stateOf(person), tone)],
    pen.columns,
  );
  const listed = person.guest === undefined ? listWords(person, call) : undefined;
  if (listed !== undefined) return [title, [span(`${indent}${listed}`, "faint")], ...belowOf(person, pen)];
  return [title, ...belowOf(person, pen)];
}

/** What was verified of somebody who is there, or may come. */
function belowOf({ guest, isSelf, state, verification }: Participant, pen: Pen): readonly Line[] {
  // Whose name says it already.
  if (isSelf || isGone(state) || guest !== undefined) return [];
  if (verification !== undefined)
    return partsBelow(verificationParts(verification), pen.columns, verificationTone(verification));
  return state === "joined" ? [[span(`${indent}${texts().live.notVerified}`, "warning")]] : [];
}

/** Who brought them in, or put them out. */
function listWords({ invitedBy, removedBy }: Participant, { participants }: CallView): string | undefined {
  const by = removedBy ?? invitedBy;
  if (by === undefined) return undefined;
  const other = participants.find(({ userId }) => userId === by);
  const name = other?.isSelf === true ? texts().live.you : other === undefined ? by : named(other);
  return (removedBy === undefined ? texts().live.invitedBy : texts().live.putOutBy)(name);
}

/** Of oneself the line of the microphone says more. */
const unheardWords = ({ unheard }: Participant): readonly string[] =>
  unheard === undefined ? [] : [unheard === "muted" ? texts().live.muted : texts().live.noMicrophone];

const networkWords = ({ poorNetwork, voice }: Participant): readonly string[] => [
  ...(voice === undefined ? [] : [voiceLabel(voice)]),
  ...(poorNetwork === true ? [poorNetworkLabel()] : []),
];

/** One person in one line: what is verified stands for "in the call". */
function personLine(person: Participant, nameColumns: number, pen: Pen): Line {
  const { isSelf, leaving, revoked, speaking, state, verification } = person;
  const name = `${markOf(person, pen.unicode)} ${pad(shortName(person, pen), nameColumns)}`;
  const words = [
    ...(state === "joined" && leaving !== true && revoked !== true && !speaking && !isSelf
      ? []
      : [stateOf(person)]),
    ...(isSelf
      ? [texts().live.you, ...networkWords(person)]
      : [
          ...unheardWords(person),
          ...networkWords(person),
          ...(state === "joined" ? [shortVerification(verification)] : []),
        ]),
  ];
  return [span(clip(`${name}  ${clausesInOne(...words)}`, pen.columns), toneOf(person))];
}

/** The user ID is what nobody else can have. */
const shortName = (person: Participant, { columns }: Pen): string => {
  if (person.guest !== undefined) return calledName(person);
  return columns < roomyColumns ? person.userId : named(person);
};

function shortVerification(by: Verification | undefined): string {
  if (by === undefined) return texts().live.notVerified;
  return clausesInOne(
    texts().live.verified,
    ...(by.firstSeen ? [texts().live.firstTimeShort] : []),
    deviceWords(by.kind),
  );
}

/** @param most lines; who does not fit is counted in the last one, and those who speak are shown before others */
export function peopleBlock(call: CallView, pen: Pen, dense: boolean, most: number): readonly Line[] {
  const people = inOrder(call.participants);
  if (call.phase === "ended")
    return people.filter(({ isSelf }) => !isSelf).map((person) => lastLine(person, pen));
  if (!dense) return people.flatMap((person) => personBlock(person, call, pen));
  const few = people.length <= most ? people : withSpeakers(people, Math.max(0, most - 1));
  const widest = Math.max(...few.map((person) => stringWidth(shortName(person, pen))));
  const nameColumns = Math.min(widest, Math.max(8, Math.floor(pen.columns / 2) - 2));
  const more = people.length - few.length;
  return [
    ...few.map((person) => personLine(person, nameColumns, pen)),
    ...(more === 0 ? [] : [[span(texts().live.andMore(more), "faint")]]),
  ];
}

const lastWords = (): Partial<Record<Participant["state"], string>> => ({
  joined: texts().live.wasThere,
  ringing: texts().live.notAnswered,
  joining: texts().live.aboutToJoin,
});

/** How it was with somebody when the call ended. */
function lastLine(person: Participant, { columns }: Pen): Line {
  const words = lastWords()[person.state] ?? stateOf(person);
  return edges([span(`${indent}${named(person)}`)], [span(words, "faint")], columns);
}

function withSpeakers(people: readonly Participant[], most: number): readonly Participant[] {
  const first = new Set(
    people.toSorted((one, other) => Number(other.speaking) - Number(one.speaking)).slice(0, most),
  );
  return people.filter((person) => first.has(person));
}
