/**
 * The whole screen from what the terminal knows. Pure; tests read it as text.
 *
 *   head     server, connection, who I am
 *   body     what is wrong, who rings, the call, what else there is
 *   foot     the keys that do something now
 *
 * The body is drawn in full where it fits, else with a line for each person, else without what is least needed.
 */
import type { TerminalState } from "@signet/terminal";

import { clausesInOne } from "@signet/words";
import { texts } from "@signet/words/command-line";
import { clean } from "../output/clean.ts";
import { padTo } from "../output/columns.ts";
import { deviceWords, named, timeOfDay } from "../output/words.ts";
import {
  aloneBlock,
  callTitle,
  connectionBlock,
  failureBlock,
  joinableBlock,
  moveBlock,
  newsBlock,
  noticeBlock,
  pastBlock,
  refusalsBlock,
  rejoinedBlock,
  ringBlock,
  secretsBlock,
  soundBlock,
  warningBlock,
} from "./blocks.ts";
import { offersOf } from "./keyboard.ts";
import type { Offer } from "./keyboard.ts";
import { missedBlock } from "./missed.ts";
import { marginOf, paragraph, penColumns } from "./pen.ts";
import type { Pen } from "./pen.ts";
import { marksLegend, peopleBlock } from "./people.ts";
import { resolutionsBlock } from "./resolutions.ts";
import { fitted, questionLines } from "./question.ts";
import { blank, clip, clipLine, edges, paint, span, widthOf } from "./text.ts";
import type { Line } from "./text.ts";
import type { ScreenOptions, View } from "./view.ts";

/** People that are shown before anything else is left out. */
const fewPeople = 3;

interface Block {
  readonly lines: readonly Line[];
  /** What has the lowest goes first where there is no room. */
  readonly need: number;
}

/** @returns at most `rows` lines of at most `columns` columns, without line ends */
export function renderScreen(state: TerminalState, shown: View, options: ScreenOptions): readonly string[] {
  const { color, columns, rows } = options;
  const margin = marginOf(columns);
  const pen = { ...options, columns: penColumns(columns) };
  const view = fitted(shown, options);
  const head = headOf(state, options, pen);
  const foot = footOf(state, view, pen);
  const spare = rows - head.length - foot.length;
  const body = view.help ? helpLines(pen) : bodyOf(state, view, pen, spare);
  const filling = Array.from({ length: Math.max(0, spare - body.length) }, () => blank);
  const lines = [...head, ...body.slice(0, Math.max(0, spare)), ...filling, ...foot].slice(-rows);
  return lines.map((line) => {
    const fitted = clipLine(line, pen.columns);
    return fitted.length === 0 ? "" : " ".repeat(margin) + paint(fitted, color);
  });
}

function headOf(
  { connection, server, session }: TerminalState,
  { nowMs, rows, timeZone }: ScreenOptions,
  pen: Pen,
): readonly Line[] {
  // The scheme is worth its room only where it is not the safe one.
  const address = (server?.serverOrigin ?? "").replace(/^https:\/\//, "");
  const words = texts().live[connection.status];
  const first = edges(
    [span("signet ", "strong"), span(clean(address))],
    [
      span(words, connection.status === "online" ? "good" : "warning"),
      span(` ${timeOfDay(nowMs, timeZone)}`),
    ],
    pen.columns,
  );
  const second =
    session.status === "signedOut"
      ? [span(texts().live.notSignedIn, "warning")]
      : whoAmI(session, pen, timeZone);
  return rows < 8 ? [first] : [first, second, rule(pen)];
}

function whoAmI(
  session: Extract<TerminalState["session"], { readonly status: "signedIn" }>,
  { columns }: Pen,
  timeZone: string | undefined,
): Line {
  const who = [
    span(clausesInOne(named(session), deviceWords(session.device.kind), ...certifiedBy(session.device))),
  ];
  const until = [span(texts().live.until(timeOfDay(session.expiresAtMs, timeZone)), "faint")];
  return widthOf(who) + 2 + widthOf(until) > columns ? who : edges(who, until, columns);
}

const certifiedBy = (device: { readonly certificate?: { readonly issuer: string } }): readonly string[] =>
  device.certificate === undefined ? [] : [texts().live.certifiedBy(clean(device.certificate.issuer))];

const rule = ({ columns, unicode }: Pen): Line => [span((unicode ? "─" : "-").repeat(columns), "faint")];

function footOf(state: TerminalState, view: View, pen: Pen): readonly Line[] {
  const offers = offersOf(state, view);
  const all = keyLines(offers, pen);
  const needed = keyLines(
    offers.filter(({ whereRoom }) => whereRoom !== true),
    pen,
  );
  return [
    rule(pen),
    ...questionLines(view, pen.columns).map((text) => [span(text, "strong")]),
    ...(all.length > needed.length ? needed : all),
  ];
}

function keyLines(offers: readonly Offer[], pen: Pen): readonly Line[] {
  const keys: Line[] = offers.map(({ key, word }) => [span(key, "accent"), span(` ${word}`)]);
  const lines: Line[] = [];
  let line: Line = [];
  for (const offer of keys) {
    const joined = line.length === 0 ? offer : [...line, span("   "), ...offer];
    if (widthOf(joined) <= pen.columns || line.length === 0) {
      line = joined;
      continue;
    }
    lines.push(line);
    line = offer;
  }
  return [...lines, line];
}

function bodyOf(state: TerminalState, view: View, pen: Pen, spare: number): readonly Line[] {
  // Each has a line at least: a crowd need not be drawn to know that it does not fit, several times a second.
  if ((state.call?.participants.length ?? 0) <= spare) {
    const inFull = blocksOf(state, view, pen, false, Infinity);
    const loose = separated(inFull);
    if (loose.length <= spare) return loose;
    const tight = inFull.flatMap(({ lines }) => lines);
    if (tight.length <= spare) return tight;
  }
  let blocks = blocksOf(state, view, pen, true, fewPeople);
  const size = (): number => blocks.reduce((sum, { lines }) => sum + lines.length, 0);
  while (size() > spare && blocks.length > 1) {
    const least = Math.min(...blocks.map(({ need }) => need));
    blocks = blocks.filter(({ need }) => need !== least);
  }
  const needs = new Set(blocks.map(({ need }) => need));
  const most = fewPeople + Math.max(0, spare - size());
  const full = blocksOf(state, view, pen, true, most).filter(({ need }) => needs.has(need));
  const airy = separated(full);
  return airy.length <= spare ? airy : full.flatMap(({ lines }) => lines);
}

/** From top to bottom. */
function blocksOf(
  state: TerminalState,
  view: View,
  pen: Pen,
  dense: boolean,
  mostPeople: number,
): readonly Block[] {
  const { call } = state;
  const inCall =
    call === undefined
      ? []
      : [
          { lines: failureBlock(call, pen), need: 11 },
          {
            lines: [
              callTitle(call, pen),
              ...(call.phase === "ended" ? [] : aloneBlock(call, view, pen)),
              ...(call.phase === "ended" ? [] : rejoinedBlock(call, pen)),
              ...(call.phase === "ended" ? [] : refusalsBlock(call, pen)),
              ...(dense ? [] : [blank]),
              ...peopleBlock(call, pen, dense, mostPeople),
            ],
            need: 8,
          },
          ...(call.phase === "ended"
            ? []
            : [
                { lines: resolutionsBlock(call, pen), need: 8 },
                { lines: soundBlock(call, view, pen), need: 6 },
                { lines: secretsBlock(call, pen), need: 5 },
              ]),
        ];
  const blocks = [
    { lines: connectionBlock(state, pen), need: 11 },
    { lines: warningBlock(state, pen, dense), need: 10 },
    { lines: ringBlock(state, view, pen, dense), need: 9 },
    ...inCall,
    { lines: noticeBlock(view, pen), need: 7 },
    { lines: newsBlock(state, pen), need: 2 },
    { lines: moveBlock(state, pen), need: 8 },
    { lines: missedBlock(state, pen), need: 4 },
    { lines: joinableBlock(state, pen), need: 4 },
    { lines: waiting(state, view, pen), need: 3 },
    { lines: pastBlock(view, pen), need: 1 },
  ];
  return blocks.filter(({ lines }) => lines.length > 0);
}

function waiting(
  { call, ringing, session }: TerminalState,
  { answers }: View,
  { columns }: Pen,
): readonly Line[] {
  if (call !== undefined || ringing.length > 0 || session.status !== "signedIn") return [];
  return [
    [span(clip(texts().live.waitingFor(session.userId), columns))],
    ...(answers === undefined ? [] : paragraph(answers, columns, "plain")),
  ];
}

const separated = (blocks: readonly Block[]): readonly Line[] =>
  blocks.flatMap(({ lines }, index) => (index === 0 ? lines : [blank, ...lines]));

const help = (): readonly (readonly [string, string])[] => [
  ["a", texts().live.help.a],
  ["d", texts().live.help.d],
  [texts().live.help.arrowsKey, texts().live.help.arrows],
  ["j, h", texts().live.help.j],
  ["b", texts().live.help.b],
  ["i", texts().live.help.i],
  ["p, h", texts().live.help.p],
  ["o, g", texts().live.help.o],
  ["m", texts().live.help.m],
  ["l", texts().live.help.l],
  ["e", texts().live.help.e],
  ["t", texts().live.help.t],
  ["x", texts().live.help.x],
  ["r", texts().live.help.r],
  ["q, Ctrl-C", texts().live.help.q],
  ["Ctrl-Z", texts().live.help.z],
];

function helpLines({ columns, unicode }: Pen): readonly Line[] {
  return [
    ...help().map(([key, meaning]) => [span(padTo(key, 13), "accent"), span(clip(meaning, columns - 13))]),
    blank,
    [span(clip(marksLegend(unicode), columns))],
  ];
}
