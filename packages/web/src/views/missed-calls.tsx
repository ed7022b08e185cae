import { dayAndTime } from "@signet/words";
import { texts } from "@signet/words/page";

import { PersonName } from "../components/name.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { isLeftAfterMissed } from "../lib/history.ts";
import { useNow } from "../lib/hooks.ts";
import { isKnown } from "../lib/known.ts";
import { useModel } from "../model.ts";
import { MessagesAfter } from "./voice-messages.tsx";

/** Who called while no terminal of the person's was there, newest first, until the person says that they have seen it. */
export function MissedCalls() {
  const model = useModel();
  const nowMs = useNow(60_000);
  const { messages = [], missed = [] } = model.state.value;
  if (missed.length === 0) return null;
  return (
    <section class="card missed-calls" aria-labelledby="missed-title">
      <div class="card-head">
        <h2 id="missed-title">{texts().home.missed(missed.length)}</h2>
        <button type="button" class="button quiet small" onClick={() => model.seeMissed()}>
          {texts().home.seenThem}
        </button>
      </div>
      <p class="hint">{texts().home.missedWhen}</p>
      <ul aria-label={texts().home.missedList}>
        {missed.toReversed().map((call) => {
          const { atMs, callId, from, startedBy } = call;
          const when = dayAndTime(atMs, nowMs);
          return (
            <li key={`${callId} ${from.userId} ${atMs}`}>
              <div class="who">
                <PersonAvatar
                  userId={from.userId}
                  name={from.displayName}
                  isKnown={isKnown(from.verification)}
                />
                <div>
                  <PersonName userId={from.userId} name={from.displayName} />
                  <p class="muted">
                    {startedBy === undefined
                      ? texts().home.calledOn(when)
                      : texts().home.calledOnInto(when, startedBy.displayName)}
                  </p>
                </div>
                <button
                  type="button"
                  class="button primary small"
                  aria-label={texts().home.callBackTo(from.displayName)}
                  disabled={model.pending.value !== undefined}
                  onClick={() => void model.callBack(callId, [from.userId])}
                >
                  {texts().home.callBack}
                </button>
              </div>
              <MessagesAfter messages={messages.filter((message) => isLeftAfterMissed(message, call))} />
              <VerifiedBadge userId={from.userId} verification={from.verification} name={from.displayName} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
