/**
 * What the page leaves for the worker, and what the worker makes of it: the words for a call, and when those for whom this browser is woken do not want to be
 * disturbed. Pure, and all that the two have in common.
 */

export const noteCache = "signet-words";
export const notePath = "/service-worker-words";
/** Of the notification, which a page that opens takes away. */
export const callTag = "call";
/** Milliseconds on and off: as a telephone rings. */
export const vibration = [400, 200, 400, 800, 400, 200, 400, 800, 400, 200, 400];

/** When calls of a person are only shown, in minutes since midnight; hours that end when they begin are none. */
export interface QuietTimes {
  readonly doNotDisturb: boolean;
  readonly hours?: { readonly fromMinute: number; readonly toMinute: number };
}

export interface WorkerNote {
  readonly title: string;
  readonly body: string;
  /** Of both. */
  readonly language: string;
  /** Where the system can. */
  readonly vibrates: boolean;
  /** By user ID; null for who did not say. */
  readonly people: Readonly<Record<string, QuietTimes | null>>;
}

/** The name of the program says enough to open it. */
const nothingNoted: WorkerNote = { title: "Signet", body: "", language: "en", vibrates: true, people: {} };

/** @param found as it was kept; undefined where the browser took it away to save room. Pages of before kept less */
export const readNote = (found: unknown): WorkerNote => ({ ...nothingNoted, ...Object(found) }) as WorkerNote;

/** @param people for whom this browser is woken; undefined of whom nothing was heard here now: what they left before stays */
export function notedPeople(
  former: WorkerNote["people"],
  people: ReadonlyMap<string, QuietTimes | undefined>,
): WorkerNote["people"] {
  return Object.fromEntries([...people].map(([userId, times]) => [userId, times ?? former[userId] ?? null]));
}

/**
 * What is shown. Browsers demand that something is, or take the permission away; so in quiet hours it is shown without a sound. Who calls is not known here,
 * nor for whom: exceptions count nothing then, and where several people use the browser it is silent only where none of them wants to hear it.
 * @param minute since midnight, where the browser is
 */
export function notificationFor({ body, language, people, title, vibrates }: WorkerNote, minute: number) {
  const all = Object.values(people);
  const isSilent = all.length > 0 && all.every((times) => times !== null && isQuietAt(times, minute));
  const options = {
    body,
    lang: language,
    tag: callTag,
    requireInteraction: true,
    icon: "/icon-192.png",
    badge: "/icon-badge-96.png",
    // One that is silent and vibrates is refused.
    ...(isSilent ? { silent: true } : { renotify: true, ...(vibrates ? { vibrate: vibration } : {}) }),
  };
  return { title, options };
}

/** The rule of the protocol's quiet.ts, which the worker does not load. */
export function isQuietAt({ doNotDisturb, hours }: QuietTimes, minute: number): boolean {
  if (doNotDisturb) return true;
  if (hours === undefined || hours.fromMinute === hours.toMinute) return false;
  const [isAfter, isBefore] = [minute >= hours.fromMinute, minute < hours.toMinute];
  return hours.fromMinute < hours.toMinute ? isAfter && isBefore : isAfter || isBefore;
}
