import { clockDuration, SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { errorWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { useNow } from "../lib/hooks.ts";
import { MessagePlayer } from "../lib/message-player.ts";
import { HelpLink } from "./help-link.tsx";

interface MessagePlayProps {
  /** What it is, to whoever does not see where it stands. */
  name: string;
  lengthMs: number;
  /** Of the one form. Asked when it is played first. */
  load: () => Promise<Uint8Array<ArrayBuffer>>;
  /** It was played to its end. */
  onHeard?: () => void;
}

/** Plays a voice message here: with how far it is, from any place of it. */
export function MessagePlay({ name, lengthMs, load, onHeard }: MessagePlayProps) {
  const player = useRef<MessagePlayer | undefined>(undefined);
  /** One for all presses while it loads. */
  const opening = useRef<Promise<MessagePlayer> | undefined>(undefined);
  const isGone = useRef(false);
  const [wasStarted, setIsPlaying] = useState(false);
  // Another one that is played stops it.
  const isPlaying = wasStarted && player.current?.isPlaying === true;
  const [failed, setFailed] = useState<ErrorCode>();
  // Looked at anew while it plays.
  useNow(wasStarted ? 200 : 60_000);
  useEffect(
    () => () => {
      isGone.current = true;
      player.current?.close();
    },
    [],
  );
  const ended = (): void => {
    setIsPlaying(false);
    onHeard?.();
  };
  const opened = async (): Promise<MessagePlayer | undefined> => {
    opening.current ??= load().then((bytes) => MessagePlayer.open(bytes));
    try {
      player.current = await opening.current;
    } catch (error) {
      opening.current = undefined;
      throw error;
    }
    const one = player.current;
    if (!isGone.current) return one;
    one.close();
    return undefined;
  };
  const attempt = async (act: (one: MessagePlayer) => Promise<void> | void): Promise<void> => {
    try {
      setFailed(undefined);
      const one = await opened();
      if (one === undefined) return;
      await act(one);
      setIsPlaying(one.isPlaying);
    } catch (error) {
      setFailed(error instanceof SignetError ? error.code : "terminal.failed");
    }
  };
  const text = texts().voice;
  const [atS, lengthS] = [player.current?.atS ?? 0, player.current?.lengthS ?? lengthMs / 1000];
  const place = text.atOf(clockDuration(atS * 1000), clockDuration(lengthS * 1000));
  return (
    <div class="message-play">
      <button
        type="button"
        class="button quiet small"
        aria-label={isPlaying ? text.stopOf(name) : text.playOf(name)}
        onClick={() => void attempt((one) => (one.isPlaying ? one.stop() : one.play(ended)))}
      >
        {isPlaying ? text.stop : text.play}
      </button>
      <input
        type="range"
        min={0}
        max={Math.ceil(lengthS)}
        step={1}
        value={Math.floor(atS)}
        aria-label={text.placeIn(name)}
        aria-valuetext={place}
        onInput={(event) => {
          const toS = Number(event.currentTarget.value);
          void attempt((one) => one.seek(toS, ended));
        }}
      />
      <span class="message-time" aria-hidden="true">
        {place}
      </span>
      {failed !== undefined && (
        <div class="told" role="alert">
          <p>{sentence(errorWords(failed).happened)}</p>
          <HelpLink code={failed} />
        </div>
      )}
    </div>
  );
}
