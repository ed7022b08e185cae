/** The parts of the screen, each a list of lines within so many columns. Pure. */
import { clockDuration, isAlone, isCallingAlone, isGone } from "@signet/terminal";
import type { CallView, ErrorCode, IncomingCall, TerminalState, Warning } from "@signet/terminal";
import {
  listOfNames,
  signedOutWords,
  soundAdviceWords,
  soundFigureWords,
  soundRouteWords,
} from "@signet/words";

import { texts } from "@signet/words/command-line";
import type { CommandLineTexts } from "@signet/words/command-line";
import stringWidth from "string-width";

import { clean } from "../output/clean.ts";
import { padTo } from "../output/columns.ts";
import { inOneLine, isNamedIn, lineFor, warningLines, wordsFor } from "../output/error-words.ts";
import {
  aboutWhom,
  answeredWords,
  named,
  newsWords,
  refusalWords,
  rejoinedWords,
  removalHint,
  timeOfDay,
} from "../output/words.ts";
import { heardRows } from "./heard-rows.ts";
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
    const next = inMs <= 0 ? texts().live.tryingNow : texts().live.nextTry(Math.ceil(inMs / 1000));
    lines.push(
      ...paragraph(`! ${inOneLine(wordsFor(connection.code).message, next)}`, pen.columns, "warning"),
    );
  }
  if (clockOffMs !== undefined) {
    const { clockAhead, clockBehind } = texts().live;
    const text = (clockOffMs > 0 ? clockBehind : clockAhead)(clockDuration(Math.abs(clockOffMs)));
    lines.push(...paragraph(text, pen.columns, "alarm"));
  }
  // A release is wanted, or ends the command with words of its own.
  if (session.status === "signedOut" && session.reason !== undefined && session.reason !== "released")
    lines.push(
      ...paragraph(texts().live.signedOut(signedOutWords(session.reason).happened), pen.columns, "warning"),
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
    ...(more === 0 ? [] : [[span(texts().live.moreWarnings(more), "warning")]]),
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
    ...(more === 0 ? [] : [[span(texts().live.moreNews(more))]]),
  ];
}

function linesOf(warning: Warning, columns: number, dense: boolean): readonly Line[] {
  const { clock, code, userId } = warning;
  // What is known of a clock names the person itself.
  const about = userId === undefined || clock !== undefined || isNamedIn(code) ? "" : `${userId}: `;
  if (code !== "directory.keyChanged") {
    const { hint, message } = warningLines(warning);
    return [
      ...paragraph(`! ${about}${message}`, columns, "alarm"),
      ...paragraph(isNewAdministrator(code) ? texts().live.askRunnerFirst : hint, columns, "warning", true),
    ];
  }
  const meaning = texts().live.maybeNew(userId ?? texts().live.them);
  return [
    ...paragraph(`! ${about}${texts().live.otherKey}`, columns, "alarm"),
    ...(dense ? [] : paragraph(meaning, columns, "warning", true)),
    ...paragraph(texts().live.askFirst, columns, "warning", true),
  ];
}

const isNewAdministrator = (code: Warning["code"]): boolean =>
  code === "admin.unknown" || code === "admin.lapsed";

export function ringBlock(state: TerminalState, view: View, pen: Pen, dense: boolean): readonly Line[] {
  const selected = selectedRing(state, view);
  const isInCall = state.call !== undefined && state.call.phase !== "ended";
  return state.ringing.flatMap((ring, index) => {
    const isSelected = ring === selected;
    const mark = state.ringing.length === 1 ? "" : `${isSelected ? ">" : " "} ${index + 1} `;
    const left = clockDuration(ring.expiresAtMs - pen.nowMs);
    const tone = isSelected ? "accent" : "plain";
    const title = edges(
      [span(mark + (isInCall ? texts().live.callingYou : texts().live.calls)(named(ring.from)), tone)],
      [span(texts().live.left(left), "faint")],
      pen.columns,
    );
    // Of several, only the one that the keys are for is shown with all that was checked.
    if (!isSelected) return [title];
    const isJoined = state.call !== undefined && isCallingAlone(state.call);
    return [
      title,
      ...ringDetails(ring, pen, dense),
      ...(isJoined && !dense ? paragraph(texts().live.joinsThem, pen.columns, "plain", true) : []),
      ...(ring.waiting === true && !dense
        ? paragraph(
            state.call?.phase === "active" ? texts().live.waitsBring : texts().live.waitsSwitch,
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
    ...(from.verification.firstSeen ? paragraph(texts().live.makeSure, columns, "warning", true) : []),
    ...(startedBy === undefined
      ? []
      : paragraph(texts().live.intoCall(named(startedBy)), columns, "plain", true)),
    ...(there.length === 0
      ? []
      : paragraph(texts().live.inTheCall(listOfNames(there.map(named))), columns, "plain", true)),
    ...(invited.length === 0
      ? []
      : paragraph(texts().live.alsoInvited(listOfNames(invited.map(named))), columns, "plain", true)),
  ];
}

/** At both ends of a move. */
export function moveBlock({ call, elsewhere }: TerminalState, { columns }: Pen): readonly Line[] {
  if (call?.heldUntilMs !== undefined) return paragraph(texts().live.held, columns, "warning");
  if (call?.moving === true && call.phase !== "ended")
    return paragraph(texts().live.moving, columns, "plain");
  if (elsewhere === undefined || (call !== undefined && call.phase !== "ended")) return [];
  return [
    [
      span(
        clip(elsewhere.device === undefined ? texts().live.elsewhereBefore : texts().live.elsewhere, columns),
      ),
    ],
  ];
}

export function joinableBlock({ call, joinable }: TerminalState, { columns }: Pen): readonly Line[] {
  if (call !== undefined && call.phase !== "ended") return [];
  return joinable.map(({ from }, index) => [
    span(clip((index === 0 ? texts().live.goesOnJoin : texts().live.goesOn)(named(from)), columns)),
  ]);
}

/** Alone in a call that this terminal is about to leave. */
export function aloneBlock(call: CallView, { leavesAtMs }: View, { columns, nowMs }: Pen): readonly Line[] {
  if (leavesAtMs === undefined || !isAlone(call)) return [];
  const seconds = Math.max(0, Math.ceil((leavesAtMs - nowMs) / 1_000));
  return paragraph(texts().live.leavingIn(seconds), columns, "warning");
}

/** Others than before were in the group when this terminal came back into it. */
export function rejoinedBlock({ rejoined }: CallView, { columns }: Pen): readonly Line[] {
  return rejoined === undefined
    ? []
    : paragraph(texts().live.thisTerminal(rejoinedWords(rejoined)), columns, "alarm");
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
      return [texts().live.calling];
    case "joining":
      return [texts().live.joining, texts().live.joiningShort];
    case "active":
      if (here < 2) return [texts().live.inCallAlone];
      if (hasNoSound(call)) return [texts().live.withoutSound(here), texts().live.withoutSoundShort(here)];
      return [texts().live.encrypted(here), texts().live.encryptedShort(here)];
    case "ended":
      return [texts().live.callOver(endOf(call)), endOf(call)];
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

/** What it is about, and behind that at the same place in each line what is so. */
const row = (name: keyof CommandLineTexts["live"]["rows"], text: string): string =>
  padTo(texts().live.rows[name], 12) + text;

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
    const text = row("audio", texts().live.audioRestarts);
    lines.push(...paragraph(text, pen.columns, "warning"));
  }
  if (media.status === "reconnecting") {
    lines.push(
      ...paragraph(row("audio", texts().live.audioReconnecting(lineFor(media.code))), pen.columns, "warning"),
    );
  }
  if (media.status === "connecting" && media.code === undefined)
    lines.push([span(row("audio", texts().live.audioConnecting))]);
  if (media.status === "connecting" && media.code !== undefined) {
    lines.push(
      ...paragraph(
        row("audio", texts().live.audioConnectingWhy(lineFor(media.code))),
        pen.columns,
        "warning",
      ),
    );
  }
  if (media.status === "connected" && media.way !== undefined) {
    const { way } = media;
    const advice = soundAdviceWords(way);
    const parts = [soundRouteWords(way.by), soundFigureWords(way), advice ?? ""].filter(
      (part) => part !== "",
    );
    const tone = advice === undefined ? "plain" : "warning";
    lines.push(...paragraph(row("audio", parts.join("; ")), pen.columns, tone));
  }
  for (const [name, words] of heardRows(participants))
    lines.push(...paragraph(row(name, words), pen.columns, "warning"));
  if (view.speaker !== undefined) {
    lines.push(
      ...paragraph(row("speaker", texts().live.hearNobody(lineFor(view.speaker))), pen.columns, "warning"),
    );
  }
  switch (microphone.status) {
    case "on":
      if (microphone.silent === true) {
        lines.push(
          ...paragraph(
            row("microphone", texts().live.nobodyHears(texts().lines.silentMicrophone)),
            pen.columns,
            "warning",
          ),
        );
        break;
      }
      lines.push([
        span(row("microphone", "")),
        span(meter(view.level, Math.min(meterColumns, Math.max(4, pen.columns - 16)), pen.unicode), "good"),
        span(`  ${texts().live.on}`),
      ]);
      break;
    case "muted":
      lines.push([span(row("microphone", "")), span(texts().live.mutedNobodyHears, "warning")]);
      break;
    case "starting":
      lines.push([span(row("microphone", texts().live.starting))]);
      break;
    case "unavailable":
      if (view.silent) lines.push([span(row("microphone", texts().live.noSoundSent))]);
      else lines.push(...unavailable(microphone.code, pen));
      break;
  }
  if (view.isHalfDuplex === true && microphone.status === "on")
    lines.push(...paragraph(row("echo", texts().live.echoKeptOut), pen.columns, "plain"));
  for (const file of view.recording)
    lines.push([span(clip(row("recording", texts().live.recordingTo(clean(file))), pen.columns))]);
  return lines;
}

function unavailable(code: ErrorCode, { columns }: Pen): readonly Line[] {
  return paragraph(row("microphone", texts().live.nobodyHears(lineFor(code))), columns, "warning");
}

/** The same code for everybody in this epoch; worth a line of its own where it does not fit beside the epoch. */
export function secretsBlock({ epoch, safetyCode }: CallView, { columns }: Pen): readonly Line[] {
  if (safetyCode === undefined) return [];
  const right = epoch === undefined ? blank : [span(texts().live.epoch(epoch), "faint")];
  const code = texts().live.safetyCode(safetyCode);
  if (stringWidth(code) + 12 <= columns) return [edges([span(code)], right, columns)];
  const half = safetyCode.split(" ");
  const middle = Math.ceil(half.length / 2);
  return [
    edges([span(texts().live.safetyCodeTitle)], right, columns),
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
  const { hint, message } = wordsFor(end.code, end.userId);
  const about = aboutWhom(end);
  const advice = end.code === "directory.keyChanged" ? texts().live.askFirst : hint;
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
    [span(texts().live.callsBefore, "faint")],
    ...past.map((text) => [span(clip(indent + clean(text), columns), "faint")]),
  ];
}
