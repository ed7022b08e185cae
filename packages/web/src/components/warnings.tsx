import type { ClockFault, ErrorCode, UserId } from "@signet/terminal";
import { bothSentences, clockFaultWords, clockTime, counterBackWords, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";

import { deviceName } from "../lib/devices.ts";
import { useModel } from "../model.ts";
import { isSaidBy } from "../model/actions.ts";
import { Explanation } from "./explanation.tsx";

/**
 * What a check refused while nobody had asked for anything: a caller whose key changed, for example. What is said already where the
 * action stands that it stopped, or in the summary of the call that it ended, is not said again.
 */
export function Warnings() {
  const model = useModel();
  const failure = model.failure.value;
  const { call, warnings } = model.state.value;
  const end = call?.end?.type === "failed" ? call.end : undefined;
  const shown = warnings.filter(
    (warning) =>
      !(failure !== undefined && isSaidBy(failure, warning)) &&
      !(end?.code === warning.code && end.userId === warning.userId),
  );
  const dismiss = (id: number, code: ErrorCode, userId: UserId | undefined): void => {
    model.terminal.dismissWarning(id);
    // Else each terminal tells it again at each sign-in.
    if (code === "directory.comparedRecovered" && userId !== undefined)
      void model.terminal.personal.forgetComparison(userId).catch(() => undefined);
  };
  return (
    <>
      {shown.map(({ id, code, userId, clock, device, atMs }) => (
        <Explanation
          key={id}
          code={code}
          userIds={userId === undefined ? [] : [userId]}
          {...(clock === undefined || userId === undefined
            ? {}
            : { sentences: clockSentences(clock, userId) })}
          {...(device === undefined
            ? {}
            : { sentences: bothSentences(counterBackWords(deviceName(device))) })}
          title={(code === "device.counterBack"
            ? texts().verification.noticedAt
            : texts().verification.refusedAt)(clockTime(atMs))}
        >
          <button type="button" class="button quiet small" onClick={() => dismiss(id, code, userId)}>
            {texts().common.closeMessage}
          </button>
        </Explanation>
      ))}
    </>
  );
}

function clockSentences(clock: ClockFault, name: string): string {
  return bothSentences(clockFaultWords(clock, name, spokenDuration(Math.abs(clock.offMs))));
}
