import type { Comparison, UserId } from "@signet/terminal";
import { fullDay } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { useModel } from "../model.ts";
import { Compare } from "../views/compare.tsx";
import { Question } from "./question.tsx";

/** What is said of a comparison, where there is one. */
function comparisonSentence({ atMs, recovered, status }: Comparison): string {
  const text = texts().comparing;
  const on = fullDay(atMs);
  switch (status) {
    case "holds":
      return text.comparedOn(on);
    case "unknown":
      return text.notLookedAt(on);
    case "recovered":
      return text.undone(on, recovered?.by ?? "", fullDay(recovered?.atMs ?? atMs));
    case "other":
      return text.refused(on);
    case "ownOther":
      return text.ownOther(on);
  }
}

/** Whether one compared with somebody, and the ways on. */
export function ComparisonPart({ name, userId }: { userId: UserId; name: string }) {
  const model = useModel();
  const [opened, setOpened] = useState<"compare" | "takeBack">();
  const { connection, personal } = model.state.value;
  const comparison = personal?.comparisons?.find((one) => one.userId === userId);
  const text = texts().comparing;
  const close = (): void => setOpened(undefined);
  const isOther = comparison?.status === "other";
  const isFine = comparison === undefined || comparison.status === "holds" || comparison.status === "unknown";
  return (
    <div class="stack block-one">
      {comparison !== undefined && (
        <p class={isFine ? undefined : "problem"}>{comparisonSentence(comparison)}</p>
      )}
      <button
        type="button"
        class="button quiet"
        disabled={connection.status !== "online"}
        onClick={() => setOpened(isOther ? "takeBack" : "compare")}
      >
        {isOther ? text.takeBack : comparison === undefined ? text.open : text.again}
      </button>
      {opened === "compare" && <Compare userId={userId} onClose={close} />}
      {opened === "takeBack" && (
        <Question
          title={text.takeBackTitle(name)}
          yes={text.takeBack}
          isDanger
          onYes={() => void model.terminal.personal.forgetComparison(userId).catch(() => undefined)}
          onClose={close}
        >
          <p>{text.takeBackText}</p>
        </Question>
      )}
    </div>
  );
}
