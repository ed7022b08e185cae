/** Which calls an echo takes, and when it leaves them. */
import { isGone } from "@signet/terminal";
import type { CallId, CallView, IncomingCall, Terminal } from "@signet/terminal";

type Watched = Pick<Terminal, "subscribe" | "leave">;

/** What several say to each other is nobody's to repeat. */
export const isForOne = ({ others, startedBy }: Pick<IncomingCall, "others" | "startedBy">): boolean =>
  others.length === 0 && startedBy === undefined;

/** Whoever called may bring in others later. */
export function leaveCompany(terminal: Watched): void {
  const isCompany = ({ participants, phase }: CallView): boolean =>
    phase !== "ended" && participants.filter(({ isSelf, state }) => !isSelf && !isGone(state)).length > 1;
  let left: CallId | undefined;
  terminal.subscribe(({ call }) => {
    if (call === undefined || call.callId === left || !isCompany(call)) return;
    left = call.callId;
    void terminal.leave().catch(() => undefined);
  });
}

/** From its answer on, whatever became of the call: who lets nobody come into it keeps the next one waiting no longer than anybody. */
export function leaveAfter(terminal: Watched, longestS: number): void {
  let timed: CallId | undefined;
  let timer: NodeJS.Timeout | undefined;
  terminal.subscribe(({ call }) => {
    const callId = call === undefined || call.phase === "ended" ? undefined : call.callId;
    if (callId === timed) return;
    timed = callId;
    clearTimeout(timer);
    if (callId !== undefined)
      timer = setTimeout(() => void terminal.leave().catch(() => undefined), longestS * 1_000);
  });
}
