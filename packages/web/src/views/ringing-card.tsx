import { texts } from "@signet/words/page";
import { useEffect, useId, useState } from "preact/hooks";

import { LoudspeakerChoice } from "../components/loudspeaker-choice.tsx";
import { Slider } from "../components/slider.tsx";
import { canVibrate, createRingtone } from "../lib/ringtone.ts";
import { ringtoneChoices } from "../lib/sound-choices.ts";
import { canChooseLoudspeaker } from "../lib/sound-devices.ts";
import { ringTones, ringWish, storeRingWish } from "../lib/sound-wishes.ts";
import type { RingWish } from "../lib/sound-wishes.ts";

/** How it rings here when somebody calls. */
export function RingingCard() {
  const [wish, setWish] = useState(ringWish);
  const [ringtone] = useState(() => createRingtone(ringtoneChoices));
  const toneId = useId();
  useEffect(() => ringtone.close, [ringtone]);
  const change = (changed: Partial<RingWish>): void => {
    const next = { ...wish, ...changed };
    setWish(next);
    storeRingWish(next);
  };
  const words = texts().sound;
  return (
    <section class="card" aria-labelledby="ringing-title">
      <h2 id="ringing-title">{words.ringing}</h2>
      <div class="field">
        <label htmlFor={toneId}>{words.tone}</label>
        <select
          id={toneId}
          value={wish.tone}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change({ tone: ringTones.find((tone) => tone === value) ?? wish.tone });
          }}
        >
          {ringTones.map((tone) => (
            <option key={tone} value={tone}>
              {words.tones[tone]}
            </option>
          ))}
        </select>
      </div>
      <Slider label={words.ringVolume} value={wish.volume} onChange={(volume) => change({ volume })} />
      {wish.volume === 0 && <p class="hint told">{words.ringSilent}</p>}
      {canChooseLoudspeaker() && <LoudspeakerChoice purpose="ringLoudspeaker" label={words.ringBy} />}
      {canVibrate() && (
        <label class="check">
          <input
            type="checkbox"
            checked={wish.vibrates}
            onChange={(event) => change({ vibrates: event.currentTarget.checked })}
          />
          <span>{words.vibrate}</span>
        </label>
      )}
      <button type="button" class="button quiet wide" onClick={ringtone.preview}>
        {words.preview}
      </button>
    </section>
  );
}
