import { LoudspeakerCard } from "../loudspeaker-card.tsx";
import { MicrophoneCard } from "../microphone-card.tsx";
import { RingingCard } from "../ringing-card.tsx";
import { SoundTestCard } from "../sound-test-card.tsx";

/** By what one is heard and hears, and how it rings: each of it tried before it matters. */
export function SoundSettings() {
  return (
    <>
      <MicrophoneCard />
      <LoudspeakerCard />
      <RingingCard />
      <SoundTestCard />
    </>
  );
}
