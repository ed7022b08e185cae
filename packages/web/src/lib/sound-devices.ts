import { texts } from "@signet/words/page";

import { readStored, writeStored } from "./storage.ts";

export interface SoundDevice {
  readonly deviceId: string;
  readonly label: string;
}

/** What a device of sound is chosen for; each choice is kept in this browser profile, since names of devices are of one machine. */
export type SoundPurpose = "microphone" | "loudspeaker" | "ringLoudspeaker";

// Absent on pages that are neither HTTPS nor localhost, whatever the types say.
const mediaHere = (): MediaDevices | undefined => navigator.mediaDevices;

/** Browsers give names only after permission; before it the list may be one nameless entry. */
export async function listDevices(purpose: SoundPurpose): Promise<readonly SoundDevice[]> {
  const kind = purpose === "microphone" ? "audioinput" : "audiooutput";
  const devices =
    (await mediaHere()
      ?.enumerateDevices()
      .catch(() => [])) ?? [];
  const numbered = purpose === "microphone" ? texts().home.numbered : texts().sound.numbered;
  return devices
    .filter((device) => device.kind === kind && device.deviceId !== "")
    .map(({ deviceId, label }, index) => ({ deviceId, label: label || numbered(index + 1) }));
}

export function watchDevices(listener: () => void): () => void {
  const media = mediaHere();
  media?.addEventListener("devicechange", listener);
  return () => media?.removeEventListener("devicechange", listener);
}

const stored = (name: string): string | undefined => {
  const value = readStored(name);
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** The chosen one of this browser profile; undefined for the default one. */
export const preferredDevice = (purpose: SoundPurpose): string | undefined => stored(purpose);

/** What the system plays or records by, as a list calls it. */
export const defaultName = (purpose: SoundPurpose): string =>
  purpose === "microphone" ? texts().home.defaultOne : texts().sound.defaultOne;

const namelessName = (purpose: SoundPurpose): string =>
  purpose === "microphone" ? texts().home.chosenOne : texts().sound.chosenOne;

/** What it was called when it was chosen: it may be unplugged now. */
export const preferredDeviceName = (purpose: SoundPurpose): string =>
  stored(`${purpose}Name`) ?? namelessName(purpose);

export function storePreferredDevice(purpose: SoundPurpose, chosen: SoundDevice | undefined): void {
  writeStored(purpose, chosen?.deviceId ?? "");
  writeStored(`${purpose}Name`, chosen?.label ?? "");
}

/** Whether a page may play by another loudspeaker than the default one in this browser. */
export const canChooseLoudspeaker = (): boolean => "setSinkId" in HTMLMediaElement.prototype;

/** Firefox alone has it. */
type AskingDevices = Pick<MediaDevices, "enumerateDevices"> & {
  readonly selectAudioOutput?: () => Promise<MediaDeviceInfo>;
};
const asking = (): AskingDevices | undefined => mediaHere();

/** Firefox names no loudspeaker to a page before the person chose it in a dialog of the browser's own. */
export const hasOwnLoudspeakerDialog = (): boolean => asking()?.selectAudioOutput !== undefined;

/** @returns undefined where the person chose none */
export async function askForLoudspeaker(): Promise<SoundDevice | undefined> {
  const chosen = await asking()
    ?.selectAudioOutput?.()
    .catch(() => undefined);
  return chosen === undefined
    ? undefined
    : { deviceId: chosen.deviceId, label: chosen.label || texts().sound.chosenOne };
}
