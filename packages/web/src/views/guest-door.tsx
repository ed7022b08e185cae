/** Guests at the door of the call, for everybody in it: the host lets them in, or turns them away. */
import { isGuestId, SignetError } from "@signet/terminal";
import type { CallView, ErrorCode, WaitingGuest } from "@signet/terminal";
import { calledName, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { guestMark } from "../components/guest-mark.tsx";
import { HelpLink } from "../components/help-link.tsx";
import { GuestLooksLike } from "../components/looks-like.tsx";
import { Notice } from "../components/notice.tsx";
import { useModel } from "../model.ts";

export function GuestDoor({ call }: { call: CallView }) {
  const isGuest = call.participants.some(({ isSelf, userId }) => isSelf && isGuestId(userId));
  if (isGuest) return null;
  return (
    <>
      {call.guestsWaiting?.map((guest) => (
        <AtDoor key={guest.userId} call={call} guest={guest} />
      ))}
    </>
  );
}

function AtDoor({ call, guest }: { call: CallView; guest: WaitingGuest }) {
  const { terminal } = useModel();
  const [failed, setFailed] = useState<ErrorCode>();
  const text = texts().guests;
  const name = calledName(guest);
  const act = (what: Promise<void>): void => {
    setFailed(undefined);
    what.catch((error: unknown) => setFailed(error instanceof SignetError ? error.code : "terminal.failed"));
  };
  const isHost = call.mayRemove === true;
  const { isClosed, isGone, close } = useGone(guest);
  if (isGone)
    return isClosed ? null : (
      <Notice tone="info" alert title={text.doorLeft(name)}>
        <p>{isHost ? text.doorLeftHost : text.doorLeftText}</p>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            close();
            // Nobody is asked about them any more, and another guest has the place.
            if (isHost) terminal.remove([guest.userId]).catch(() => undefined);
          }}
        >
          {texts().common.close}
        </button>
      </Notice>
    );
  return (
    <Notice tone="warning" alert title={isHost ? text.doorTitle(name) : text.doorWaits(name)}>
      <p class="guest-mark">{guestMark(call, guest)}</p>
      <GuestLooksLike call={call} name={guest.guest.name} userId={guest.userId} />
      {failed !== undefined && <p role="alert">{sentenceFor(failed)}</p>}
      <HelpLink topic="guests" />
      {!isHost && <p>{text.doorHost}</p>}
      {isHost && (
        <div class="row">
          <button
            type="button"
            class="button quiet small"
            onClick={() => act(terminal.remove([guest.userId]))}
          >
            {text.turnAway}
          </button>
          <button
            type="button"
            class="button primary small"
            onClick={() => act(terminal.guests.letIn(guest.userId))}
          >
            {text.letIn}
          </button>
        </div>
      )}
    </Notice>
  );
}

/**
 * Whether a guest who was at the door is there no more: their page is closed, they gave up, or it has no connection. That is the server's word, which takes a
 * question away and lets nobody in. Before their page has signed in they are not there yet.
 */
function useGone({ userId }: WaitingGuest) {
  const { terminal } = useModel();
  const [was, setWas] = useState({ isThere: false, isGone: false });
  const [isClosed, setClosed] = useState(false);
  useEffect(
    () =>
      terminal.watchPresence([userId], (seen) => {
        const now = seen.get(userId);
        if (now === undefined) return;
        const isThere = now !== "away";
        if (isThere) setClosed(false);
        setWas((former) => ({ isThere: former.isThere || isThere, isGone: former.isThere && !isThere }));
      }),
    [terminal, userId],
  );
  return { isGone: was.isGone, isClosed, close: () => setClosed(true) };
}
