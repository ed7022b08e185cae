/** The parts of the screen, each a list of lines within so many columns. Pure. */
import { clockDuration, isAlone, isCallingAlone, isGone } from "@signet/terminal";
import type { CallView, ErrorCode, IncomingCall, TerminalState, Warning } from "@signet/terminal";
import {
  listOfNames,
  poorNetworkWords,
  signedOutWords,
  soundAdviceWords,
  soundFigureWords,
  soundRouteWords,
} from "@signet/words";

import stringWidth from "string-width";

import { clean } from "../output/clean.ts";
import { inOneLine, lineFor, warningLines, wordsFor } from "../output/error-words.ts";
import {
  aboutWhom,
  answeredWords,
  named,
  newsWords,
  refusalWords,
  rejoinedWords,
  removalHint,
  silentMicrophone,
  timeOfDay,
} from "../output/words.ts";
import { selectedRing } from "./keyboard.ts";
import { indent, paragraph, partsBelow, verificationTone } from "./pen.ts";
import type { Pen } from "./pen.ts";
import { blank, clip, edges, span } from "./text.ts";
import type { Line } from "./text.ts";
import type { View } from "./view.ts";
import { endOf, verificationParts } from "./words.ts";

export function connectionBlock(
  { clockOffMs, connection, session }: TerminalState,
  pen: Pen,
): readonly Line[] {
  const lines: Line[] = [];
  if (connection.status === "offline") {
    const inMs = connection.retryAtMs - pen.nowMs;
    const next = inMs <= 0 ? "trying now" : `next try in ${Math.ceil(inMs / 1000)} s`;
    lines.push(
      ...paragraph(`! ${inOneLine(wordsFor(connection.code).message, next)}`, pen.columns, "warning"),
    );
  }
  if (clockOffMs !== undefined) {
    const off = `${clockDuration(Math.abs(clockOffMs))} ${clockOffMs > 0 ? "behind" : "ahead of"}`;
    const text = `! this clock is ${off} the server's, and signatures hold only at the right time: set it`;
    lines.push(...paragraph(text, pen.columns, "alarm"));
  }
  // A release is wanted, or ends the command with words of its own.
  if (session.status === "signedOut" && session.reason !== undefined && session.reason !== "released")
    lines.push(
      ...paragraph(`! signed out: ${signedOutWords(session.reason).happened}`, pen.columns, "warning"),
    );
  return lines;
}

/** More at once is not read; those that are closed make room. */
const mostWarnings = 3;

/** What a check refused. A changed key says what to do, since it is the one that a person can decide on. */
export function warningBlock({ warnings }: TerminalState, { columns }: Pen, dense: boolean): readonly Line[] {
  const shown = warnings.slice(0, dense ? 1 : mostWarnings);
  const more = warnings.length - shown.length;
  return [
    ...shown.flatMap((warning) => linesOf(warning, columns, dense)),
    ...(more === 0 ? [] : [[span(`and ${more} more warning${more === 1 ? "" : "s"}`, "warning")]]),
  ];
}

/** What people's own devices signed: nothing to decide. */
export function newsBlock(
  { answeredElsewhere, notices = [], session }: TerminalState,
  { columns }: Pen,
): readonly Line[] {
  const self = session.status === "signedIn" ? session.userId : undefined;
  const shown = notices.slice(0, mostWarnings);
  const more = notices.length - shown.length;
  return [
    ...(answeredElsewhere === undefined ? [] : paragraph(clean(answeredWords(answeredElsewhere)), columns)),
    ...shown.flatMap((notice) => newsWords(notice, self).flatMap((text) => paragraph(text, columns))),
    ...(more === 0 ? [] : [[span(`and news of ${more} more`)]]),
  ];
}

function linesOf(warning: Warning, columns: number, dense: boolean): readonly Line[] {
  const { clock, code, userId } = warning;
  // What is known of a clock names the person itself.
  const about = userId === undefined || clock !== undefined ? "" : `${userId}: `;
  if (code !== "directory.keyChanged") {
    const { hint, message } = warningLines(warning);
    return [
      ...paragraph(`! ${about}${message}`, columns, "alarm"),
      ...paragraph(isNewAdministrator(code) ? askRunnerFirst : hint, columns, "warning", true),
    ];
  }
  const meaning = `it may be a new device, or somebody else who pretends to be ${userId ?? "them"}`;
  return [
    ...paragraph(`! ${about}the key of this person is not the one that you met before`, columns, "alarm"),
    ...(dense ? [] : paragraph(meaning, columns, "warning", true)),
    ...paragraph(askFirst, columns, "warning", true),
  ];
}

const isNewAdministrator = (code: Warning["code"]): boolean =>
  code === "admin.unknown" || code === "admin.lapsed";

const askFirst = "ask them in another way, face to face or by telephone; only then press t";
const askRunnerFirst =
  "ask whoever runs the server, face to face or by telephone; only then press t; until then what they sign counts for nothing here";

export function ringBlock(state: TerminalState, view: View, pen: Pen, dense: boolean): readonly Line[] {
  const selected = selectedRing(state, view);
  const isInCall = state.call !== undefined && state.call.phase !== "ended";
  return state.ringing.flatMap((ring, index) => {
    const isSelected = ring === selected;
    const mark = state.ringing.length === 1 ? "" : `${isSelected ? ">" : " "} ${index + 1} `;
    const left = clockDuration(ring.expiresAtMs - pen.nowMs);
    const tone = isSelected ? "accent" : "plain";
    const title = edges(
      [span(`${mark}${named(ring.from)} ${isInCall ? "is calling you" : "calls"}`, tone)],
      [span(`${left} left`, "faint")],
      pen.columns,
    );
    // Of several, only the one that the keys are for is shown with all that was checked.
    if (!isSelected) return [title];
    const isJoined = state.call !== undefined && isCallingAlone(state.call);
    return [
      title,
      ...ringDetails(ring, pen, dense),
      ...(isJoined && !dense
        ? paragraph("a joins them; your own call ends once you are in theirs", pen.columns, "plain", true)
        : []),
      ...(ring.waiting === true && !dense
        ? paragraph(
            state.call?.phase === "active"
              ? "they wait: b brings them into this call; a leaves it and answers theirs"
              : "they wait: a leaves this call and answers theirs",
            pen.columns,
            "plain",
            true,
          )
        : []),
    ];
  });
}

function ringDetails(
  { from, others, startedBy }: IncomingCall,
  { columns }: Pen,
  dense: boolean,
): readonly Line[] {
  const there = others.filter(({ state }) => state === "joined");
  // Of a call that goes on, who has gone or did not come is not told of.
  const invited = others.filter(
    ({ state }) => state !== "joined" && (startedBy === undefined || !isGone(state)),
  );
  const parts = verificationParts(from.verification);
  const tone = verificationTone(from.verification);
  if (dense) return [[span(clip(`${indent}${parts.join(", ")}`, columns), tone)]];
  return [
    ...partsBelow(parts, columns, tone),
    ...(from.verification.firstSeen
      ? paragraph("make sure who it is: ask, or compare the safety code", columns, "warning", true)
      : []),
    ...(startedBy === undefined
      ? []
      : paragraph(`into a call that ${named(startedBy)} started`, columns, "plain", true)),
    ...(there.length === 0
      ? []
      : paragraph(`in the call: ${listOfNames(there.map(named))}`, columns, "plain", true)),
    ...(invited.length === 0
      ? []
      : paragraph(`also invited: ${listOfNames(invited.map(named))}`, columns, "plain", true)),
  ];
}

/** At both ends of a move. */
export function moveBlock({ call, elsewhere }: TerminalState, { columns }: Pen): readonly Line[] {
  if (call?.heldUntilMs !== undefined)
    return paragraph(
      "your key is signed in at another terminal: the call goes on here until you move it there, for a minute at most",
      columns,
      "warning",
    );
  if (call?.moving === true && call.phase !== "ended")
    return paragraph("you go on at the other terminal until this one is connected", columns, "plain");
  if (elsewhere === undefined || (call !== undefined && call.phase !== "ended")) return [];
  const where = elsewhere.device === undefined ? "where this key was before" : "at another terminal";
  return [[span(clip(`you are in a call ${where}: h moves it here`, columns))]];
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

/** Others than before were in the group when this terminal came back into it. */
export function rejoinedBlock({ rejoined }: CallView, { columns }: Pen): readonly Line[] {
  return rejoined === undefined
    ? []
    : paragraph(`! this terminal ${rejoinedWords(rejoined)}`, columns, "alarm");
}

/** What members gave that did not hold. */
export function refusalsBlock({ refusals = [] }: CallView, { columns }: Pen): readonly Line[] {
  return refusals.flatMap((refusal) => paragraph(`! ${refusalWords(refusal)}`, columns, "alarm"));
}

export function callTitle(call: CallView, { columns, nowMs }: Pen): Line {
  const { activeSinceMs, phase, startedAtMs, togetherMs } = call;
  // Once it is over, what counts is how long somebody else was there.
  const lengthMs = phase === "ended" ? togetherMs : nowMs - (activeSinceMs ?? startedAtMs);
  const duration = clockDuration(lengthMs);
  const room = columns - duration.length - 2;
  const [long, short = long] = phaseOf(call);
  const words = stringWidth(long) <= room ? long : short;
  const tone = phase === "active" && !hasNoSound(call) ? "good" : "strong";
  return edges([span(words, tone)], [span(duration, "strong")], columns);
}

/** There was some, or never will be any. */
const hasNoSound = ({ media: { status } }: CallView): boolean =>
  status === "failed" || status === "restarting" || status === "reconnecting";

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
      if (hasNoSound(call)) return [`in a call of ${here}, without sound`, `call of ${here}, no sound`];
      return [`in a call of ${here}, end-to-end encrypted`, `call of ${here}, encrypted`];
    case "ended":
      return [`call over: ${endOf(call)}`, endOf(call)];
  }
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

export function soundBlock(
  { media, microphone, participants }: CallView,
  view: View,
  pen: Pen,
): readonly Line[] {
  const lines: Line[] = [];
  if (media.status === "failed") {
    lines.push(...paragraph(`! ${lineFor(media.code)}`, pen.columns, "alarm"));
  }
  if (media.status === "restarting") {
    const text = "audio       restarting: its encryption stopped; nothing is sent or heard until it is back";
    lines.push(...paragraph(text, pen.columns, "warning"));
  }
  if (media.status === "reconnecting") {
    lines.push(...paragraph(`audio       reconnecting: ${lineFor(media.code)}`, pen.columns, "warning"));
  }
  if (media.status === "connecting" && media.code === undefined) lines.push([span("audio       connecting")]);
  if (media.status === "connecting" && media.code !== undefined) {
    lines.push(...paragraph(`audio       connecting: ${lineFor(media.code)}`, pen.columns, "warning"));
  }
  if (media.status === "connected" && media.way !== undefined) {
    const { way } = media;
    const advice = soundAdviceWords(way);
    const parts = [soundRouteWords(way.by), soundFigureWords(way), advice ?? ""].filter(
      (part) => part !== "",
    );
    const tone = advice === undefined ? "plain" : "warning";
    lines.push(...paragraph(`audio       ${parts.join("; ")}`, pen.columns, tone));
  }
  for (const person of participants) {
    if (person.poorNetwork !== true) continue;
    const { happened, next } = poorNetworkWords(person.isSelf ? undefined : named(person));
    lines.push(...paragraph(`network     ${inOneLine(happened, next)}`, pen.columns, "warning"));
  }
  if (view.speaker !== undefined) {
    lines.push(...paragraph(`speaker     you hear nobody: ${lineFor(view.speaker)}`, pen.columns, "warning"));
  }
  switch (microphone.status) {
    case "on":
      if (microphone.silent === true) {
        lines.push(...paragraph(`microphone  nobody hears you: ${silentMicrophone}`, pen.columns, "warning"));
        break;
      }
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
      else lines.push(...unavailable(microphone.code, pen));
      break;
  }
  if (view.isHalfDuplex === true && microphone.status === "on")
    lines.push(
      ...paragraph(
        "echo        kept out: while others are heard, you are when you are louder (--echo off)",
        pen.columns,
        "plain",
      ),
    );
  for (const file of view.recording)
    lines.push([span("recording   "), span(clip(`to ${clean(file)}`, pen.columns - 12))]);
  return lines;
}

function unavailable(code: ErrorCode, { columns }: Pen): readonly Line[] {
  return paragraph(`microphone  nobody hears you: ${lineFor(code)}`, columns, "warning");
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

/** A failed check that ended the call says what it means, and who was removed what they can do. */
export function failureBlock(call: CallView, { columns, timeZone }: Pen): readonly Line[] {
  const { end, endedAtMs } = call;
  const at = endedAtMs === undefined ? "" : `${timeOfDay(endedAtMs, timeZone)}  `;
  if (end?.type === "removed") {
    return [
      ...paragraph(`! ${at}${endOf(call)}`, columns, "alarm"),
      ...paragraph(removalHint(end.userId !== undefined), columns, "warning", true),
    ];
  }
  if (end?.type !== "failed") return [];
  const { hint, message } = wordsFor(end.code);
  const about = aboutWhom(end);
  const advice = end.code === "directory.keyChanged" ? askFirst : hint;
  return [
    // It may be long ago, and nobody was here to see it.
    ...paragraph(`! ${end.code === "call.away" ? at : about}${message}`, columns, "alarm"),
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
