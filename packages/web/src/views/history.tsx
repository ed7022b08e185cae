/** Calls that are over, latest first, of all of the person's terminals. */
import type { AddedCall, VoiceMessage } from "@signet/terminal";
import { dayAndTime, isoTime, listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { CallButton } from "../components/call-button.tsx";
import { AddPeopleIcon, IncomingIcon, MoreIcon, OutgoingIcon } from "../components/icons.tsx";
import { LooksLike } from "../components/looks-like.tsx";
import { Modal } from "../components/modal.tsx";
import {
  isLeftAfter,
  isLeftAfterMissed,
  isNew,
  outcomeWords,
  guestsWords,
  nobodyKeptWords,
  verifiedWords,
} from "../lib/history.ts";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";
import { MessagesAfter } from "./voice-messages.tsx";
import { PastCallCard } from "./past-call-card.tsx";

const shownAtFirst = 8;
const shownMore = 50;

export function History() {
  const model = useModel();
  const nowMs = useNow(60_000);
  const [wanted, setShown] = useState(shownAtFirst);
  const [isAsking, setIsAsking] = useState(false);
  const calls = model.history.value;
  const { messages = [], missed = [] } = model.state.value;
  // Those above have theirs there.
  const unshown = messages.filter((message) => !missed.some((call) => isLeftAfterMissed(message, call)));
  const messagesAfter = (call: AddedCall) => unshown.filter((message) => isLeftAfter(message, call));
  const shown = Math.max(wanted, calls.findLastIndex((call) => messagesAfter(call).length > 0) + 1);
  const text = texts().history;
  const hasNew = calls.some((call) => isNew(call, model.state.value));
  return (
    <section class="card recents" aria-labelledby="history-title">
      <div class="card-head">
        <h2 id="history-title" tabIndex={-1}>
          {text.title}
        </h2>
        {hasNew && (
          <button type="button" class="button quiet small" onClick={() => model.seeMissed()}>
            {texts().home.seenThem}
          </button>
        )}
      </div>
      {calls.length === 0 && <p class="muted">{text.empty}</p>}
      {calls.length > 0 && (
        <ul aria-label={text.title}>
          {calls.slice(0, shown).map((call) => (
            <PastCallRow
              key={`${call.startedAtMs} ${call.callId}`}
              call={call}
              nowMs={nowMs}
              messages={messagesAfter(call)}
            />
          ))}
        </ul>
      )}
      {calls.length > shown && (
        <button type="button" class="button quiet wide" onClick={() => setShown(shown + shownMore)}>
          {text.more(Math.min(shownMore, calls.length - shown))}
        </button>
      )}
      {calls.length > 0 && (
        <div class="row">
          <button type="button" class="button quiet small" onClick={() => setIsAsking(true)}>
            {text.clear}
          </button>
        </div>
      )}
      {isAsking && <ClearQuestion onClose={() => setIsAsking(false)} />}
    </section>
  );
}

interface PastCallRowProps {
  call: AddedCall;
  nowMs: number;
  /** Voice messages that were left after it. */
  messages: readonly VoiceMessage[];
}

function PastCallRow({ call, nowMs, messages }: PastCallRowProps) {
  const model = useModel();
  const { callId, direction, outcome, startedAtMs, userIds } = call;
  const text = texts().history;
  const names = userIds.length === 0 ? nobodyKeptWords(call) : listOfNames(userIds.map(model.nameOf));
  const ids = listOfNames(userIds);
  const strangers = model.strangersAmong(userIds);
  const isMissed = outcome === "missed";
  const addThem = texts().people.addThese(listOfNames(strangers.map(model.wholeNameOf)));
  const [isOpen, setIsOpen] = useState(false);
  const more = texts().blocking.moreOfCall(names);
  const verified = verifiedWords(call, model.nameOf);
  const guests = guestsWords(call, model.nameOf, model.self.value);
  return (
    <li class={[isMissed && "missed", messages.length > 0 && "with-message"].filter(Boolean).join(" ")}>
      <span class={outcome === "talked" ? "way" : "way missed"}>
        {direction === "out" ? <OutgoingIcon /> : <IncomingIcon />}
        <span class="hidden-text">{direction === "out" ? text.to : text.from}</span>
      </span>
      <span class="recent-who">
        <span class="person-name">
          <b>{names}</b> {userIds.length > 0 && names !== ids && <span class="user-id">{ids}</span>}
        </span>
        {strangers.map((userId) => (
          <LooksLike key={userId} person={{ userId, displayName: model.nameOf(userId) }} />
        ))}
        <small>
          <span class={isMissed ? "missed-word" : undefined}>{outcomeWords(call)}</span>
          {isNew(call, model.state.value) && <span class="this-one">{text.isNew}</span>}
          {verified !== undefined && <span class="muted verified-word">{verified}</span>}
          {guests.map((guest, index) => (
            <span key={index} class="guest-mark">
              {guest}
            </span>
          ))}
        </small>
        <time class="muted" dateTime={isoTime(startedAtMs)}>
          {dayAndTime(startedAtMs, nowMs)}
        </time>
      </span>
      {strangers.length > 0 && (
        <button
          type="button"
          class="icon-button"
          aria-label={addThem}
          title={addThem}
          onClick={() => void model.addPeople(strangers)}
        >
          <AddPeopleIcon />
        </button>
      )}
      {userIds.length > 0 && (
        <CallButton
          label={texts().home.callBackTo(listOfNames(userIds.map(model.wholeNameOf)))}
          onPress={() => void model.callBack(callId, userIds)}
        />
      )}
      {userIds.length > 0 && (
        <button
          type="button"
          class="icon-button"
          aria-label={more}
          title={more}
          onClick={() => setIsOpen(true)}
        >
          <MoreIcon />
        </button>
      )}
      <MessagesAfter messages={messages} />
      {isOpen && <PastCallCard call={call} onClose={() => setIsOpen(false)} />}
    </li>
  );
}

/** It is cleared everywhere and for good, so it is asked first. */
function ClearQuestion({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const text = texts().history;
  return (
    <Modal labelledBy="clear-title" describedBy="clear-text" class="question" onEscape={onClose}>
      <h2 id="clear-title">{text.clearTitle}</h2>
      <p id="clear-text">{text.clearText}</p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {text.keepIt}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            onClose();
            // What was clicked first is gone.
            document.getElementById("history-title")?.focus();
            void model.clearHistory();
          }}
        >
          {text.clear}
        </button>
      </div>
    </Modal>
  );
}
