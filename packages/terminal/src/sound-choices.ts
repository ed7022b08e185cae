/** What a person chose about sound at a terminal, and what became of it. */
import type { UserId } from "@signet/protocol";

/** What a browser does to a voice before it is sent. */
export const voiceProcesses = ["echoCancellation", "noiseSuppression", "autoGainControl"] as const;
export type VoiceProcess = (typeof voiceProcesses)[number];
export type VoiceProcessing = Readonly<Record<VoiceProcess, boolean>>;

/** As it is where nobody chose anything. */
export const usualProcessing: VoiceProcessing = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** Asked at the beginning of each call, and again whenever {@link Terminal.soundChosen} says that they changed. */
export interface SoundChoices {
  /** `MediaDeviceInfo.deviceId` of the microphone to use; undefined for the default one. */
  readonly microphone: () => string | undefined;
  /** The same of what one hears by. */
  readonly loudspeaker: () => string | undefined;
  readonly processing: () => VoiceProcessing;
  /** How loud somebody is heard, 0 to 1. */
  readonly volumeOf: (userId: UserId) => number;
  /** Whether calls begin muted, to be unmuted by whoever wants to be heard. */
  readonly beginsMuted: () => boolean;
}

export const usualChoices: SoundChoices = {
  microphone: () => undefined,
  loudspeaker: () => undefined,
  processing: () => usualProcessing,
  volumeOf: () => 1,
  beginsMuted: () => false,
};

/** Why the chosen loudspeaker is not the one in use. `refused`: the browser does not let the page have it. */
export type LoudspeakerTrouble = "gone" | "refused";
