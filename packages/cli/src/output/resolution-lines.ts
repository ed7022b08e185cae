/** What is put to those in a call, and what comes of it, in lines: all of a resolution when it is proposed, and then each change in one. */
import { resolutionRuleWords, resolutionStateWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { lineFor } from "./error-words.ts";
import type { CommandEvent } from "./events.ts";

type OfResolutions = Extract<
  CommandEvent,
  {
    readonly event:
      | "resolution"
      | "proposalWaits"
      | "resolutionsSaved"
      | "recordKept"
      | "recordSaved"
      | "wordTrouble";
  }
>;

const kinds: readonly string[] = [
  "resolution",
  "proposalWaits",
  "resolutionsSaved",
  "recordKept",
  "recordSaved",
  "wordTrouble",
] satisfies readonly OfResolutions["event"][];

export const isOfResolutions = (event: CommandEvent): event is OfResolutions => kinds.includes(event.event);

export function resolutionLines(event: OfResolutions): readonly string[] {
  const words = texts().resolutions;
  if (event.event === "proposalWaits") return [words.proposalWaits(event.userIds.join(", "))];
  if (event.event === "resolutionsSaved") return [words.saved(event.file)];
  if (event.event === "recordSaved") return [words.recordSaved(event.file)];
  if (event.event === "recordKept") return [words.keptBy(event.by.join(", "))];
  if (event.event === "wordTrouble")
    return [
      event.userId === undefined ? lineFor(event.code) : words.about(event.userId, lineFor(event.code)),
    ];
  const { approvalSigns, approvedBy, by, cms, isNew, missing, number, rejectedBy, rule, state, whole } =
    event;
  const signers = cms.map(({ refusal, userId }) =>
    refusal === undefined ? userId : words.cmsUncertified(userId, lineFor(refusal)),
  );
  const waits = state === "open" ? missing : [];
  const summary = [
    resolutionStateWords(state),
    ...(approvedBy.length > 0 ? [words.approved(approvedBy.join(", "))] : []),
    ...(signers.length > 0 ? [words.cms(signers.join(", "))] : []),
    ...(rejectedBy.length > 0 ? [words.rejected(rejectedBy.join(", "))] : []),
    ...(waits.length > 0 ? [words.missing(waits.join(", "))] : []),
  ].join("; ");
  if (isNew !== true) return [words.resolution(number, by, summary)];
  return [
    words.resolution(number, by, resolutionRuleWords(rule)),
    // Nothing in it looks like a line of Signet's own.
    ...whole.split("\n").map((line) => `  | ${line}`),
    ...(approvalSigns === undefined
      ? []
      : [words.resolution(number, by, words.approvalSigns[approvalSigns])]),
    words.resolution(number, by, summary),
  ];
}
