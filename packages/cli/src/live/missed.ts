import type { TerminalState } from "@signet/terminal";

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
      const parts = [dateAndTime(atMs, timeZone), ...verificationParts(from.verification)].join(", ");
      return [span(clip(clean(`missed: ${named(from)}, ${parts}`), columns), "strong")];
    }),
    ...(more === 0 ? [] : [[span(`and ${more} more missed`)]]),
  ];
}
