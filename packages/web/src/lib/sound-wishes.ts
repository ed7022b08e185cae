/** What the person chose about sound in this browser, beside its devices. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { usualProcessing, voiceProcesses } from "@signet/terminal";
import type { UserId, VoiceProcessing } from "@signet/terminal";

import { isRecord, readStored, writeStored } from "./storage.ts";

const isShare = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 1;

/** What the browser does to the microphone before a voice is sent. */
export function processingWish(): VoiceProcessing {
  const stored = readStored("processing");
  if (!isRecord(stored)) return usualProcessing;
  const chosen = voiceProcesses.map((process) => [process, stored[process] !== false] as const);
  return Object.fromEntries(chosen) as Record<(typeof voiceProcesses)[number], boolean>;
}

export const storeProcessingWish = (wish: VoiceProcessing): void => writeStored("processing", wish);

/** Calls begin muted, and one is heard while a key is held. */
export const isPushToTalk = (): boolean => readStored("pushToTalk") === true;
export const storePushToTalk = (wanted: boolean): void => writeStored("pushToTalk", wanted);

/** More people are heard as loud as all are. */
const mostVolumes = 200;

/** Those who are not heard at full volume, by user ID: 0 to 1. */
const volumes = signal<ReadonlyMap<string, number>>(storedVolumes());

function storedVolumes(): ReadonlyMap<string, number> {
  const stored = readStored("volumes");
  const entries = isRecord(stored) ? Object.entries(stored) : [];
  return new Map(entries.filter((entry): entry is [string, number] => isShare(entry[1])));
}

/** 0 to 1. A view that asks is rendered again when it changes. */
export const volumeOf = (userId: UserId): number => volumes.value.get(userId) ?? 1;

/** @param volume 0 to 1 */
export function storeVolume(userId: UserId, volume: number): void {
  volumes.value = withVolume(volumes.peek(), userId, volume);
  writeStored("volumes", Object.fromEntries(volumes.peek()));
}

/** Who was set last stands last; whoever is as loud as everybody needs no place. */
export function withVolume(
  kept: ReadonlyMap<string, number>,
  userId: UserId,
  volume: number,
): ReadonlyMap<string, number> {
  const others = [...kept].filter(([one]) => one !== userId);
  const all = volume < 1 ? [...others, [userId, volume] as const] : others;
  return new Map(all.slice(-mostVolumes));
}

export const ringTones = ["bowl", "telephone", "marimba", "pulse"] as const;
export type RingTone = (typeof ringTones)[number];

export interface RingWish {
  readonly tone: RingTone;
  /** 0 to 1. */
  readonly volume: number;
  /** Where the browser can. */
  readonly vibrates: boolean;
}

export const usualRing: RingWish = { tone: "bowl", volume: 0.7, vibrates: true };

function storedRing(): RingWish {
  const stored = readStored("ring");
  if (!isRecord(stored)) return usualRing;
  const { tone, volume, vibrates } = stored;
  return {
    tone: ringTones.find((one) => one === tone) ?? usualRing.tone,
    volume: isShare(volume) ? volume : usualRing.volume,
    vibrates: vibrates !== false,
  };
}

const ring = signal(storedRing());
/** As it was chosen last, here. */
export const ringWished: ReadonlySignal<RingWish> = ring;
/** Another tab may have chosen since. */
export const ringWish = storedRing;

export function storeRingWish(wish: RingWish): void {
  ring.value = wish;
  writeStored("ring", wish);
}
