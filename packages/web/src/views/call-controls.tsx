/** What one does in a call: mute, choose the input, look into the details, leave, end. */
import type { CallView } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import {
  AddPeopleIcon,
  DetailsIcon,
  EndIcon,
  LeaveIcon,
  LoudspeakerIcon,
  ResolutionIcon,
} from "../components/icons.tsx";
import { LevelMeter } from "../components/meter.tsx";
import { DeviceChoice } from "../components/device-choice.tsx";
import { shownResolutions } from "../lib/resolutions.ts";
import { preferredDevice, storePreferredDevice } from "../lib/sound-devices.ts";
import type { SoundDevice } from "../lib/sound-devices.ts";
import { useModel } from "../model.ts";
import { AddPeople } from "./add-people.tsx";
import { CallSound } from "./call-sound.tsx";
import { MutedHint, MuteButton, TalkHint } from "./mute-button.tsx";

/** Time to take back texts().call.endForAll: as safe as a question, and one click less. */
const endDelayS = 3;

interface CallControlsProps {
  call: CallView;
  onResolutions: () => void;
  detailsOpen: boolean;
  onDetails: () => void;
}

export function CallControls({ call, detailsOpen, onDetails, onResolutions }: CallControlsProps) {
  const model = useModel();
  const [ending, setEnding] = useState(false);
  const [adding, setAdding] = useState(false);
  const [microphone, setMicrophone] = useState(() => preferredDevice("microphone"));
  const [talking, setTalking] = useState(false);
  const [sounding, setSounding] = useState(false);
  const isGuest = call.participants.some(({ guest, isSelf }) => isSelf && guest !== undefined);
  const resolutionsLabel = texts().resolutions.open(shownResolutions(call).length);
  const busy = model.pending.value !== undefined;
  return (
    <div class="controls" role="group" aria-label={texts().call.controls}>
      <MutedHint call={call} />
      <TalkHint call={call} talking={talking} />
      {ending && <EndCountdown onKeep={() => setEnding(false)} onEnd={() => void model.endForAll()} />}
      {sounding && (
        <CallSound call={call} onClose={() => setSounding(false)}>
          <InputChoice call={call} chosen={microphone} onChosen={setMicrophone} />
        </CallSound>
      )}
      {adding && (
        <AddPeople
          call={call}
          onClose={() => setAdding(false)}
          onGuest={() => {
            setAdding(false);
            model.openGuestLink();
          }}
        />
      )}
      <div class="controls-row">
        <div class="controls-microphone">
          <MuteButton call={call} talking={talking} onTalking={setTalking} />
          <LevelMeter read={() => model.terminal.microphoneLevel()} label={texts().call.voiceLevel} />
          <InputChoice call={call} chosen={microphone} onChosen={setMicrophone} />
          <button
            type="button"
            class="button quiet control call-sound-button"
            aria-haspopup="dialog"
            aria-label={texts().sound.title}
            title={texts().sound.title}
            onClick={() => setSounding(true)}
          >
            <LoudspeakerIcon />
          </button>
          {call.phase === "active" && (
            <button
              type="button"
              class="button quiet control call-sound-button"
              aria-haspopup="dialog"
              aria-label={resolutionsLabel}
              title={resolutionsLabel}
              onClick={onResolutions}
            >
              <ResolutionIcon />
            </button>
          )}
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
          {call.phase === "active" && !isGuest && (
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

interface InputChoiceProps {
  call: CallView;
  chosen: string | undefined;
  onChosen: (deviceId: string | undefined) => void;
}

function InputChoice({ call, chosen, onChosen }: InputChoiceProps) {
  const model = useModel();
  const choose = (microphone: SoundDevice | undefined): void => {
    onChosen(microphone?.deviceId);
    storePreferredDevice("microphone", microphone);
    // What becomes of it shows in the state of the microphone.
    model.terminal.setMicrophone(microphone?.deviceId).catch(() => {});
  };
  return (
    <DeviceChoice
      purpose="microphone"
      label={texts().home.inUse}
      chosen={chosen}
      onChoose={choose}
      refreshKey={call.microphone.status}
    />
  );
}
