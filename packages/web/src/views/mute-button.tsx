/** One's own microphone in a call: muted or not, by button or key, and held to be heard for as long. */
import type { CallView } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { MicrophoneIcon, MutedIcon } from "../components/icons.tsx";
import { isAsked, shortcutsWanted, useShortcut } from "../lib/shortcuts.ts";
import { isPushToTalk } from "../lib/sound-wishes.ts";
import { isAtTalkButton, isTalkKey, microphoneKeys, TalkKey } from "../lib/talk-key.ts";
import { useModel } from "../model.ts";

interface MuteButtonProps {
  call: CallView;
  /** It is held, to be heard for as long. */
  talking: boolean;
  onTalking: (talking: boolean) => void;
}

export function MuteButton({ call, talking, onTalking }: MuteButtonProps) {
  const { terminal } = useModel();
  const { status } = call.microphone;
  const muted = status === "muted";
  const usable = status === "on" || status === "muted";
  const now = useRef({ muted, usable });
  now.current = { muted, usable };
  const wasHeld = useRef(false);
  const [key] = useState(
    () =>
      new TalkKey((isMuted) => {
        terminal.setMuted(isMuted);
        onTalking(key.isHeld);
      }),
  );
  const press = (): void => {
    if (now.current.usable) key.press(now.current.muted, performance.now());
  };
  const toggle = (): void => {
    key.overridden();
    onTalking(false);
    if (now.current.usable) terminal.setMuted(!now.current.muted);
  };
  useShortcut("mute", toggle);
  useEffect(() => {
    const onDown = (event: KeyboardEvent): void => {
      const isWanted = shortcutsWanted.peek() || isPushToTalk();
      if (!isWanted || !isTalkKey(event) || isAsked()) return;
      if (!event.repeat) press();
      // Neither does the page scroll nor is the button pressed.
      if (key.isHeld) event.preventDefault();
    };
    const onUp = (event: KeyboardEvent): void => {
      if (event.key !== " " || !key.isHeld) return;
      event.preventDefault();
      key.release(isAtTalkButton(event) && !isPushToTalk() ? performance.now() : undefined);
    };
    const release = (): void => key.release();
    const onHidden = (): void => {
      if (document.hidden) release();
    };
    addEventListener("keydown", onDown);
    addEventListener("keyup", onUp);
    addEventListener("blur", release);
    document.addEventListener("visibilitychange", onHidden);
    return () => {
      removeEventListener("keydown", onDown);
      removeEventListener("keyup", onUp);
      removeEventListener("blur", release);
      document.removeEventListener("visibilitychange", onHidden);
      // The call, or this view of it, is over.
      release();
    };
  }, [key]);
  const keys = microphoneKeys(shortcutsWanted.value, isPushToTalk());
  const { holdSpace, keySpace } = texts().sound;
  const holds = talking || (muted && isPushToTalk());
  return (
    <button
      type="button"
      data-talk-button
      class={`button control ${talking ? "talking" : muted ? "muted-on" : "quiet"}`}
      {...(keys === undefined ? {} : { "aria-keyshortcuts": keys })}
      {...(keys === undefined ? {} : { title: keys === "Space" ? holdSpace : keySpace })}
      disabled={!usable}
      onPointerDown={(event) => {
        wasHeld.current = isPushToTalk() && muted && event.button === 0;
        if (!wasHeld.current) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        press();
      }}
      onLostPointerCapture={() => key.release()}
      onClick={() => {
        // Of a pointer that held it, that was all. Whoever cannot hold it presses it twice, by keyboard or screen reader.
        if (!wasHeld.current) toggle();
        wasHeld.current = false;
      }}
    >
      {muted ? <MutedIcon /> : <MicrophoneIcon />}
      {holds ? texts().sound.holdToTalk : muted ? texts().call.unmute : texts().call.mute}
    </button>
  );
}

/** What the microphone does just now, where that is not what the button says. */
export function TalkHint({ call, talking }: { call: CallView; talking: boolean }) {
  if (talking) return <p class="talk-hint talks">{texts().sound.talking}</p>;
  const muted = call.microphone.status === "muted";
  return muted && isPushToTalk() ? <p class="hint talk-hint">{texts().sound.holdSpace}</p> : null;
}

/** How loud (0 to 1) somebody is who speaks: louder than a quiet room, and than keys that are typed. */
const speechLevel = 0.03;
const lookEveryMs = 150;
/** Of the latest looks, which are those of one second. */
const looks = 7;
const loudLooks = 3;
const hintMs = 5_000;

/** Who speaks while muted waits in vain for an answer. */
export function MutedHint({ call }: { call: CallView }) {
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
