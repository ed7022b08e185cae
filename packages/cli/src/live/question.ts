/** What a second key has to confirm, and what is being typed, in the lines above the keys. Pure. */
import { resolutionRuleWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { clean } from "../output/clean.ts";
import { countingOf } from "../output/state-events.ts";
import { administratorKeyWords, newsWords } from "../output/words.ts";
import { askingWords } from "./asking.ts";
import { penColumns } from "./pen.ts";
import { wrap } from "./text.ts";
import type { Confirmation, ScreenSize, View } from "./view.ts";

/** The line above it, and at worst one for each of the keys. */
const besideQuestion = 3;

export function questionLines(view: View, columns: number): readonly string[] {
  const { asking, confirm, isCut } = view;
  const typed = asking === undefined ? [] : [`${askingWords(asking.what)} ${asking.text}_`];
  const whole = confirm === undefined ? typed : confirmWords(confirm, view);
  const shown = isCut === true ? [texts().live.windowSmall] : whole;
  return shown.flatMap((text) => wrap(clean(text), columns));
}

/** With what can be answered in a window of this size. */
export function fitted(view: View, { columns, rows }: ScreenSize): View {
  if (view.confirm === undefined) return view;
  const isCut = questionLines({ ...view, isCut: false }, penColumns(columns)).length + besideQuestion > rows;
  return { ...view, isCut };
}

function confirmWords(
  confirm: Confirmation,
  { withoutCms = false }: Pick<View, "withoutCms">,
): readonly string[] {
  switch (confirm.type) {
    case "remove":
      return [texts().live.putOutWhom(confirm.userId), texts().live.putOutMeans];
    case "makeHost":
      return [texts().live.makeHostWhom(confirm.userId), texts().live.makeHostMeans];
    case "decide": {
      const { approvalSigns, number, proposer, rule, subject, whole } = confirm.resolution;
      return [
        texts().resolutions.resolution(number, proposer, resolutionRuleWords(rule)),
        // Nothing in it looks like a line of Signet's own.
        ...whole.split("\n").map((line) => `| ${line}`),
        // Nobody has to have the file here: what is signed is what stands above.
        ...(subject.type === "file" ? [texts().live.decideFile] : []),
        texts().live.decideMeans,
        ...(approvalSigns === undefined || withoutCms ? [] : [texts().live.decideSigns[approvalSigns]]),
      ];
    }
    case "end":
      return [texts().live.endCall];
    case "trust": {
      const { deviceId, userId } = confirm.changed;
      return [
        ...newsWords(confirm.changed, undefined),
        texts().live.didTell(userId, deviceId),
        texts().live.keyFromThen,
      ];
    }
    case "trustAdministrator": {
      const { userId } = confirm.administrator;
      return [
        texts().live.didRunnerTell(userId),
        ...countingOf(confirm.administrator).keys.map((key) => administratorKeyWords(key, userId)),
        texts().live.administratorMeans,
      ];
    }
    case "trustLog": {
      const { verifierKey } = confirm.log;
      return [
        texts().live.didLogRunnerTell,
        ...(verifierKey === undefined ? [texts().live.logMeansNone] : [verifierKey, texts().live.logMeans]),
      ];
    }
  }
}
