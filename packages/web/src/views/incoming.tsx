/** Somebody calls: who it is was verified before this shows and before it rings. */
import { isQuietCall } from "@signet/terminal";
import type { IncomingCall } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { BlockRefused } from "../components/block-button.tsx";
import { CallIcon, LeaveIcon } from "../components/icons.tsx";
import { LooksLike } from "../components/looks-like.tsx";
import { Modal } from "../components/modal.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { TouchPrompt } from "../components/touch-prompt.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { withWhomSentences } from "../lib/brought-in.ts";
import { isKnown } from "../lib/known.ts";
import { useNow } from "../lib/hooks.ts";
import { notifyOfCall } from "../lib/notifications.ts";
import type { Ringtone } from "../lib/ringtone.ts";
import { firstTimeSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { DeclineAndBlock } from "./decline-and-block.tsx";

export function Incoming({ ringtone }: { ringtone: Ringtone }) {
  const model = useModel();
  const { call, ringing } = model.state.value;
  const first = ringing[0];
  const state = model.state.value;
  const isQuiet = first !== undefined && isQuietCall(state, first.from.userId);
  const audible = useRinging(
    ringtone,
    ringing.find(({ from }) => !isQuietCall(state, from.userId)),
  );
  // In a call it stands there, and takes nobody out of what they do.
  if (first === undefined || (call !== undefined && call.phase !== "ended")) return null;
  return (
    <IncomingDialog
      key={first.callId}
      incoming={first}
      more={ringing.length - 1}
      audible={audible}
      isQuiet={isQuiet}
    />
  );
}

/** Rings by sound and, while the page is hidden, by a notification. @returns whether the sound can be heard */
function useRinging(ringtone: Ringtone, first: IncomingCall | undefined): boolean {
  const model = useModel();
  const [audible, setAudible] = useState(true);
  const callId = first?.callId;
  const pending = model.pending.value;
  const answering = pending?.type === "answer" && pending.callId === callId;
  const tune = first?.waiting === true ? "waiting" : "ring";
  useEffect(() => {
    if (callId === undefined || answering) return undefined;
    let alive = true;
    const ring = (): void => {
      ringtone.start(tune).then(
        (heard) => {
          if (alive) setAudible(heard);
          else ringtone.stop();
        },
        () => setAudible(false),
      );
    };
    ring();
    // The first click or key press gives the page its voice.
    const onGesture = (): void => setAudible(true);
    addEventListener("pointerdown", onGesture);
    return () => {
      alive = false;
      removeEventListener("pointerdown", onGesture);
      ringtone.stop();
    };
  }, [ringtone, callId, tune, answering]);

  const name = first?.from.displayName;
  const userId = first?.from.userId;
  useEffect(() => {
    if (callId === undefined || name === undefined || userId === undefined) return undefined;
    let close = (): void => {};
    const tell = (): void => {
      close();
      close = document.hidden
        ? notifyOfCall(
            texts().incoming.notificationTitle(name),
            texts().incoming.notificationBody(userId),
            callId,
          )
        : () => {};
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => {
      document.removeEventListener("visibilitychange", tell);
      close();
    };
  }, [callId, name, userId]);
  return audible;
}

interface IncomingDialogProps {
  incoming: IncomingCall;
  more: number;
  audible: boolean;
  /** The person does not want to be disturbed by this one. */
  isQuiet: boolean;
}

function IncomingDialog({ incoming, more, audible, isQuiet }: IncomingDialogProps) {
  const model = useModel();
  const nowMs = useNow();
  const { callId, from, expiresAtMs } = incoming;
  const { verification } = from;
  const pending = model.pending.value;
  const answering = pending?.type === "answer" && pending.callId === callId;
  const leftS = Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000));
  const [isBlocking, setIsBlocking] = useState(false);
  const decline = (): void => void model.decline(callId);
  return (
    <Modal
      labelledBy="incoming-title incoming-caller"
      describedBy={verification.firstSeen ? "incoming-first-time" : undefined}
      class="incoming"
      unasked
      // Who wants to get out of something else with Escape declines nobody.
      onEscape={answering ? model.cancel : () => {}}
    >
      <h2 id="incoming-title" tabIndex={-1} autofocus>
        {texts().incoming.title}
      </h2>
      <div class="caller" id="incoming-caller">
        <span class="caller-ring">
          <PersonAvatar userId={from.userId} name={from.displayName} isKnown={isKnown(verification)} />
        </span>
        <p class="caller-name">
          <bdi>{from.displayName}</bdi>
        </p>
        <p class="user-id">{from.userId}</p>
      </div>
      <LooksLike person={from} />
      <VerifiedBadge userId={from.userId} verification={verification} name={from.displayName} />
      {verification.firstSeen && (
        <p class="hint" id="incoming-first-time">
          {firstTimeSentence(from.userId, verification)}
        </p>
      )}
      {withWhomSentences(incoming).map((text) => (
        <p key={text} class="others">
          {text}
        </p>
      ))}
      {more > 0 && <p class="hint">{texts().incoming.moreRing(more)}</p>}
      <FailureNotice actions={["answer", "decline"]} />
      {answering ? (
        <TouchPrompt title={texts().common.touch} text={texts().incoming.touchIn} onCancel={model.cancel} />
      ) : (
        <div class="incoming-actions">
          <button
            type="button"
            class="button danger big"
            onClick={decline}
            disabled={pending?.type === "decline"}
          >
            <LeaveIcon />
            {texts().common.decline}
          </button>
          <button type="button" class="button go big" onClick={() => void model.answer(callId, from.userId)}>
            <CallIcon />
            {texts().incoming.answer}
          </button>
        </div>
      )}
      {!answering && (
        <button type="button" class="button danger-quiet small" onClick={() => setIsBlocking(true)}>
          {texts().blocking.declineAndBlock}
        </button>
      )}
      <BlockRefused userId={from.userId} />
      {isBlocking && <DeclineAndBlock incoming={incoming} onClose={() => setIsBlocking(false)} />}
      <p class="hint center">
        {isQuiet
          ? texts().incoming.quiet
          : audible
            ? texts().incoming.ringsFor(leftS)
            : texts().incoming.silently}
      </p>
    </Modal>
  );
}
