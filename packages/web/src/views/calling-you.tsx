/**
 * Somebody calls while one calls, or is in a call. One touch leads from the own call, which rings, into theirs; from a call with somebody
 * else, too, which is left then.
 */
import { isQuietCall } from "@signet/terminal";
import type { IncomingCall } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { BlockRefused } from "../components/block-button.tsx";
import { AddPeopleIcon, CallIcon, LeaveIcon } from "../components/icons.tsx";
import { Notice } from "../components/notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { withWhomSentences } from "../lib/brought-in.ts";
import { firstTimeSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { DeclineAndBlock } from "./decline-and-block.tsx";

export function CallingYou() {
  const { ringing } = useModel().state.value;
  return (
    <>
      {ringing.map((incoming) => (
        <CallerNotice key={incoming.callId} incoming={incoming} />
      ))}
    </>
  );
}

function CallerNotice({ incoming }: { incoming: IncomingCall }) {
  const model = useModel();
  const { callId, from, waiting = false } = incoming;
  const { displayName, userId, verification } = from;
  // Who does not want to be disturbed is not told aloud either: it stands in the page.
  const isQuiet = isQuietCall(model.state.value, userId);
  // Whoever only comes into a call brings nobody in yet.
  const mayBringIn = waiting && model.state.value.call?.phase === "active";
  const [isBlocking, setIsBlocking] = useState(false);
  const pending = model.pending.value;
  const answering = pending?.type === "answer" && pending.callId === callId;
  return (
    <Notice tone="info" alert={!isQuiet} title={texts().incoming.isCalling(displayName)}>
      <p>
        <span class="user-id">{userId}</span>{" "}
        {!waiting
          ? texts().incoming.intoTheirs
          : mayBringIn
            ? texts().incoming.waitsBringOrSwitch
            : texts().incoming.waitsSwitch}
      </p>
      {withWhomSentences(incoming).map((text) => (
        <p key={text} class="hint">
          {text}
        </p>
      ))}
      <VerifiedBadge userId={userId} verification={verification} name={displayName} />
      {verification.firstSeen && <p class="hint">{firstTimeSentence(userId, verification)}</p>}
      <div class="row">
        {mayBringIn && (
          <button type="button" class="button quiet" onClick={() => void model.bringIn(callId, userId)}>
            <AddPeopleIcon />
            {texts().incoming.bringIn}
          </button>
        )}
        {waiting ? (
          <button type="button" class="button go" onClick={() => void model.switchTo(callId, userId)}>
            <CallIcon />
            {texts().incoming.leaveAndAnswer}
          </button>
        ) : (
          <button type="button" class="button go" onClick={() => void model.answer(callId, userId)}>
            <CallIcon />
            {texts().incoming.join(displayName)}
          </button>
        )}
        <button
          type="button"
          class="button quiet"
          disabled={pending?.type === "decline"}
          onClick={() => void model.decline(callId)}
        >
          <LeaveIcon />
          {texts().common.decline}
        </button>
        <button type="button" class="button danger-quiet" onClick={() => setIsBlocking(true)}>
          {texts().blocking.declineAndBlock}
        </button>
      </div>
      <BlockRefused userId={userId} />
      {isBlocking && <DeclineAndBlock incoming={incoming} onClose={() => setIsBlocking(false)} />}
      {pending?.type === "bringIn" && pending.callId === callId && (
        <TouchDialog
          title={texts().common.touch}
          text={texts().incoming.touchBringIn(displayName)}
          onCancel={model.cancel}
        />
      )}
      {answering && (
        <TouchDialog
          title={texts().common.touch}
          text={texts().incoming.touchTheirs(displayName)}
          onCancel={model.cancel}
        />
      )}
    </Notice>
  );
}
