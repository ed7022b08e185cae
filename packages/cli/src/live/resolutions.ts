/** What was put to those in the call, and what came of it. */
import type { CallView } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { clean } from "../output/clean.ts";
import { lineFor } from "../output/error-words.ts";
import { resolutionEvents } from "../output/resolution-events.ts";
import { isOfResolutions, resolutionLines } from "../output/resolution-lines.ts";
import { paragraph } from "./pen.ts";
import type { Pen } from "./pen.ts";
import type { Line } from "./text.ts";

/** Of those that are decided. */
const fewDecided = 3;

export function resolutionsBlock(call: CallView, { columns }: Pen): readonly Line[] {
  const { shown = [], troubles = [], unread = [] } = call.resolutions ?? {};
  const open = shown.filter(({ state }) => state === "open");
  const decided = shown.filter(({ state }) => state !== "open").slice(-fewDecided);
  const lineOf = (one: (typeof shown)[number]): string =>
    [...resolutionEvents({ ...call, resolutions: { shown: [one], troubles: [], unread: [] } }, undefined)]
      .filter(isOfResolutions)
      .flatMap((event) => resolutionLines(event).at(-1) ?? [])
      .join("");
  return [
    ...[...decided, ...open].flatMap((one) =>
      paragraph(clean(lineOf(one)), columns, one.mayDecide ? "warning" : "plain"),
    ),
    ...troubles.flatMap(({ code, userId }) =>
      paragraph(
        userId === undefined ? lineFor(code) : texts().resolutions.about(userId, lineFor(code)),
        columns,
        "alarm",
      ),
    ),
    ...(unread.length === 0 || shown.length === 0
      ? []
      : paragraph(texts().resolutions.unread(listOfNames(unread)), columns, "faint")),
  ];
}
