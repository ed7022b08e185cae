/** What this browser profile holds of sound, as the terminal and the ringtone ask for it. */
import type { SoundChoices } from "@signet/terminal";

import type { RingtoneChoices } from "./ringtone.ts";
import { preferredDevice } from "./sound-devices.ts";
import { isPushToTalk, processingWish, ringWish, volumeOf } from "./sound-wishes.ts";

export const soundChoices: SoundChoices = {
  microphone: () => preferredDevice("microphone"),
  loudspeaker: () => preferredDevice("loudspeaker"),
  processing: processingWish,
  volumeOf,
  beginsMuted: isPushToTalk,
};

export const ringtoneChoices: RingtoneChoices = {
  ring: ringWish,
  ringLoudspeaker: () => preferredDevice("ringLoudspeaker"),
  loudspeaker: () => preferredDevice("loudspeaker"),
};
