/** The call that this terminal is in. */
import { clockDuration } from "@signet/terminal";
import type { CallView, Participant } from "@signet/terminal";
import { listOfNames, sentenceFor } from "@signet/words";
import { useRef, useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { useFocusAtTop, useNow } from "../lib/hooks.ts";
import {
  soundRestartsSentence,
  callStatus,
  isServerUnreached,
  heldSentence,
  movingSentence,
  refusalsSentence,
  rejoinedSentence,
  aloneSentence,
} from "../lib/words.ts";
import { useModel } from "../model.ts";
import { CallControls } from "./call-controls.tsx";
import { CallDetails } from "./call-details.tsx";
import { CallingYou } from "./calling-you.tsx";
import { MicrophoneNotice } from "./microphone-notice.tsx";
import { NetworkNotice } from "./network-notice.tsx";
import { Stage } from "./stage.tsx";

export function Call({ call }: { call: CallView }) {
  const [detailsOpen, setDetailsOpen] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const status = callStatus(call);
  const here = call.participants.filter(({ state }) => state === "joined").length;
  useFocusAtTop(heading);
  return (
    <section class={`call ${call.phase}`} aria-label="Call">
      <header class="call-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {listOfNames(peopleInTitle(call).map((person) => person.displayName))}
          </h1>
          <p class="phase" data-tone={status.tone}>
            <span class="phase-dot" aria-hidden="true" />
            {status.words}
            {here > 2 && <span class="count">{here} in the call</span>}
          </p>
        </div>
        <Clock call={call} />
      </header>
      <CallNotices call={call} />
      <div class="call-body">
        <Stage call={call} />
        {detailsOpen && <CallDetails call={call} />}
      </div>
      <CallControls call={call} detailsOpen={detailsOpen} onDetails={() => setDetailsOpen(!detailsOpen)} />
    </section>
  );
}

/** Those who are there; before that, those who may come. */
function peopleInTitle(call: CallView): readonly Participant[] {
  const others = call.participants.filter((person) => !person.isSelf);
  const joined = others.filter(({ state }) => state === "joined");
  const coming = others.filter(({ state }) => state === "ringing" || state === "joining");
  return [joined, coming, others].find((group) => group.length > 0) ?? [];
}

function Clock({ call }: { call: CallView }) {
  const nowMs = useNow();
  if (call.activeSinceMs === undefined) return null;
  return (
    <p class="clock" role="timer" aria-label="Duration">
      {clockDuration(nowMs - call.activeSinceMs)}
    </p>
  );
}

function CallNotices({ call }: { call: CallView }) {
  const { media, microphone, participants, phase } = call;
  const rejoined = rejoinedSentence(call);
  const refusals = refusalsSentence(call);
  const someoneElse = participants.some((person) => !person.isSelf && person.state === "joined");
  const someoneMayCome = participants.some(({ state }) => state === "ringing" || state === "joining");
  return (
    <>
      {media.status === "failed" && (
        <Notice tone={media.code.startsWith("frames.") ? "danger" : "warning"} alert title="No sound">
          <p>{sentenceFor(media.code)}</p>
        </Notice>
      )}
      {media.status === "connecting" && media.code !== undefined && (
        <Notice tone="warning" title="No sound yet">
          <p>{sentenceFor(media.code)}</p>
        </Notice>
      )}
      {media.status === "reconnecting" && (
        <Notice tone="warning" title="Your sound is interrupted">
          <p>{sentenceFor(media.code)}</p>
          {isServerUnreached(call) && <RetryNow />}
        </Notice>
      )}
      {media.status === "restarting" && (
        <Notice tone="warning" title="Your sound restarts">
          <p>{soundRestartsSentence}</p>
        </Notice>
      )}
      <CallingYou />
      {call.moving === true && (
        <Notice tone="info">
          <p>{movingSentence}</p>
        </Notice>
      )}
      {call.heldUntilMs !== undefined && (
        <Notice tone="info" title="You are signed in at another terminal">
          <p>{heldSentence}</p>
        </Notice>
      )}
      {phase === "joining" && call.moving !== true && <JoiningNotice call={call} />}
      <MicrophoneNotice microphone={microphone} />
      <NetworkNotice participants={participants} />
      {rejoined !== undefined && (
        <Notice tone="warning" alert title="The group changed while this terminal was out of it">
          <p>{rejoined}</p>
        </Notice>
      )}
      {refusals !== undefined && (
        <Notice tone="warning" alert title="Another member was asked to let this terminal in">
          <p>{refusals}</p>
        </Notice>
      )}
      {phase === "active" && !someoneElse && !someoneMayCome && (
        <Notice tone="info">
          <p>{aloneSentence(call)}</p>
        </Notice>
      )}
      <FailureNotice
        actions={["answer", "moveHere", "decline", "leave", "end", "bringIn", "remove", "makeHost"]}
      />
    </>
  );
}

function RetryNow() {
  const { terminal } = useModel();
  return (
    <button type="button" class="button quiet small" onClick={() => terminal.retryNow()}>
      Retry now
    </button>
  );
}

/** Longer than that it takes only when the terminal that lets people in does not answer. */
const joiningPatienceMs = 6_000;

/** Whoever is let in waits for somebody who is in the call: their terminal may be gone, which the server learns after a while. */
function JoiningNotice({ call }: { call: CallView }) {
  const nowMs = useNow();
  const [sinceMs] = useState(nowMs);
  if (nowMs - sinceMs < joiningPatienceMs) return null;
  const waitFor = call.participants.filter((person) => !person.isSelf && person.state === "joined");
  return (
    <Notice tone="info" alert title="Nobody has let you in yet">
      <p>
        {listOfNames(waitFor.map((person) => person.displayName))} would have to, and may have lost the
        connection. Signet goes on trying; you can leave and call back.
      </p>
    </Notice>
  );
}
