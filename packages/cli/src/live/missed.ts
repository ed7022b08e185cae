import type { TerminalState } from "@signet/terminal";
import { clausesInOne } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { clean } from "../output/clean.ts";
import { dateAndTime, named } from "../output/words.ts";
import type { Pen } from "./pen.ts";
import { clip, span } from "./text.ts";
import type { Line } from "./text.ts";
import { verificationParts } from "./words.ts";

/** More at once is not read; those that are closed make room. */
const mostMissed = 3;

/** Calls that reached no terminal, the latest first. */
export function missedBlock({ missed = [] }: TerminalState, { columns, timeZone }: Pen): readonly Line[] {
  const shown = missed.toReversed().slice(0, mostMissed);
  const more = missed.length - shown.length;
  return [
    ...shown.map(({ atMs, from }) => {
      const facts = clausesInOne(dateAndTime(atMs, timeZone), ...verificationParts(from.verification));
      return [span(clip(clean(texts().live.missedCall(named(from), facts)), columns), "strong")];
    }),
    ...(more === 0 ? [] : [[span(texts().live.moreMissed(more))]]),
  ];
}
