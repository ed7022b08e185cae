/** The parts of the screen, each a list of lines within so many columns. Pure. */
import type {
  CallView,
  IncomingCall,
  Participant,
  TerminalState,
  Verification,
  Warning,
} from "@signet/terminal";

import stringWidth from "string-width";

import { clean } from "../output/clean.ts";
import { wordsFor } from "../output/error-words.ts";
import { absentStates, clockDuration, deviceWords, named, signedOutWords } from "../output/words.ts";
import { isAlone } from "../run/alone.ts";
import { selectedRing } from "./keys.ts";
import { blank, clip, edges, pad, span, wrap } from "./text.ts";
import type { Line, Tone } from "./text.ts";
import type { ScreenOptions, View } from "./view.ts";
import { endOf, list, stateOf, verificationParts } from "./words.ts";

/** What the blocks are drawn with. `columns` is the width between the margins. */
export type Pen = Pick<ScreenOptions, "columns" | "nowMs" | "unicode">;

const indent = "  ";

/** From here on there is room for names beside user IDs. */
export const roomyColumns = 60;

/** Lines of one text, wrapped; below its first line, or all of it where it stands `under` something, it is indented. */
function paragraph(text: string, columns: number, tone: Tone = "plain", under = false): readonly Line[] {
  return wrap(text, columns - indent.length).map((line, index) => [
    span(under || index > 0 ? indent + line : line, tone),
  ]);
}

/** The parts in as few lines as they fit in, below a name. */
function partsBelow(parts: readonly string[], columns: number, tone: Tone): readonly Line[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last}, ${part}`;
    if (last !== undefined && joined.length + indent.length <= columns) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines.flatMap((line) => paragraph(line, columns, tone, true));
}

const verificationTone = ({ firstSeen, kind }: Verification): Tone =>
  firstSeen || kind === "software" ? "plain" : "good";

export function connectionBlock(
  { clockOffMs, connection, session }: TerminalState,
  pen: Pen,
): readonly Line[] {
  const lines: Line[] = [];
  if (connection.status === "offline") {
    const inMs = connection.retryAtMs - pen.nowMs;
    const next = inMs <= 0 ? "trying now" : `next try in ${Math.ceil(inMs / 1000)} s`;
    lines.push(...paragraph(`! ${wordsFor(connection.code).message}; ${next}`, pen.columns, "warning"));
  }
  if (clockOffMs !== undefined) {
    const off = `${clockDuration(Math.abs(clockOffMs))} ${clockOffMs > 0 ? "behind" : "ahead of"}`;
    const text = `! this clock is ${off} the server's, and signatures hold only at the right time: set it`;
    lines.push(...paragraph(text, pen.columns, "alarm"));
  }
  if (session.status === "signedOut" && session.reason !== undefined)
    lines.push(...paragraph(`! signed out: ${signedOutWords[session.reason]}`, pen.columns, "warning"));
  return lines;
}

/** More at once is not read; those that are closed make room. */
const mostWarnings = 3;

/** What a check refused. A changed key says what to do, since it is the one that a person can decide on. */
export function warningBlock({ warnings }: TerminalState, { columns }: Pen, dense: boolean): readonly Line[] {
  const shown = warnings.slice(0, dense ? 1 : mostWarnings);
  const more = warnings.length - shown.length;
  return [
    ...shown.flatMap((warning) => warningLines(warning, columns, dense)),
    ...(more === 0 ? [] : [[span(`and ${more} more warning${more === 1 ? "" : "s"}`, "warning")]]),
  ];
}

function warningLines({ code, userId }: Warning, columns: number, dense: boolean): readonly Line[] {
  const about = userId === undefined ? "" : `${userId}: `;
  if (code !== "directory.keyChanged") {
    const { hint, message } = wordsFor(code);
    return [
      ...paragraph(`! ${about}${message}`, columns, "alarm"),
      ...paragraph(hint, columns, "warning", true),
    ];
  }
  const meaning = `it may be a new device, or somebody else who pretends to be ${userId ?? "them"}`;
  return [
    ...paragraph(`! ${about}the key of this person is not the one that you met before`, columns, "alarm"),
    ...(dense ? [] : paragraph(meaning, columns, "warning", true)),
    ...paragraph(askFirst, columns, "warning", true),
  ];
}

const askFirst = "ask them in another way, face to face or by telephone; only then press t";

export function ringBlock(state: TerminalState, view: View, pen: Pen, dense: boolean): readonly Line[] {
  const selected = selectedRing(state, view);
  return state.ringing.flatMap((ring, index) => {
    const isSelected = ring === selected;
    const mark = state.ringing.length === 1 ? "" : `${isSelected ? ">" : " "} ${index + 1} `;
    const left = clockDuration(ring.expiresAtMs - pen.nowMs);
    const tone = isSelected ? "accent" : "plain";
    const title = edges(
      [span(`${mark}${named(ring.from)} calls`, tone)],
      [span(`${left} left`, "faint")],
      pen.columns,
    );
    // Of several, only the one that the keys are for is shown with all that was checked.
    if (!isSelected) return [title];
    return [title, ...ringDetails(ring, pen, dense)];
  });
}

function ringDetails({ from, others }: IncomingCall, { columns }: Pen, dense: boolean): readonly Line[] {
  const parts = verificationParts(from.verification);
  const tone = verificationTone(from.verification);
  if (dense) return [[span(clip(`${indent}${parts.join(", ")}`, columns), tone)]];
  return [
    ...partsBelow(parts, columns, tone),
    ...(from.verification.firstSeen
      ? paragraph("make sure who it is: ask, or compare the safety code", columns, "warning", true)
      : []),
    ...(others.length === 0
      ? []
      : paragraph(`also invited: ${list(others.map(named))}`, columns, "plain", true)),
  ];
}

export function joinableBlock({ call, joinable }: TerminalState, { columns }: Pen): readonly Line[] {
  if (call !== undefined && call.phase !== "ended") return [];
  return joinable.map(({ from }, index) => [
    span(clip(`a call by ${named(from)} goes on without you${index === 0 ? ": j joins it" : ""}`, columns)),
  ]);
}

/** Alone in a call that this terminal is about to leave. */
export function aloneBlock(call: CallView, { leavesAtMs }: View, { columns, nowMs }: Pen): readonly Line[] {
  if (leavesAtMs === undefined || !isAlone(call)) return [];
  const seconds = Math.max(0, Math.ceil((leavesAtMs - nowMs) / 1_000));
  return paragraph(`nobody else is here; leaving in ${seconds} s, l leaves now`, columns, "warning");
}

export function callTitle(call: CallView, { columns, nowMs }: Pen): Line {
  const { activeSinceMs, endedAtMs, startedAtMs } = call;
  const lengthMs = (endedAtMs ?? nowMs) - (activeSinceMs ?? startedAtMs);
  const duration = clockDuration(lengthMs);
  const room = columns - duration.length - 2;
  const [long, short = long] = phaseOf(call);
  const words = stringWidth(long) <= room ? long : short;
  const tone = call.phase === "active" && call.media.status !== "failed" ? "good" : "strong";
  return edges([span(words, tone)], [span(duration, "strong")], columns);
}

/** In full, and short where that does not fit. */
function phaseOf(call: CallView): readonly [string, string?] {
  const here = call.participants.filter(({ state }) => state === "joined").length;
  switch (call.phase) {
    case "calling":
      return ["calling"];
    case "joining":
      return ["joining: getting the group key", "joining"];
    case "active":
      if (here < 2) return ["in a call, alone"];
      return [`in a call of ${here}, end-to-end encrypted`, `call of ${here}, encrypted`];
    case "ended":
      return [`call over: ${endOf(call)}`, endOf(call)];
  }
}

const gone: ReadonlySet<Participant["state"]> = new Set([...absentStates, "left"]);

function markOf({ speaking, state }: Participant, unicode: boolean): string {
  if (gone.has(state)) return unicode ? "–" : "-";
  if (state !== "joined") return unicode ? "·" : ".";
  if (speaking) return unicode ? "●" : "*";
  return unicode ? "○" : "o";
}

function toneOf({ speaking, state }: Participant): Tone {
  if (gone.has(state)) return "faint";
  return speaking && state === "joined" ? "good" : "plain";
}

/** Who is in the call first, then who may come, then who will not; within that the order of the call. */
export function inOrder(participants: readonly Participant[]): readonly Participant[] {
  const rank = ({ state }: Participant): number => (gone.has(state) ? 2 : state === "joined" ? 0 : 1);
  return participants.toSorted((one, other) => rank(one) - rank(other));
}

/** One person in full: a line with the state, and below it what was verified. */
function personBlock(person: Participant, pen: Pen): readonly Line[] {
  const { isInitiator, isSelf, state, verification } = person;
  const tags = [...(isSelf ? ["you"] : []), ...(isInitiator ? ["initiator"] : [])];
  const tone = toneOf(person);
  const tag = tags.length === 0 ? "" : `, ${tags.join(", ")}`;
  const title = edges(
    [span(`${markOf(person, pen.unicode)} ${named(person)}`, tone), span(tag, "faint")],
    [span(stateOf(person), tone)],
    pen.columns,
  );
  if (isSelf || gone.has(state)) return [title];
  if (verification !== undefined)
    return [
      title,
      ...partsBelow(verificationParts(verification), pen.columns, verificationTone(verification)),
    ];
  return state === "joined" ? [title, [span(`${indent}not verified yet`, "warning")]] : [title];
}

/** One person in one line: what is verified stands for "in the call". */
function personLine(person: Participant, nameColumns: number, pen: Pen): Line {
  const { isSelf, speaking, state, verification } = person;
  const name = `${markOf(person, pen.unicode)} ${pad(shortName(person, pen), nameColumns)}`;
  const words = [
    ...(state === "joined" && !speaking && !isSelf ? [] : [stateOf(person)]),
    ...(isSelf ? ["you"] : state === "joined" ? [shortVerification(verification)] : []),
  ];
  return [span(clip(`${name}  ${words.join(", ")}`, pen.columns), toneOf(person))];
}

/** The user ID is what nobody else can have. */
const shortName = (person: Participant, { columns }: Pen): string =>
  columns < roomyColumns ? person.userId : named(person);

function shortVerification(by: Verification | undefined): string {
  if (by === undefined) return "not verified yet";
  return ["verified", ...(by.firstSeen ? ["first time"] : []), deviceWords[by.kind]].join(", ");
}

/** @param most lines; who does not fit is counted in the last one, and those who speak are shown before others */
export function peopleBlock(call: CallView, pen: Pen, dense: boolean, most: number): readonly Line[] {
  const people = inOrder(call.participants);
  if (call.phase === "ended")
    return people.filter(({ isSelf }) => !isSelf).map((person) => lastLine(person, pen));
  if (!dense) return people.flatMap((person) => personBlock(person, pen));
  const few = people.length <= most ? people : withSpeakers(people, Math.max(0, most - 1));
  const widest = Math.max(...few.map((person) => stringWidth(shortName(person, pen))));
  const nameColumns = Math.min(widest, Math.max(8, Math.floor(pen.columns / 2) - 2));
  const more = people.length - few.length;
  return [
    ...few.map((person) => personLine(person, nameColumns, pen)),
    ...(more === 0 ? [] : [[span(`and ${more} more`, "faint")]]),
  ];
}

const lastWords: Partial<Record<Participant["state"], string>> = {
  joined: "was there to the end",
  ringing: "had not answered yet",
  joining: "was about to join",
};

/** How it was with somebody when the call ended. */
function lastLine(person: Participant, { columns }: Pen): Line {
  const words = lastWords[person.state] ?? stateOf(person);
  return edges([span(`${indent}${named(person)}`)], [span(words, "faint")], columns);
}

function withSpeakers(people: readonly Participant[], most: number): readonly Participant[] {
  const first = new Set(
    people.toSorted((one, other) => Number(other.speaking) - Number(one.speaking)).slice(0, most),
  );
  return people.filter((person) => first.has(person));
}

/** Below this the meter shows nothing: a quiet room. */
const floorDb = -55;
const meterColumns = 16;

/** By the logarithm, as ears hear. @param rms 0 to 1 */
function meter(rms: number, columns: number, unicode: boolean): string {
  const db = rms <= 0 ? floorDb : 20 * Math.log10(rms);
  const share = Math.min(1, Math.max(0, (db - floorDb) / -floorDb));
  const filled = Math.round(share * columns);
  return (unicode ? "█" : "#").repeat(filled) + (unicode ? "░" : "-").repeat(columns - filled);
}

export function soundBlock({ media, microphone }: CallView, view: View, pen: Pen): readonly Line[] {
  const lines: Line[] = [];
  if (media.status === "failed") {
    const { hint, message } = wordsFor(media.code);
    lines.push(...paragraph(`! ${message}; ${hint}`, pen.columns, "alarm"));
  }
  if (media.status === "connecting") lines.push([span("audio       connecting")]);
  switch (microphone.status) {
    case "on":
      lines.push([
        span("microphone  "),
        span(meter(view.level, Math.min(meterColumns, Math.max(4, pen.columns - 16)), pen.unicode), "good"),
        span("  on"),
      ]);
      break;
    case "muted":
      lines.push([span("microphone  "), span("muted: nobody hears you", "warning")]);
      break;
    case "starting":
      lines.push([span("microphone  starting")]);
      break;
    case "unavailable":
      if (view.silent) lines.push([span("microphone  you send no sound")]);
      else
        lines.push(...paragraph(`microphone  ${wordsFor(microphone.code).message}`, pen.columns, "warning"));
      break;
  }
  for (const file of view.recording)
    lines.push([span("recording   "), span(clip(`to ${clean(file)}`, pen.columns - 12))]);
  return lines;
}

/** The same code for everybody in this epoch; worth a line of its own where it does not fit beside the epoch. */
export function secretsBlock({ epoch, safetyCode }: CallView, { columns }: Pen): readonly Line[] {
  if (safetyCode === undefined) return [];
  const right = epoch === undefined ? blank : [span(`epoch ${epoch}`, "faint")];
  const code = `safety code ${safetyCode}`;
  if (code.length + 12 <= columns) return [edges([span(code)], right, columns)];
  const half = safetyCode.split(" ");
  const middle = Math.ceil(half.length / 2);
  return [
    edges([span("safety code")], right, columns),
    [span(indent + half.slice(0, middle).join(" "))],
    [span(indent + half.slice(middle).join(" "))],
  ];
}

/** A failed check that ended the call says what it means. */
export function failureBlock({ end }: CallView, { columns }: Pen): readonly Line[] {
  if (end?.type !== "failed") return [];
  const { hint, message } = wordsFor(end.code);
  const about = end.userId === undefined ? "" : `${end.userId}: `;
  const advice = end.code === "directory.keyChanged" ? askFirst : hint;
  return [
    ...paragraph(`! ${about}${message}`, columns, "alarm"),
    ...paragraph(advice, columns, "warning", true),
  ];
}

export const noticeBlock = (view: View, { columns }: Pen): readonly Line[] =>
  [...view.notices, ...(view.busy === undefined ? [] : [view.busy])].flatMap((text) =>
    paragraph(clean(text), columns, "strong"),
  );

export function pastBlock({ past }: View, { columns }: Pen): readonly Line[] {
  if (past.length === 0) return [];
  return [
    [span("calls before", "faint")],
    ...past.map((text) => [span(clip(indent + clean(text), columns), "faint")]),
  ];
}
