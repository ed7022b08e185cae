/** What one does in a call: mute, choose the input, look into the details, leave, end. */
import type { CallView } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import {
  AddPeopleIcon,
  DetailsIcon,
  EndIcon,
  LeaveIcon,
  MicrophoneIcon,
  MutedIcon,
} from "../components/icons.tsx";
import { LevelMeter } from "../components/meter.tsx";
import { MicrophoneChoice } from "../components/microphone-choice.tsx";
import { preferredMicrophone, storePreferredMicrophone } from "../lib/microphones.ts";
import type { Microphone } from "../lib/microphones.ts";
import { useShortcut } from "../lib/shortcuts.ts";
import { useModel } from "../model.ts";
import { AddPeople } from "./add-people.tsx";

/** Time to take back texts().call.endForAll: as safe as a question, and one click less. */
const endDelayS = 3;

interface CallControlsProps {
  call: CallView;
  detailsOpen: boolean;
  onDetails: () => void;
}

export function CallControls({ call, detailsOpen, onDetails }: CallControlsProps) {
  const model = useModel();
  const [ending, setEnding] = useState(false);
  const [adding, setAdding] = useState(false);
  const busy = model.pending.value !== undefined;
  return (
    <div class="controls" role="group" aria-label={texts().call.controls}>
      <MutedHint call={call} />
      {ending && <EndCountdown onKeep={() => setEnding(false)} onEnd={() => void model.endForAll()} />}
      {adding && <AddPeople call={call} onClose={() => setAdding(false)} />}
      <div class="controls-row">
        <div class="controls-microphone">
          <MuteButton call={call} />
          <LevelMeter read={() => model.terminal.microphoneLevel()} label={texts().call.voiceLevel} />
          <InputChoice call={call} />
        </div>
        <div class="controls-rest">
          <button
            type="button"
            class="button quiet control"
            aria-expanded={detailsOpen}
            aria-controls="call-details"
            onClick={onDetails}
          >
            <DetailsIcon />
            {texts().call.details}
          </button>
          {call.phase === "active" && (
            <button
              type="button"
              class="button quiet control"
              aria-haspopup="dialog"
              onClick={() => setAdding(true)}
            >
              <AddPeopleIcon />
              {texts().call.addPeople}
            </button>
          )}
          {call.isInitiator && (
            <button
              type="button"
              class="button danger-quiet control"
              disabled={busy}
              onClick={() => (ending ? void model.endForAll() : setEnding(true))}
            >
              <EndIcon />
              {texts().call.endForAll}
            </button>
          )}
          <button
            type="button"
            class="button danger control"
            disabled={busy}
            onClick={() => void model.leave()}
          >
            <LeaveIcon />
            {texts().call.leave}
          </button>
        </div>
      </div>
    </div>
  );
}

function EndCountdown({ onKeep, onEnd }: { onKeep: () => void; onEnd: () => void }) {
  const [leftS, setLeftS] = useState(endDelayS);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (leftS > 1) setLeftS(leftS - 1);
      else {
        onKeep();
        onEnd();
      }
    }, 1000);
    return () => clearTimeout(timer);
  }, [leftS, onEnd, onKeep]);
  return (
    <div class="end-countdown">
      <p role="status">{texts().call.cutOffIn(leftS)}</p>
      <button type="button" class="button quiet small" onClick={onKeep}>
        {texts().call.keepTalking}
      </button>
    </div>
  );
}

function MuteButton({ call }: { call: CallView }) {
  const model = useModel();
  const { status } = call.microphone;
  const muted = status === "muted";
  const usable = status === "on" || status === "muted";
  useShortcut("mute", () => {
    if (usable) model.terminal.setMuted(!muted);
  });
  return (
    <button
      type="button"
      class={`button control ${muted ? "muted-on" : "quiet"}`}
      aria-keyshortcuts="m"
      title={texts().call.keyM}
      disabled={!usable}
      onClick={() => model.terminal.setMuted(!muted)}
    >
      {muted ? <MutedIcon /> : <MicrophoneIcon />}
      {muted ? texts().call.unmute : texts().call.mute}
    </button>
  );
}

/** How loud (0 to 1) somebody is who speaks: louder than a quiet room, and than keys that are typed. */
const speechLevel = 0.03;
const lookEveryMs = 150;
/** Of the latest looks, which are those of one second. */
const looks = 7;
const loudLooks = 3;
const hintMs = 5_000;

/** Who speaks while muted waits in vain for an answer. */
function MutedHint({ call }: { call: CallView }) {
  const { terminal } = useModel();
  const [shown, setShown] = useState(false);
  const muted = call.microphone.status === "muted";
  useEffect(() => {
    if (!muted) return undefined;
    let latest: readonly boolean[] = [];
    let hide: ReturnType<typeof setTimeout> | undefined;
    const timer = setInterval(() => {
      latest = [...latest, terminal.voiceLevel() >= speechLevel].slice(-looks);
      if (latest.filter(Boolean).length < loudLooks) return;
      setShown(true);
      clearTimeout(hide);
      hide = setTimeout(() => setShown(false), hintMs);
    }, lookEveryMs);
    return () => {
      clearInterval(timer);
      clearTimeout(hide);
      setShown(false);
    };
  }, [muted, terminal]);
  return (
    <p class={shown ? "muted-hint" : "hidden-text"} role="status">
      {shown && texts().call.youAreMuted}
    </p>
  );
}

function InputChoice({ call }: { call: CallView }) {
  const model = useModel();
  const [chosen, setChosen] = useState(preferredMicrophone);
  const choose = (microphone: Microphone | undefined): void => {
    setChosen(microphone?.deviceId);
    storePreferredMicrophone(microphone);
    // What becomes of it shows in the state of the microphone.
    model.terminal.setMicrophone(microphone?.deviceId).catch(() => {});
  };
  return <MicrophoneChoice chosen={chosen} onChoose={choose} refreshKey={call.microphone.status} />;
}
