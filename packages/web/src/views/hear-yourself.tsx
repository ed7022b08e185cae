import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { delayS } from "../lib/microphone-test.ts";
import type { MicrophoneTest } from "../lib/microphone-test.ts";
import { useModel } from "../model.ts";

interface HearYourselfProps {
  /** @returns undefined where there is none to be had, which is told */
  open: () => Promise<MicrophoneTest | undefined>;
  close: (test: MicrophoneTest) => void;
}

type Phase = "asking" | "speak" | "listen" | "heard" | "silent";

/** Less than this (root mean square, 0 to 1) nobody would hear. */
const audible = 0.003;

/** Microphone and loudspeaker together, at this machine alone. */
export function HearYourself({ open, close }: HearYourselfProps) {
  const model = useModel();
  const [phase, setPhase] = useState<Phase>();
  const isRunning = phase === "asking" || phase === "speak" || phase === "listen";
  const run = async (): Promise<void> => {
    setPhase("asking");
    const test = await open();
    if (test === undefined) return setPhase(undefined);
    const loudest = await test.hearYourself(setPhase).catch(() => undefined);
    close(test);
    if (loudest !== undefined && loudest >= audible) model.soundTested();
    setPhase(loudest === undefined ? undefined : loudest < audible ? "silent" : "heard");
  };
  const { heardNothing, heardYourself, listenNow, testLocal, testStart } = texts().sound;
  return (
    <div class="stack">
      <button type="button" class="button quiet wide" disabled={isRunning} onClick={() => void run()}>
        {testStart}
      </button>
      {(phase === undefined || phase === "asking") && <p class="hint">{testLocal}</p>}
      <div role="status">
        {phase === "speak" && <SpeakNow />}
        {phase === "listen" && <p>{listenNow}</p>}
        {phase === "heard" && <p class="hint">{heardYourself}</p>}
        {phase === "silent" && <p class="hint told">{heardNothing}</p>}
      </div>
    </div>
  );
}

function SpeakNow() {
  const [leftS, setLeftS] = useState(delayS);
  useEffect(() => {
    const timer = setInterval(() => setLeftS((left) => Math.max(1, left - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  return <p>{texts().sound.speakNow(leftS)}</p>;
}
