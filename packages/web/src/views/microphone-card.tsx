import { SignetError } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { useEffect, useRef, useState } from "preact/hooks";

import { LevelMeter } from "../components/meter.tsx";
import { MicrophoneChoice } from "../components/microphone-choice.tsx";
import { Notice } from "../components/notice.tsx";
import { preferredMicrophone, startMicrophoneTest, storePreferredMicrophone } from "../lib/microphones.ts";
import type { MicrophoneTest } from "../lib/microphones.ts";
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
      setProblem(sentenceFor(error instanceof SignetError ? error.code : "media.noMicrophone"));
    }
  };
  // Leaving the view closes the microphone.
  useEffect(() => () => running.current?.stop(), []);

  const choose = (deviceId: string | undefined): void => {
    setChosen(deviceId);
    storePreferredMicrophone(deviceId);
    if (test !== undefined) void start(deviceId);
  };

  return (
    <section class="card" aria-labelledby="microphone-title">
      <h2 id="microphone-title">Microphone</h2>
      <MicrophoneChoice chosen={chosen} onChoose={choose} refreshKey={test} />
      {problem !== undefined && (
        <Notice tone="warning" alert>
          <p>{problem}</p>
        </Notice>
      )}
      {test === undefined ? (
        <button type="button" class="button quiet wide" onClick={() => void start(chosen)}>
          Test the microphone
        </button>
      ) : (
        <div class="stack">
          <LevelMeter read={test.level} label="Level of your voice" />
          <p class="hint">Say something: the bar should move. Nothing is sent or kept.</p>
          <button type="button" class="button quiet wide" onClick={stop}>
            Stop the test
          </button>
        </div>
      )}
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
        <span>Same size for every packet of my voice</span>
      </label>
      <p class="hint">
        Nobody who sees the encrypted packets then learns from their sizes how you sound. It takes more
        bandwidth while you are silent. Counts from the next call on.
      </p>
    </>
  );
}
