import { clockDuration, mostMessageMs, SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { errorWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { HelpLink } from "../components/help-link.tsx";
import { MessagePlay } from "../components/message-play.tsx";
import { LevelMeter } from "../components/meter.tsx";
import { useNow } from "../lib/hooks.ts";
import { startRecording } from "../lib/message-recorder.ts";
import type { Recording } from "../lib/message-recorder.ts";

type Sound = Uint8Array<ArrayBuffer>;

type Phase =
  | { readonly type: "idle" | "opening" }
  | { readonly type: "recording"; readonly recording: Recording }
  | { readonly type: "recorded"; readonly sound: Sound; readonly lengthMs: number; readonly isFull: boolean }
  | { readonly type: "sending"; readonly sound: Sound };

/** Records, lets one hear it, and sends it or throws it away. */
export function RecordMessage({ send }: { send: (sound: Sound) => Promise<void> }) {
  const [phase, setPhase] = useState<Phase>({ type: "idle" });
  const [failed, setFailed] = useState<ErrorCode>();
  const [said, setSaid] = useState("");
  const running = useRef<Recording | undefined>(undefined);
  const isGone = useRef(false);
  const text = texts().voice;
  useEffect(
    () => () => {
      isGone.current = true;
      running.current?.cancel();
    },
    [],
  );
  const idle = (why?: unknown): void => {
    running.current?.cancel();
    running.current = undefined;
    setPhase({ type: "idle" });
    if (why !== undefined) setFailed(why instanceof SignetError ? why.code : "terminal.failed");
  };
  const finish = async (isFull: boolean): Promise<void> => {
    const recording = running.current;
    running.current = undefined;
    if (recording === undefined) return;
    try {
      const lengthMs = recording.lengthMs();
      setPhase({ type: "recorded", sound: await recording.finish(), lengthMs, isFull });
    } catch {
      idle();
      setSaid(text.nothingHeard);
    }
  };
  const record = async (): Promise<void> => {
    setFailed(undefined);
    setSaid("");
    setPhase({ type: "opening" });
    try {
      const recording = await startRecording(() => void finish(true));
      running.current = recording;
      if (isGone.current) return recording.cancel();
      setPhase({ type: "recording", recording });
    } catch (error) {
      idle(error);
    }
  };
  const sendIt = async (sound: Sound): Promise<void> => {
    setFailed(undefined);
    const before = phase;
    setPhase({ type: "sending", sound });
    try {
      await send(sound);
    } catch (error) {
      // What was said is not lost with a connection.
      setPhase(before);
      setFailed(error instanceof SignetError ? error.code : "terminal.failed");
    }
  };
  return (
    <div class="stack">
      {phase.type === "idle" && (
        <div class="row">
          <button type="button" class="button quiet" onClick={() => void record()}>
            {text.record}
          </button>
        </div>
      )}
      {phase.type === "recording" && (
        <>
          <div class="row">
            <button type="button" class="button danger" autofocus onClick={() => void finish(false)}>
              {text.finish}
            </button>
            <button type="button" class="button quiet" onClick={() => idle()}>
              {text.throwAway}
            </button>
            <TimeLeft of={phase.recording} />
          </div>
          <LevelMeter read={phase.recording.level} label={text.levelOf} />
        </>
      )}
      {phase.type === "recorded" && (
        <>
          <MessagePlay
            name={text.recorded}
            lengthMs={phase.lengthMs}
            load={() => Promise.resolve(phase.sound)}
          />
          <div class="row">
            <button type="button" class="button primary" onClick={() => void sendIt(phase.sound)}>
              {text.send}
            </button>
            <button
              type="button"
              class="button quiet"
              onClick={() => {
                idle();
                setSaid(text.thrownAway);
              }}
            >
              {text.throwAway}
            </button>
          </div>
        </>
      )}
      <p class="hint" role="status">
        {phase.type === "opening" && text.opening}
        {phase.type === "recording" && text.recording}
        {phase.type === "recorded" && phase.isFull && text.full}
        {phase.type === "sending" && text.sending}
        {phase.type === "idle" && said}
      </p>
      {failed !== undefined && (
        <div role="alert">
          <p>{sentence(errorWords(failed).happened)}</p>
          <p>{sentence(errorWords(failed).next)}</p>
          <HelpLink code={failed} />
        </div>
      )}
    </div>
  );
}

function TimeLeft({ of }: { of: Recording }) {
  useNow(500);
  return (
    <span class="message-time">
      {texts().voice.timeLeft(clockDuration(mostMessageMs - of.lengthMs() + 999))}
    </span>
  );
}
