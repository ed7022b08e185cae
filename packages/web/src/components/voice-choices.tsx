/** What is done to one's voice before it is sent, and whether it is sent without a key. */
import { voiceProcesses } from "@signet/terminal";
import type { VoiceProcess } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useId, useState } from "preact/hooks";

import { isPushToTalk, processingWish, storeProcessingWish, storePushToTalk } from "../lib/sound-wishes.ts";

interface ProcessingChoiceProps {
  /** What the browser does otherwise than chosen, in a call. */
  unmet?: readonly VoiceProcess[];
  onChosen?: () => void;
}

export function ProcessingChoice({ unmet = [], onChosen }: ProcessingChoiceProps) {
  const [wish, setWish] = useState(processingWish);
  const choose = (process: VoiceProcess, wanted: boolean): void => {
    const next = { ...wish, [process]: wanted };
    setWish(next);
    storeProcessingWish(next);
    onChosen?.();
  };
  const { processes, processingHint, unmetOff, unmetOn } = texts().sound;
  return (
    <>
      {voiceProcesses.map((process) => (
        <Choice
          key={process}
          label={processes[process]}
          checked={wish[process]}
          {...(unmet.includes(process) ? { told: wish[process] ? unmetOn : unmetOff } : {})}
          onChange={(wanted) => choose(process, wanted)}
        />
      ))}
      <p class="hint">{processingHint}</p>
    </>
  );
}

export function PushToTalkChoice({ onChosen }: { onChosen?: (wanted: boolean) => void }) {
  const [wanted, setWanted] = useState(isPushToTalk);
  return (
    <>
      <Choice
        label={texts().sound.pushToTalkChoice}
        checked={wanted}
        onChange={(next) => {
          setWanted(next);
          storePushToTalk(next);
          onChosen?.(next);
        }}
      />
      <p class="hint">{texts().sound.pushToTalkHint}</p>
    </>
  );
}

interface ChoiceProps {
  label: string;
  checked: boolean;
  /** What came of it, where that is something else. */
  told?: string;
  onChange: (checked: boolean) => void;
}

function Choice({ label, checked, told, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={checked}
          {...(told === undefined ? {} : { "aria-describedby": id })}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {told !== undefined && (
        <p class="hint told" id={id} role="status">
          {told}
        </p>
      )}
    </>
  );
}
