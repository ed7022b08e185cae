import type { AddedCall } from "@signet/terminal";
import { dayAndTime } from "@signet/words";
import { texts } from "@signet/words/page";

import { BlockButton } from "../components/block-button.tsx";
import { LooksLike } from "../components/looks-like.tsx";
import { Modal } from "../components/modal.tsx";
import { PersonName } from "../components/name.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { guestsWords, outcomeWords } from "../lib/history.ts";
import { useModel } from "../model.ts";

/** Who was in a call that is over, and what can be done with them. */
export function PastCallCard({ call, onClose }: { call: AddedCall; onClose: () => void }) {
  const model = useModel();
  const guests = guestsWords(call, model.nameOf, model.self.value);
  return (
    <Modal labelledBy="past-call-title" class="question past-call" onEscape={onClose}>
      <h2 id="past-call-title" tabIndex={-1} autofocus>
        {texts().blocking.peopleOfCall}
      </h2>
      <p class="muted">
        {dayAndTime(call.startedAtMs, Date.now())} · {outcomeWords(call)}
      </p>
      {guests.map((guest, index) => (
        <p key={index} class="guest-mark">
          {guest}
        </p>
      ))}
      <ul class="stack" aria-label={texts().blocking.peopleOfCall}>
        {call.userIds.map((userId) => {
          const name = model.nameOf(userId);
          return (
            <li key={userId} class="stack">
              <div class="who">
                <PersonAvatar userId={userId} name={name} />
                <PersonName userId={userId} name={name} />
              </div>
              {model.strangersAmong([userId]).length > 0 && (
                <LooksLike person={{ userId, displayName: name }} />
              )}
              <BlockButton userId={userId} name={name} />
            </li>
          );
        })}
      </ul>
      <button type="button" class="button quiet" onClick={onClose}>
        {texts().common.close}
      </button>
    </Modal>
  );
}
