/** As one says it, to the unit that matters: `7 seconds`, `12 minutes`, `1 hour 2 minutes`. */
export function spokenDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const count = (value: number, unit: string): string => `${value} ${unit}${value === 1 ? "" : "s"}`;
  if (seconds < 60) return count(seconds, "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return count(minutes, "minute");
  const rest = minutes % 60;
  return `${count(Math.floor(minutes / 60), "hour")}${rest === 0 ? "" : ` ${count(rest, "minute")}`}`;
}

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const fullDate = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export function clockTime(atMs: number): string {
  return time.format(atMs);
}

/** `3 November 2026`. */
export function fullDay(atMs: number): string {
  return fullDate.format(atMs);
}

/** `14:05` for today, `3 Nov, 14:05` before. */
export function dayAndTime(atMs: number, nowMs: number): string {
  const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return sameDay ? clockTime(atMs) : `${date.format(atMs)}, ${clockTime(atMs)}`;
}
