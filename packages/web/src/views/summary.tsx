/** What a call was, once it is over; with a failed check, what that means and what to do. */
import type { CallView } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { useRef } from "preact/hooks";

import { Explanation } from "../components/explanation.tsx";
import { spokenDuration } from "../lib/duration.ts";
import { useFocusAtTop } from "../lib/hooks.ts";
import { talkedMs } from "../lib/recents.ts";
import { callEndSentence, finalStateWords, stateWords } from "../lib/words.ts";
import { useModel } from "../model.ts";

export function Summary() {
  const model = useModel();
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusAtTop(heading);
  const { call } = model.state.value;
  if (call === undefined) return null;
  const others = call.participants.filter((person) => !person.isSelf);
  const came = others.filter((person) => model.wereThere.value.has(person.userId));
  const missing = others.filter((person) => !model.wereThere.value.has(person.userId));
  const lengthMs = talkedMs(call);
  const ringAgain = others.filter((person) => person.state !== "unknown").map((person) => person.userId);
  return (
    <section class="card summary" aria-label="Summary">
      <h2 ref={heading} tabIndex={-1}>
        {came.length === 0 ? "It did not come about" : `You talked for ${spokenDuration(lengthMs)}`}
      </h2>
      <p>{callEndSentence(call)}</p>
      <FailedCheck call={call} />
      <dl class="facts">
        {came.length > 0 && (
          <>
            <dt>Took part</dt>
            <dd>{listOfNames(came.map((person) => person.displayName))}</dd>
          </>
        )}
        {came
          .filter((person) => person.leaveReason === "deviceRemoved")
          .map((person) => (
            <div key={person.userId} class="fact">
              <dt>{person.displayName}</dt>
              <dd>{stateWords(person)}</dd>
            </div>
          ))}
        {missing.map((person) => (
          <div key={person.userId} class="fact">
            <dt>{person.displayName}</dt>
            <dd>{finalStateWords(person.state)}</dd>
          </div>
        ))}
      </dl>
      <div class="row">
        {model.self.value !== undefined && (
          <button
            type="button"
            class="button primary small"
            disabled={ringAgain.length === 0 || model.pending.value !== undefined}
            onClick={() => void model.call(ringAgain)}
          >
            Ring again
          </button>
        )}
        <button type="button" class="button quiet small" onClick={() => model.terminal.dismissCall()}>
          Done
        </button>
      </div>
    </section>
  );
}

function FailedCheck({ call }: { call: CallView }) {
  if (call.end?.type !== "failed") return null;
  const { code, userId } = call.end;
  return (
    <Explanation code={code} userIds={userId === undefined ? [] : [userId]} title="Something did not hold" />
  );
}
