/**
 * Somebody calls while one calls, or is in a call. One touch leads from the own call, which rings, into theirs; from a call with somebody
 * else, too, which is left then.
 */
import type { IncomingCall } from "@signet/terminal";

import { AddPeopleIcon, CallIcon, LeaveIcon } from "../components/icons.tsx";
import { Notice } from "../components/notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { withWhomSentences } from "../lib/brought-in.ts";
import { firstTimeSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";

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
  // Whoever only comes into a call brings nobody in yet.
  const mayBringIn = waiting && model.state.value.call?.phase === "active";
  const pending = model.pending.value;
  const answering = pending?.type === "answer" && pending.callId === callId;
  return (
    <Notice tone="info" alert title={`${displayName} is calling you`}>
      <p>
        <span class="user-id">{userId}</span>{" "}
        {waiting
          ? `They see that you are in a call, and wait a while. One touch of your device ${mayBringIn ? "brings them into this call, or " : ""}takes you into theirs; you leave this one then.`
          : "One touch of your device takes you into their call; yours ends once you are there."}
      </p>
      {withWhomSentences(incoming).map((text) => (
        <p key={text} class="hint">
          {text}
        </p>
      ))}
      <VerifiedBadge verification={verification} name={displayName} />
      {verification.firstSeen && <p class="hint">{firstTimeSentence(userId, verification)}</p>}
      <div class="row">
        {mayBringIn && (
          <button type="button" class="button quiet" onClick={() => void model.bringIn(callId, userId)}>
            <AddPeopleIcon />
            Bring into this call
          </button>
        )}
        {waiting ? (
          <button type="button" class="button go" onClick={() => void model.switchTo(callId, userId)}>
            <CallIcon />
            Leave and answer
          </button>
        ) : (
          <button type="button" class="button go" onClick={() => void model.answer(callId, userId)}>
            <CallIcon />
            Join {displayName}
          </button>
        )}
        <button
          type="button"
          class="button quiet"
          disabled={pending?.type === "decline"}
          onClick={() => void model.decline(callId)}
        >
          <LeaveIcon />
          Decline
        </button>
      </div>
      {pending?.type === "bringIn" && pending.callId === callId && (
        <TouchDialog
          title="Touch your device"
          text={`Its signature brings ${displayName} into this call, once they answer.`}
          onCancel={model.cancel}
        />
      )}
      {answering && (
        <TouchDialog
          title="Touch your device"
          text={`Its signature lets you into the call of ${displayName}.`}
          onCancel={model.cancel}
        />
      )}
    </Notice>
  );
}
