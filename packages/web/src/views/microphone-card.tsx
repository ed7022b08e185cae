import { SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { afterOneAnother, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { DeviceChoice } from "../components/device-choice.tsx";
import { HelpLink } from "../components/help-link.tsx";
import { LevelMeter } from "../components/meter.tsx";
import { Notice } from "../components/notice.tsx";
import { ProcessingChoice, PushToTalkChoice } from "../components/voice-choices.tsx";
import { TestedMicrophone } from "../lib/microphone-test.ts";
import type { MicrophoneTest } from "../lib/microphone-test.ts";
import { preferredDevice, storePreferredDevice } from "../lib/sound-devices.ts";
import type { SoundDevice } from "../lib/sound-devices.ts";
import { localFailure } from "../model/actions.ts";
import { storeVoicePadding, voicePadding } from "../lib/voice-padding.ts";
import { HearYourself } from "./hear-yourself.tsx";

/** Try the microphone before it matters. */
export function MicrophoneCard() {
  const [chosen, setChosen] = useState(() => preferredDevice("microphone"));
  const [test, setTest] = useState<MicrophoneTest>();
  const [problem, setProblem] = useState<ErrorCode>();
  const [tested] = useState(() => new TestedMicrophone());

  const stop = (): void => {
    tested.stop();
    setTest(undefined);
  };
  const start = async (deviceId: string | undefined): Promise<MicrophoneTest | undefined> => {
    stop();
    setProblem(undefined);
    try {
      const next = await tested.start(deviceId);
      if (next !== undefined) setTest(next);
      return next;
    } catch (error) {
      setProblem((error instanceof SignetError ? error : localFailure(error)).code);
      return undefined;
    }
  };
  // Leaving the view closes the microphone.
  useEffect(() => () => tested.stop(), [tested]);

  const choose = (microphone: SoundDevice | undefined): void => {
    setChosen(microphone?.deviceId);
    storePreferredDevice("microphone", microphone);
    if (test !== undefined) void start(microphone?.deviceId);
  };

  return (
    <section class="card" aria-labelledby="microphone-title">
      <h2 id="microphone-title">{texts().home.microphone}</h2>
      <DeviceChoice
        purpose="microphone"
        label={texts().home.inUse}
        chosen={chosen}
        onChoose={choose}
        refreshKey={test}
      />
      {problem !== undefined && (
        <Notice tone="warning" alert>
          <p>{sentenceFor(problem)}</p>
          <HelpLink code={problem} />
        </Notice>
      )}
      {test !== undefined && (
        <div class="stack">
          <LevelMeter read={test.level} label={texts().home.voiceLevel} />
          <p class="hint">
            {afterOneAnother(...(test.isOther ? [texts().home.otherOne] : []), texts().home.saySomething)}
          </p>
        </div>
      )}
      {/* One button, so that it keeps the focus. */}
      <button
        type="button"
        class="button quiet wide"
        onClick={() => (test === undefined ? void start(chosen) : stop())}
      >
        {test === undefined ? texts().home.testMicrophone : texts().home.stopTest}
      </button>
      <h3>{texts().sound.test}</h3>
      <HearYourself open={() => start(chosen)} close={(ended) => tested.isRunning(ended) && stop()} />
      <h3>{texts().sound.processing}</h3>
      <ProcessingChoice
        onChosen={() => {
          if (test !== undefined) void start(chosen);
        }}
      />
      <PaddingChoice />
      <h3>{texts().sound.pushToTalk}</h3>
      <PushToTalkChoice />
    </section>
  );
}

function PaddingChoice() {
  const [wanted, setWanted] = useState(voicePadding);
  const choose = (next: boolean): void => {
    setWanted(next);
    storeVoicePadding(next);
  };
  return (
    <>
      <label class="check">
        <input type="checkbox" checked={wanted} onChange={(event) => choose(event.currentTarget.checked)} />
        <span>{texts().home.padding}</span>
      </label>
      <p class="hint">{texts().home.paddingHint}</p>
    </>
  );
}
