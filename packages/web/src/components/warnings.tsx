import type { ClockFault } from "@signet/terminal";
import { clockFaultWords, counterBackWords, sentence } from "@signet/words";

import { deviceName } from "../lib/devices.ts";
import { clockTime, spokenDuration } from "../lib/duration.ts";
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
          {...(device === undefined ? {} : { sentences: sentencesOf(counterBackWords(deviceName(device))) })}
          title={`${code === "device.counterBack" ? "Noticed" : "Refused"} at ${clockTime(atMs)}`}
        >
          <button type="button" class="button quiet small" onClick={() => model.terminal.dismissWarning(id)}>
            Close message
          </button>
        </Explanation>
      ))}
    </>
  );
}

function clockSentences(clock: ClockFault, name: string): string {
  return sentencesOf(clockFaultWords(clock, name, spokenDuration(Math.abs(clock.offMs))));
}

const sentencesOf = ({ happened, next }: ReturnType<typeof counterBackWords>): string =>
  `${sentence(happened)} ${sentence(next)}`;
