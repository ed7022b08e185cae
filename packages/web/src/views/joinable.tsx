import { texts } from "@signet/words/page";
import { calledName } from "@signet/words";

import { PersonName } from "../components/name.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { isKnown } from "../lib/known.ts";
import { goingOnSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";

/** Calls that go on without this terminal: after a reload, a take-over, or a ring that was missed. */
export function JoinableCalls() {
  const model = useModel();
  const pending = model.pending.value;
  const { call, joinable } = model.state.value;
  const self = model.self.value;
  return (
    <>
      {joinable
        // The summary offers it itself.
        .filter(({ callId }) => callId !== call?.callId)
        .map(({ callId, from, others }) => {
          const inside = others.filter((one) => one.state === "joined").map(calledName);
          return (
            <section key={callId} class="card joinable" aria-label={texts().home.goingOn}>
              <h2>{from.userId === self ? texts().home.yourCallGoesOn : texts().home.invitedGoesOn}</h2>
              <div class="who">
                <PersonAvatar
                  userId={from.userId}
                  name={from.displayName}
                  isKnown={isKnown(from.verification)}
                />
                <div>
                  <PersonName userId={from.userId} name={from.displayName} />
                  <p class="muted">{goingOnSentence(inside, from.userId === self)}</p>
                </div>
                <button
                  type="button"
                  class="button primary"
                  onClick={() => void model.answer(callId, from.userId)}
                >
                  {texts().home.join}
                </button>
              </div>
              <VerifiedBadge userId={from.userId} verification={from.verification} name={from.displayName} />
              {pending?.type === "answer" && pending.callId === callId && (
                <TouchDialog
                  title={texts().common.touch}
                  text={texts().home.touchIn}
                  onCancel={model.cancel}
                />
              )}
            </section>
          );
        })}
    </>
  );
}
