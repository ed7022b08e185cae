/** Whether a call is heard, or only shown: do not disturb, quiet hours, and who is heard all the same. Whoever calls learns nothing of it. */
import type { UserId } from "../ids.ts";
import type { Settings } from "./contents.ts";
import type { DocumentView } from "./view.ts";

export type QuietSettings = Partial<Pick<Settings, "doNotDisturb" | "quietHours" | "exceptions">>;

/** @param minute since midnight, where the terminal is */
export function isQuiet({ doNotDisturb = false, quietHours }: QuietSettings, minute: number): boolean {
  if (doNotDisturb) return true;
  if (quietHours?.isOn !== true) return false;
  const { fromMinute, toMinute } = quietHours;
  // Hours that end when they begin are none: for the whole day there is the other switch.
  if (fromMinute === toMinute) return false;
  const [isAfter, isBefore] = [minute >= fromMinute, minute < toMinute];
  return fromMinute < toMinute ? isAfter && isBefore : isAfter || isBefore;
}

/** Whether a call of this person is not to be heard. */
export function isQuietFor(
  { people, settings }: Pick<DocumentView, "people" | "settings">,
  caller: UserId,
  minute: number,
): boolean {
  if (!isQuiet(settings, minute)) return false;
  const { favourites = false, userIds = [] } = settings.exceptions ?? {};
  if (userIds.includes(caller)) return false;
  return !(favourites && people.some(({ favourite, userId }) => favourite === true && userId === caller));
}
