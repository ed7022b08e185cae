import type { QuietSettings } from "@signet/terminal";

import type { QuietTimes } from "./worker-note.ts";

/** As a field of a time has it: `22:05`. */
export const timeOfMinute = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

/** @returns undefined for what is no time of a day, as while it is typed */
export function minuteOfTime(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** As the worker gets them. */
export function quietTimesOf({ doNotDisturb = false, quietHours }: QuietSettings): QuietTimes {
  if (quietHours?.isOn !== true) return { doNotDisturb };
  const { fromMinute, toMinute } = quietHours;
  return { doNotDisturb, hours: { fromMinute, toMinute } };
}
