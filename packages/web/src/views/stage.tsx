/** The people of a call: those who are there, or back in a moment, large, oneself and those who are not there small. */
import type { CallView, Participant } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { calledName } from "@signet/words";
import { useRef } from "preact/hooks";

import { Avatar } from "../components/avatar.tsx";
import { ParticipantTile } from "./participant-tile.tsx";

/** With more than these the tiles shrink, and whoever speaks is shown above them. */
const mostLarge = 8;

export function Stage({ call }: { call: CallView }) {
  const { participants } = call;
  const isLarge = ({ isSelf, reconnecting, state }: Participant): boolean =>
    !isSelf &&
    (state === "joined" ||
      state === "joining" ||
      reconnecting === true ||
      (call.phase === "calling" && state === "ringing"));
  const largeCount = participants.filter(isLarge).length;
  const many = largeCount > mostLarge;
  return (
    // It scrolls where people do not fit: by keyboard, too, when there is nothing in it to go to (axe: scrollable-region-focusable).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div class={`stage ${many ? "many" : ""}`} role="group" aria-label={texts().call.people} tabIndex={0}>
      {many && <Spotlight participants={participants} />}
      <ul
        class="participants"
        aria-label={texts().call.participants}
        data-count={Math.min(largeCount, mostLarge)}
        data-small={participants.length > largeCount}
      >
        {participants.map((person) => (
          <ParticipantTile key={person.userId} person={person} size={isLarge(person) ? "large" : "small"} />
        ))}
      </ul>
    </div>
  );
}

/** Whoever speaks, or spoke last, on the screen whatever is scrolled to. For the eye: the list says it as well. */
function Spotlight({ participants }: { participants: readonly Participant[] }) {
  const last = useRef<string>(undefined);
  const speaker = participants.find(({ speaking, isSelf }) => speaking && !isSelf);
  last.current = speaker?.userId ?? last.current;
  const shown = participants.find(({ userId }) => userId === last.current);
  return (
    <div class="spotlight" aria-hidden="true" data-speaking={speaker !== undefined}>
      {shown === undefined ? (
        <p class="muted">{texts().call.nobodySpoke}</p>
      ) : (
        <>
          <span class="avatar-frame">
            <Avatar userId={shown.userId} name={calledName(shown)} />
          </span>
          <p class="spotlight-name">
            <b>
              <bdi>{calledName(shown)}</bdi>
            </b>
            <span class="muted">{speaker === undefined ? texts().call.spokeLast : texts().call.speaks}</span>
          </p>
        </>
      )}
    </div>
  );
}
