/** What was put to those in the call, what came of it, and who keeps a record of the call. */
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
  const { shown = [], unread = [] } = call.resolutions ?? {};
  const { record, ...withoutRecord } = call;
  const keepers = record?.keepers ?? [];
  const troubles = [...(call.resolutions?.troubles ?? []), ...(record?.troubles ?? [])];
  const open = shown.filter(({ state }) => state === "open");
  const decided = shown.filter(({ state }) => state !== "open").slice(-fewDecided);
  const lineOf = (one: (typeof shown)[number]): string =>
    [
      ...resolutionEvents(
        { ...withoutRecord, resolutions: { shown: [one], troubles: [], unread: [] } },
        undefined,
      ),
    ]
      .filter(isOfResolutions)
      .flatMap((event) => resolutionLines(event).at(-1) ?? [])
      .join("");
  return [
    // Whoever is in the call is told, also where nothing is put to anybody.
    ...(keepers.length === 0
      ? []
      : paragraph(clean(texts().resolutions.keptBy(keepers.join(", "))), columns, "plain")),
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
