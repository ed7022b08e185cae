/** Started without a connection: nobody can sign in, and what this browser keeps is there to be read all the same. */
import type { AddedCall, UserId } from "@signet/terminal";
import { compareNames, dayAndTime, isoTime, listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { Avatar } from "../components/avatar.tsx";
import { PersonName } from "../components/name.tsx";
import { outcomeWords } from "../lib/history.ts";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";

type Kept = NonNullable<
  Awaited<ReturnType<ReturnType<typeof useModel>["terminal"]["personal"]["lookAtKept"]>>
>;

/** Several may have signed in here, so it is asked whose. */
export function KeptWithout() {
  const model = useModel();
  const [opened, setOpened] = useState<{ readonly userId: UserId; readonly kept: Kept | undefined }>();
  const userIds = model.rememberedIds.value;
  if (model.state.value.connection.status !== "offline" || userIds.length === 0) return null;
  const show = async (userId: UserId): Promise<void> =>
    setOpened({
      userId,
      kept: await model.terminal.personal.lookAtKept(userId).catch(() => undefined),
    });
  if (opened !== undefined) return <KeptParts {...opened} onClose={() => setOpened(undefined)} />;
  return (
    <div class="stack">
      {userIds.map((userId) => (
        <button key={userId} type="button" class="button quiet wide" onClick={() => void show(userId)}>
          {texts().asApp.showKept(userId)}
        </button>
      ))}
    </div>
  );
}

interface KeptPartsProps {
  userId: UserId;
  kept: Kept | undefined;
  onClose: () => void;
}

const callsShown = 30;

function KeptParts({ kept, onClose, userId }: KeptPartsProps) {
  const nowMs = useNow(60_000);
  const text = texts().asApp;
  const people = [...(kept?.people ?? [])].sort((a, b) =>
    compareNames(a.name ?? a.userId, b.name ?? b.userId),
  );
  const nameOf = (one: UserId): string => people.find((person) => person.userId === one)?.name ?? one;
  const calls = kept?.history.slice(0, callsShown) ?? [];
  return (
    <section class="card recents" aria-labelledby="kept-title">
      <div class="card-head">
        <h2 id="kept-title">{text.keptTitle(userId)}</h2>
        <button type="button" class="button quiet small" onClick={onClose}>
          {text.hideKept}
        </button>
      </div>
      <p class="muted">{kept === undefined ? text.nothingKept : text.keptText}</p>
      {people.length > 0 && (
        <ul class="people" aria-label={texts().people.title}>
          {people.map((person) => (
            <li key={person.userId}>
              <Avatar userId={person.userId} name={nameOf(person.userId)} />
              <span class="person-facts">
                <PersonName userId={person.userId} name={nameOf(person.userId)} />
                {person.note !== undefined && <small class="muted">{person.note}</small>}
              </span>
            </li>
          ))}
        </ul>
      )}
      {calls.length > 0 && (
        <ul aria-label={texts().history.title}>
          {calls.map((call) => (
            <KeptCall key={`${call.startedAtMs} ${call.callId}`} {...{ call, nameOf, nowMs }} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface KeptCallProps {
  call: AddedCall;
  nameOf: (userId: UserId) => string;
  nowMs: number;
}

function KeptCall({ call, nameOf, nowMs }: KeptCallProps) {
  const { direction, outcome, startedAtMs, userIds } = call;
  return (
    <li>
      <span class="recent-who">
        <span class="person-name">
          <span class="muted">{direction === "out" ? texts().history.to : texts().history.from}</span>{" "}
          <b>{listOfNames(userIds.map(nameOf))}</b>
        </span>
        <small class={outcome === "missed" ? "missed-word" : undefined}>{outcomeWords(call)}</small>
        <time class="muted" dateTime={isoTime(startedAtMs)}>
          {dayAndTime(startedAtMs, nowMs)}
        </time>
      </span>
    </li>
  );
}
