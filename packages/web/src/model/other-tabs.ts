/**
 * What the other tabs of this browser profile are doing: each says so on a channel of this origin, which nobody but Signet's own pages hears.
 *
 *   a tab comes, or is looked at again --- ask ---> every other tab
 *   a tab that was asked, or does something else --- doing ---> every other tab
 *   a tab goes, or its person signed out --- doing nothing ---> every other tab
 */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { isGuestId, UserId } from "@signet/terminal";
import type { Terminal, TerminalState } from "@signet/terminal";
import { calledName } from "@signet/words";

const channelName = "signet.tabs";
/** As many as anybody looks at. */
const mostTabs = 8;
/** What is passed on of a call. */
const mostNames = 5;

/** Of a tab where somebody is signed in. */
export interface OtherTab {
  readonly userId: UserId;
  readonly doing: "nothing" | "ringing" | "calling" | "inCall";
  /** Display names of whom that is with. */
  readonly names: readonly string[];
}

/** @param channel undefined where a browser has none: then nothing is known of other tabs */
export function watchOtherTabs(
  terminal: Pick<Terminal, "state" | "subscribe">,
  channel: BroadcastChannel | undefined = channelHere(),
): ReadonlySignal<readonly OtherTab[]> {
  const shown = signal<readonly OtherTab[]>([]);
  if (channel === undefined) return shown;
  const own = crypto.randomUUID();
  const tabs = new Map<string, OtherTab>();
  let said = "";

  const say = (deed: OtherTab | undefined): void => channel.postMessage({ tab: own, deed });
  const ask = (): void => {
    tabs.clear();
    shown.value = [];
    channel.postMessage({ tab: own, ask: true });
  };

  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const { tab, ask: isQuestion, deed } = Object(data) as Record<string, unknown>;
    if (typeof tab !== "string") return;
    if (isQuestion === true) return say(deedOf(terminal.state));
    const read = readDeed(deed);
    tabs.delete(tab);
    if (read !== undefined && tabs.size < mostTabs) tabs.set(tab, read);
    shown.value = [...tabs.values()];
  });
  terminal.subscribe((state) => {
    const deed = deedOf(state);
    const text = JSON.stringify(deed ?? null);
    if (text === said) return;
    said = text;
    say(deed);
  });
  addEventListener("pagehide", () => say(undefined));
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) say(deedOf(terminal.state));
  });
  // A tab that crashed says nothing any more.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
  });
  ask();
  return shown;
}

/** Who is in a call and rung by another one is in the call. */
export function deedOf({ call, ringing, session }: TerminalState): OtherTab | undefined {
  // Who is a guest has signed in nowhere.
  if (session.status !== "signedIn" || isGuestId(session.userId)) return undefined;
  const { userId } = session;
  if (call !== undefined && call.phase !== "ended") {
    const others = call.participants.filter(({ isSelf }) => !isSelf);
    const joined = others.filter(({ state }) => state === "joined");
    const isTogether = joined.length > 0;
    const names = (isTogether ? joined : others).slice(0, mostNames).map(calledName);
    return { userId, doing: isTogether ? "inCall" : "calling", names };
  }
  const [first] = ringing;
  return first === undefined
    ? { userId, doing: "nothing", names: [] }
    : { userId, doing: "ringing", names: [first.from.displayName] };
}

/** A tab may run the page of another version. */
function readDeed(value: unknown): OtherTab | undefined {
  const { userId: said, doing, names } = Object(value) as Record<string, unknown>;
  const userId = UserId.safeParse(said);
  if (!userId.success || !Array.isArray(names) || !names.every((name) => typeof name === "string"))
    return undefined;
  switch (doing) {
    case "nothing":
    case "ringing":
    case "calling":
    case "inCall":
      return { userId: userId.data, doing, names: names.slice(0, mostNames) };
    default:
      return undefined;
  }
}

function channelHere(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(channelName);
  } catch {
    return undefined;
  }
}
