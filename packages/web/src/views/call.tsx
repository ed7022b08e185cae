/** The call that this terminal is in. */
import { clockDuration } from "@signet/terminal";
import type { CallView, Participant } from "@signet/terminal";
import { listOfNames, sentenceFor } from "@signet/words";
import { useRef, useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { useFocusAtTop, useNow } from "../lib/hooks.ts";
import { audioRestartsSentence, phaseWords, refusalsSentence, rejoinedSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { CallControls } from "./call-controls.tsx";
import { CallDetails } from "./call-details.tsx";
import { ParticipantTile } from "./participant-tile.tsx";

export function Call({ call }: { call: CallView }) {
  const [detailsOpen, setDetailsOpen] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusAtTop(heading);
  return (
    <section class={`call ${call.phase}`} aria-label="Call">
      <header class="call-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {listOfNames(peopleInTitle(call).map((person) => person.displayName))}
          </h1>
          <p class="phase">
            <span class="phase-dot" aria-hidden="true" />
            {phaseWords(call)}
          </p>
        </div>
        <Clock call={call} />
      </header>
      <CallNotices call={call} />
      <div class="call-body">
        <ul class="participants" aria-label="Participants">
          {call.participants.map((person) => (
            <ParticipantTile
              key={person.userId}
              person={person}
              muted={person.isSelf && call.microphone.status === "muted"}
            />
          ))}
        </ul>
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
  const model = useModel();
  const { media, microphone, participants, phase } = call;
  const rejoined = rejoinedSentence(call);
  const refusals = refusalsSentence(call);
  const someoneElse = participants.some((person) => !person.isSelf && person.state === "joined");
  const someoneMayCome = participants.some(({ state }) => state === "ringing" || state === "joining");
  return (
    <>
      {media.status === "failed" && (
        <Notice tone={media.code.startsWith("frames.") ? "danger" : "warning"} alert title="No audio">
          <p>{sentenceFor(media.code)}</p>
        </Notice>
      )}
      {media.status === "restarting" && (
        <Notice tone="warning" title="Your audio restarts">
          <p>{audioRestartsSentence}</p>
        </Notice>
      )}
      {media.status === "connecting" && phase === "active" && <p class="strip">Connecting the audio</p>}
      {microphone.status === "unavailable" && (
        <Notice tone="warning" alert title="The others cannot hear you">
          <p>{sentenceFor(microphone.code)}</p>
          <button
            type="button"
            class="button quiet small"
            onClick={() => void model.terminal.setMicrophone(undefined).catch(() => {})}
          >
            Try again
          </button>
        </Notice>
      )}
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
          <p>You are alone. Those who were invited can come back for as long as you stay.</p>
        </Notice>
      )}
      <FailureNotice actions={["leave", "end"]} />
    </>
  );
}
