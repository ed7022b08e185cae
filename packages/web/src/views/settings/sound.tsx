import { MicrophoneCard } from "../microphone-card.tsx";

export function SoundSettings() {
  return <MicrophoneCard />;
}
