/** The call that this terminal is in. */
import { clockDuration } from "@signet/terminal";
import type { CallView, Participant } from "@signet/terminal";
import { calledName, listOfNames, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useRef, useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";
import { useFocusAtTop, useNow } from "../lib/hooks.ts";
import {
  callStatus,
  isServerUnreached,
  refusalsSentence,
  rejoinedSentence,
  aloneSentence,
} from "../lib/words.ts";
import { useModel } from "../model.ts";
import { CallControls } from "./call-controls.tsx";
import { CallDetails } from "./call-details.tsx";
import { RecordNotice } from "./call-record.tsx";
import { CallingYou } from "./calling-you.tsx";
import { GuestDoor } from "./guest-door.tsx";
import { OpenGuestLink } from "./guest-link.tsx";
import { LoudspeakerNotice, MicrophoneNotice } from "./microphone-notice.tsx";
import { NetworkNotice } from "./network-notice.tsx";
import { VoiceNotice } from "./voice-notice.tsx";
import { AskedNotice, Resolutions } from "./resolutions.tsx";
import { Stage } from "./stage.tsx";

export function Call({ call }: { call: CallView }) {
  const [detailsOpen, setDetailsOpen] = useState(false);
  const [resolving, setResolving] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const status = callStatus(call);
  const here = call.participants.filter(({ state }) => state === "joined").length;
  useFocusAtTop(heading);
  return (
    <section class={`call ${call.phase}`} aria-label={texts().call.title}>
      <header class="call-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {listOfNames(peopleInTitle(call).map(calledName))}
          </h1>
          <p class="phase" data-tone={status.tone}>
            <span class="phase-dot" aria-hidden="true" />
            {status.words}
            {here > 2 && <span class="count">{texts().call.inCall(here)}</span>}
          </p>
        </div>
        <Clock call={call} />
      </header>
      <CallNotices call={call} />
      {!resolving && <AskedNotice call={call} onOpen={() => setResolving(true)} />}
      {resolving && <Resolutions call={call} onClose={() => setResolving(false)} />}
      <div class="call-body">
        <Stage call={call} />
        {detailsOpen && <CallDetails call={call} />}
      </div>
      <CallControls
        call={call}
        detailsOpen={detailsOpen}
        onDetails={() => setDetailsOpen(!detailsOpen)}
        onResolutions={() => setResolving(true)}
      />
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
    <p class="clock" role="timer" aria-label={texts().call.duration}>
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
        <Notice
          tone={media.code.startsWith("frames.") ? "danger" : "warning"}
          alert
          title={texts().call.noSound}
        >
          <p>{sentenceFor(media.code)}</p>
          <HelpLink code={media.code} />
        </Notice>
      )}
      {media.status === "connecting" && media.code !== undefined && (
        <Notice tone="warning" title={texts().call.noSoundYet}>
          <p>{sentenceFor(media.code)}</p>
          <HelpLink code={media.code} />
        </Notice>
      )}
      {media.status === "reconnecting" && (
        <Notice tone="warning" title={texts().call.interrupted}>
          <p>{sentenceFor(media.code)}</p>
          <HelpLink code={media.code} />
          {isServerUnreached(call) && <RetryNow />}
        </Notice>
      )}
      {media.status === "restarting" && (
        <Notice tone="warning" title={texts().call.restarts}>
          <p>{texts().call.soundRestarts}</p>
          <HelpLink topic="sound" />
        </Notice>
      )}
      <RecordNotice call={call} />
      <CallingYou />
      <GuestDoor call={call} />
      <OpenGuestLink call={call} />
      {call.moving === true && (
        <Notice tone="info">
          <p>{texts().call.moving}</p>
        </Notice>
      )}
      {call.heldUntilMs !== undefined && (
        <Notice tone="info" title={texts().call.elsewhereToo}>
          <p>{texts().call.held}</p>
        </Notice>
      )}
      {phase === "joining" && call.moving !== true && <JoiningNotice call={call} />}
      <MicrophoneNotice microphone={microphone} />
      {call.loudspeaker !== undefined && <LoudspeakerNotice trouble={call.loudspeaker} />}
      <VoiceNotice participants={participants} />
      <NetworkNotice participants={participants} />
      {rejoined !== undefined && (
        <Notice tone="warning" alert title={texts().call.groupChanged}>
          <p>{rejoined}</p>
          <HelpLink topic="failedCheck" />
        </Notice>
      )}
      {refusals !== undefined && (
        <Notice tone="warning" alert title={texts().call.otherAsked}>
          <p>{refusals}</p>
          <HelpLink topic="failedCheck" />
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
      {texts().common.retryNow}
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
    <Notice tone="info" alert title={texts().call.nobodyLetIn}>
      <p>{texts().call.nobodyLetInText(listOfNames(waitFor.map(calledName)))}</p>
    </Notice>
  );
}
