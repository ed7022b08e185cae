import { SignetError } from "@signet/terminal";
import { afterOneAnother, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { LevelMeter } from "../components/meter.tsx";
import { MicrophoneChoice } from "../components/microphone-choice.tsx";
import { Notice } from "../components/notice.tsx";
import { preferredMicrophone, startMicrophoneTest, storePreferredMicrophone } from "../lib/microphones.ts";
import type { Microphone, MicrophoneTest } from "../lib/microphones.ts";
import { localFailure } from "../model/actions.ts";
import { storeVoicePadding, voicePadding } from "../lib/voice-padding.ts";

/** Try the microphone before it matters. */
export function MicrophoneCard() {
  const [chosen, setChosen] = useState(preferredMicrophone);
  const [test, setTest] = useState<MicrophoneTest>();
  const [problem, setProblem] = useState<string>();
  const running = useRef<MicrophoneTest>(undefined);

  const stop = (): void => {
    running.current?.stop();
    running.current = undefined;
    setTest(undefined);
  };
  const start = async (deviceId: string | undefined): Promise<void> => {
    stop();
    setProblem(undefined);
    try {
      const next = await startMicrophoneTest(deviceId);
      running.current = next;
      setTest(next);
    } catch (error) {
      setProblem(sentenceFor((error instanceof SignetError ? error : localFailure(error)).code));
    }
  };
  // Leaving the view closes the microphone.
  useEffect(() => () => running.current?.stop(), []);

  const choose = (microphone: Microphone | undefined): void => {
    setChosen(microphone?.deviceId);
    storePreferredMicrophone(microphone);
    if (test !== undefined) void start(microphone?.deviceId);
  };

  return (
    <section class="card" aria-labelledby="microphone-title">
      <h2 id="microphone-title">{texts().home.microphone}</h2>
      <MicrophoneChoice chosen={chosen} onChoose={choose} refreshKey={test} />
      {problem !== undefined && (
        <Notice tone="warning" alert>
          <p>{problem}</p>
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
      <PaddingChoice />
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
