import { longestNote } from "@signet/terminal";
import { dayAndTime } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { BlockButton } from "../components/block-button.tsx";
import { ComparisonPart } from "../components/comparison.tsx";
import { CallIcon } from "../components/icons.tsx";
import { Modal } from "../components/modal.tsx";
import { PersonName } from "../components/name.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { PresenceWord } from "../components/presence-word.tsx";
import type { ShownPerson } from "../lib/people.ts";
import { useModel } from "../model.ts";

/** Somebody of one's list: what is known of them, what one wrote of them, and what can be done. Each change is kept at once, the note when it is saved. */
export function PersonCard({ onClose, person }: { onClose: () => void; person: ShownPerson }) {
  const model = useModel();
  const { displayName, favourite = false, groupIds, lastTalk, note: former = "", userId } = person;
  /** Undefined until the person types: until then it is as another terminal may change it. */
  const [typed, setTyped] = useState<string>();
  const note = typed ?? former;
  const groups = model.groups.value;
  const text = texts().people;
  const isOffline = model.state.value.connection.status !== "online";
  useEffect(() => void model.askName(userId), [model, userId]);
  // Typed and not saved would be lost on the way out.
  const close = (): void => {
    if (note !== former) void model.writePerson(userId, { note });
    onClose();
  };
  const when = lastTalk && dayAndTime(lastTalk.atMs, Date.now());
  return (
    <Modal labelledBy="person-title" class="question person-card" onEscape={close}>
      <div class="who">
        <PersonAvatar userId={userId} name={displayName} />
        <h2 id="person-title" tabIndex={-1} autofocus>
          <PersonName userId={userId} name={displayName} />
        </h2>
      </div>
      <p class="person-line">
        <PresenceWord userId={userId} />
      </p>
      <p class="muted">
        {when === undefined
          ? text.neverTalked
          : (lastTalk?.isVerified === true ? text.talkedVerified : text.talked)(when)}
      </p>
      <button
        type="button"
        class="button primary"
        disabled={isOffline || model.pending.value !== undefined}
        onClick={() => {
          close();
          void model.call([userId]);
        }}
      >
        <CallIcon />
        {text.callOne(displayName)}
      </button>
      <label class="check">
        <input
          type="checkbox"
          checked={favourite}
          onChange={(event) => void model.writePerson(userId, { favourite: event.currentTarget.checked })}
        />
        {text.makeFavourite}
      </label>
      <div class="field">
        <label htmlFor="person-note">{text.note}</label>
        <textarea
          id="person-note"
          rows={3}
          maxLength={longestNote}
          value={note}
          onInput={(event) => setTyped(event.currentTarget.value)}
          aria-describedby="person-note-hint"
        />
        <p id="person-note-hint" class="hint">
          {text.noteHint}
        </p>
      </div>
      {groups.length > 0 && (
        <fieldset class="ticks">
          <legend>{text.inGroups}</legend>
          {groups.map(({ groupId, name }) => (
            <label key={groupId} class="check">
              <input
                type="checkbox"
                checked={groupIds.includes(groupId)}
                onChange={(event) => void model.putInGroup(userId, groupId, event.currentTarget.checked)}
              />
              <bdi>{name}</bdi>
            </label>
          ))}
        </fieldset>
      )}
      <ComparisonPart userId={userId} name={displayName} />
      <BlockButton userId={userId} name={displayName} />
      <div class="row">
        <button
          type="button"
          class="button danger-quiet"
          onClick={() => {
            onClose();
            void model.removePerson({ ...person, ...(note === "" ? {} : { note }) });
          }}
        >
          {text.remove}
        </button>
        <button type="button" class="button quiet" onClick={close}>
          {note === former ? texts().common.close : text.save}
        </button>
      </div>
    </Modal>
  );
}
