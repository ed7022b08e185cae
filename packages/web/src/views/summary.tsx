/** What a call was, once it is over; with a failed check, what that means and what to do. */
import type { CallView, UserId } from "@signet/terminal";
import { calledName, errorWords, listOfNames, sentence, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";
import { useRef } from "preact/hooks";

import { Explanation } from "../components/explanation.tsx";
import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { rich } from "../lib/rich.ts";
import { useFocusAtTop } from "../lib/hooks.ts";
import { isFailedCheck } from "../lib/advice.ts";
import { afterRemovalSentence, callEndSentence, finalStateWords, stateWords } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { SaveRecord } from "./call-record.tsx";
import { Decided } from "./decided.tsx";
import { LeaveMessage } from "./leave-message.tsx";

export function Summary() {
  const model = useModel();
  const heading = useRef<HTMLHeadingElement>(null);
  const state = model.state.value;
  useFocusAtTop(heading, state.call?.callId);
  const { call } = state;
  if (call === undefined) return null;
  const others = call.participants.filter((person) => !person.isSelf);
  const came = others.filter((person) => model.wereThere.value.has(person.userId));
  const missing = others.filter((person) => !model.wereThere.value.has(person.userId));
  // They go on at another terminal: nobody is to be rung.
  const isGoingOn = call.end?.type === "moved" || state.elsewhere?.callId === call.callId;
  const selfId = call.participants.find(({ isSelf }) => isSelf)?.userId;
  // Nobody is in two calls at once: it is this one.
  const isInOtherTab =
    call.end?.type === "moved" &&
    model.otherTabs.value.some(
      ({ userId, doing }) => userId === selfId && (doing === "inCall" || doing === "calling"),
    );
  const rejoin = state.joinable.find(({ callId }) => callId === call.callId);
  const isRefusal = call.end?.type === "failed" && isFailedCheck(call.end.code);
  const pending = model.pending.value;
  const afterRemoval = afterRemovalSentence(call);
  // A guest is nobody who could be called.
  const ringAgain = others
    .filter(({ guest, state: was }) => guest === undefined && was !== "unknown")
    .map((person) => person.userId);
  return (
    <section class="card summary" aria-label={texts().ending.title}>
      <h2 ref={heading} tabIndex={-1}>
        {summaryTitle(call, came.length)}
      </h2>
      <p>{isInOtherTab ? texts().ending.movedToTab : callEndSentence(call, state.server?.echo)}</p>
      {afterRemoval !== undefined && <p>{afterRemoval}</p>}
      <FailedCheck call={call} />
      <dl class="facts">
        {came.length > 0 && (
          <>
            <dt>{texts().ending.tookPart}</dt>
            <dd>{listOfNames(came.map(calledName))}</dd>
          </>
        )}
        {came
          .filter((person) => person.leaveReason === "deviceRemoved")
          .map((person) => (
            <div key={person.userId} class="fact">
              <dt>{calledName(person)}</dt>
              <dd>{stateWords(person)}</dd>
            </div>
          ))}
        {missing.map((person) => (
          <div key={person.userId} class="fact">
            <dt>{calledName(person)}</dt>
            <dd>{finalStateWords(person)}</dd>
          </div>
        ))}
      </dl>
      <Decided call={call} />
      <div class="row">
        {rejoin !== undefined && (
          <button
            type="button"
            class="button primary small"
            onClick={() => void model.answer(rejoin.callId, rejoin.from.userId)}
          >
            {texts().ending.rejoin}
          </button>
        )}
        {/* After a check failed, another call is no way out. */}
        {model.self.value !== undefined &&
          !isRefusal &&
          !isGoingOn &&
          call.end?.type !== "removed" &&
          ringAgain.length > 0 && (
            <button
              type="button"
              class={`button small ${rejoin === undefined ? "primary" : "quiet"}`}
              onClick={() => void model.call(ringAgain)}
            >
              {texts().ending.ringAgain}
            </button>
          )}
        {model.self.value !== undefined && !isRefusal && (
          <AddThem userIds={came.map(({ userId }) => userId)} />
        )}
        <button type="button" class="button quiet small" onClick={model.dismissSummary}>
          {texts().ending.done}
        </button>
      </div>
      <SaveRecord call={call} />
      {/* Without an answer; after a check failed nothing is to be said to whoever that was. */}
      {model.self.value !== undefined && selfId === model.self.value && !isRefusal && !isGoingOn && (
        <LeaveMessage key={call.callId} call={call} />
      )}
      {rejoin !== undefined && pending?.type === "answer" && pending.callId === rejoin.callId && (
        <TouchDialog title={texts().common.touch} text={texts().ending.touchAgain} onCancel={model.cancel} />
      )}
    </section>
  );
}

/** Who was there and is not on one's list yet. */
function AddThem({ userIds }: { userIds: readonly UserId[] }) {
  const model = useModel();
  const strangers = model.strangersAmong(userIds);
  if (strangers.length === 0) return null;
  return (
    <button type="button" class="button quiet small" onClick={() => void model.addPeople(strangers)}>
      {texts().people.addThese(listOfNames(strangers.map(model.wholeNameOf)))}
    </button>
  );
}

function summaryTitle({ end, moving, togetherMs }: CallView, came: number): string {
  if (end?.type === "moved") return texts().ending.callMoved;
  if (moving === true) return texts().ending.notMoved;
  return came === 0 ? texts().ending.didNotComeAbout : texts().ending.talkedFor(spokenDuration(togetherMs));
}

function FailedCheck({ call }: { call: CallView }) {
  if (call.end?.type !== "failed") return null;
  const { code, userId, alsoUserId } = call.end;
  const userIds = [userId, alsoUserId].filter((one) => one !== undefined);
  if (code === "call.away" || code === "call.notFound") return null;
  if (!isFailedCheck(code))
    return (
      <Notice tone="warning" alert>
        {userIds.length > 0 && <p>{rich(texts().common.aboutWhom, <b>{userIds.join(", ")}</b>)}</p>}
        <p>{sentence(errorWords(code).next)}</p>
        <HelpLink code={code} />
      </Notice>
    );
  return <Explanation code={code} userIds={userIds} title={texts().ending.didNotHold} />;
}
