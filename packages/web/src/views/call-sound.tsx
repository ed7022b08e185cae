/** Sound in a call: by what one hears, how loud each of the others is, and what is done to one's own voice. */
import type { CallView, UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { calledName } from "@signet/words";
import type { ComponentChildren } from "preact";

import { LoudspeakerChoice } from "../components/loudspeaker-choice.tsx";
import { Modal } from "../components/modal.tsx";
import { Slider } from "../components/slider.tsx";
import { ProcessingChoice, PushToTalkChoice } from "../components/voice-choices.tsx";
import { storeVolume, volumeOf } from "../lib/sound-wishes.ts";
import { canSetVolume } from "../lib/volume-control.ts";
import { useModel } from "../model.ts";

interface CallSoundProps {
  call: CallView;
  onClose: () => void;
  /** Beside the loudspeaker. */
  children: ComponentChildren;
}

export function CallSound({ call, onClose, children }: CallSoundProps) {
  const { terminal } = useModel();
  const { microphone } = call;
  const unmet = "unmet" in microphone ? microphone.unmet : undefined;
  const tell = (): void => terminal.soundChosen();
  const words = texts().sound;
  return (
    <Modal labelledBy="call-sound-title" class="question call-sound" onEscape={onClose}>
      <h2 id="call-sound-title" tabIndex={-1} autofocus>
        {words.title}
      </h2>
      {children}
      <LoudspeakerChoice
        purpose="loudspeaker"
        label={words.heardBy}
        onChosen={tell}
        refreshKey={microphone.status}
      />
      <h3>{words.volumes}</h3>
      <Volumes call={call} />
      <h3>{words.processing}</h3>
      <ProcessingChoice {...(unmet === undefined ? {} : { unmet })} onChosen={tell} />
      <h3>{words.pushToTalk}</h3>
      <PushToTalkChoice
        onChosen={(wanted) => {
          if (wanted) terminal.setMuted(true);
        }}
      />
      <button type="button" class="button quiet wide" onClick={onClose}>
        {texts().common.close}
      </button>
    </Modal>
  );
}

function Volumes({ call }: { call: CallView }) {
  const others = call.participants.filter(({ isSelf, state }) => !isSelf && state === "joined");
  if (others.length === 0) return <p class="hint">{texts().sound.nobodyToHear}</p>;
  if (!canSetVolume()) return <p class="hint">{texts().sound.noVolumes}</p>;
  return (
    <>
      {others.map((person) => (
        <PersonVolume key={person.userId} userId={person.userId} name={calledName(person)} />
      ))}
      <p class="hint">{texts().sound.volumesHint}</p>
    </>
  );
}

function PersonVolume({ userId, name }: { userId: UserId; name: string }) {
  const { terminal } = useModel();
  return (
    <Slider
      label={<bdi>{name}</bdi>}
      name={texts().sound.volumeOf(name)}
      value={volumeOf(userId)}
      onChange={(next) => {
        storeVolume(userId, next);
        terminal.soundChosen();
      }}
    />
  );
}
