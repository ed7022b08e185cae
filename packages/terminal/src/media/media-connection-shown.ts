/** What a person sees of a media connection that is not simply connected. */
import { comesWithinMs } from "./media-connection-state.ts";
import type { MediaConnectionShown, MediaConnectionState } from "./media-connection-state.ts";

/** One serves, and something comes on it. */
export const isFlowing = ({ doubt: why, flow, serving }: MediaConnectionState): boolean =>
  serving !== undefined && why === undefined && flow.countedAtMs - flow.lastMs < comesWithinMs;

/** Until something can be heard again, that is what the person sees. */
export const isRestarting = (state: MediaConnectionState): boolean => state.shown?.status === "restarting";

export const doubtShown = ({ shown }: MediaConnectionState, isComing: boolean): MediaConnectionShown =>
  shown === undefined || shown.status === "connected" || shown.status === "reconnecting"
    ? { status: "reconnecting", code: isComing ? "media.unheard" : "media.nothingComes" }
    : shown;

/** What was answered does not connect. */
export const slowShown = (state: MediaConnectionState, nowMs: number): MediaConnectionShown =>
  isRestarting(state) || isFlowing(state)
    ? waitingShown(state, nowMs)
    : { status: "connecting", code: state.hindrance ?? "media.connectionFailed" };

/** While it is tried again: what was shown before, but for what stood and does not any more. */
export function waitingShown(state: MediaConnectionState, nowMs: number): MediaConnectionShown {
  const { flow, shown } = state;
  if (shown === undefined) return { status: "connecting" };
  if (shown.status !== "connected") return shown;
  return isFlowing(state) && nowMs - flow.lastMs < comesWithinMs ? shown : { status: "connecting" };
}
