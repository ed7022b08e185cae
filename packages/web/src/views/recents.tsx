import { dayAndTime, listOfNames, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";
import { IncomingIcon, OutgoingIcon } from "../components/icons.tsx";
import { UndoNote } from "../components/undo.tsx";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";

const shownAtFirst = 6;

/** What was, newest first; kept in this browser profile only. */
export function Recents() {
  const model = useModel();
  const nowMs = useNow(60_000);
  const recents = model.recents.value.slice(0, shownAtFirst);
  if (recents.length === 0 && model.undo.value?.list !== "recents") return null;
  return (
    <section class="card recents" aria-labelledby="recents-title">
      <div class="card-head">
        <h2 id="recents-title">{texts().home.recently}</h2>
        {recents.length > 0 && (
          <button type="button" class="button quiet small" onClick={model.clearRecents}>
            {texts().home.clearList}
          </button>
        )}
      </div>
      <UndoNote list="recents" />
      {recents.length > 0 && (
        <ul aria-label={texts().home.history}>
          {recents.map(({ callId, startedAtMs, durationMs, outgoing, people, outcome }) => (
            <li key={callId}>
              <span class={durationMs === 0 ? "way missed" : "way"}>
                {outgoing ? <OutgoingIcon /> : <IncomingIcon />}
                <span class="hidden-text">{outgoing ? texts().home.to : texts().home.with}</span>
              </span>
              <span class="recent-who">
                <b>{listOfNames(people.map((person) => person.displayName))}</b>
                <small>{durationMs === 0 ? outcome : spokenDuration(durationMs)}</small>
              </span>
              <time class="muted" dateTime={new Date(startedAtMs).toISOString()}>
                {dayAndTime(startedAtMs, nowMs)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
