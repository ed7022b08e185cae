/** Times and durations as one reads them, by `Intl`, in the language that is chosen. */
import { byLocale, catalogue } from "./language.ts";

const time = byLocale((tag) => new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit" }));
const fullDate = byLocale((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "long" }));
const date = byLocale((tag) => new Intl.DateTimeFormat(tag, { day: "numeric", month: "short" }));
const unit = (name: "second" | "minute" | "hour") =>
  byLocale((tag) => new Intl.NumberFormat(tag, { style: "unit", unit: name, unitDisplay: "long" }));
const [seconds, minutes, hours] = [unit("second"), unit("minute"), unit("hour")];

const whole = byLocale((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "long" }));

/** To the second, with the zone: `3 November 2026 at 14:05:09 CET`. */
export const moment = (atMs: number): string => whole().format(inCalendar(atMs));

/** The last that ECMAScript can write, and by its sign the first (ms). */
const latestDateMs = 8_640_000_000_000_000;

/** A device may have signed any time, and a server say any: what no calendar has is the end of it, rather than a page or program that ends. */
export const inCalendar = (atMs: number): number =>
  Number.isNaN(atMs) ? latestDateMs : Math.max(-latestDateMs, Math.min(atMs, latestDateMs));

/** ISO 8601 in UTC, for programs: `2026-11-03T13:05:09.000Z`. */
export const isoTime = (atMs: number): string => new Date(inCalendar(atMs)).toISOString();

/** `2026-11-03`, in UTC. */
export const isoDay = (atMs: number): string => isoTime(atMs).split("T", 1)[0] ?? "";

export const clockTime = (atMs: number): string => time().format(inCalendar(atMs));

/** `3 November 2026`. */
export const fullDay = (atMs: number): string => fullDate().format(inCalendar(atMs));

/** `14:05` for today, `3 Nov, 14:05` before. */
export function dayAndTime(atMs: number, nowMs: number): string {
  const dayOf = (ms: number): string => new Date(inCalendar(ms)).toDateString();
  const sameDay = dayOf(atMs) === dayOf(nowMs);
  return sameDay ? clockTime(atMs) : catalogue().dayAndTime(date().format(inCalendar(atMs)), clockTime(atMs));
}

/** As one says it, to the unit that matters: `7 seconds`, `12 minutes`, `1 hour 2 minutes`. */
export function spokenDuration(durationMs: number): string {
  const { durations } = catalogue();
  const totalS = Math.max(0, Math.round(durationMs / 1000));
  if (totalS < 60) return durations(seconds().format(totalS));
  const totalMinutes = Math.round(totalS / 60);
  if (totalMinutes < 60) return durations(minutes().format(totalMinutes));
  const rest = totalMinutes % 60;
  const whole = hours().format(Math.floor(totalMinutes / 60));
  return rest === 0 ? durations(whole) : durations(whole, minutes().format(rest));
}
