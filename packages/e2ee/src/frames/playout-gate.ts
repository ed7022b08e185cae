import { frameMs, frameUnits } from "@signet/protocol/voice";
import { windowFrames } from "../sframe/replay-window.ts";

/** How long a jitter buffer that holds too much takes for a frame: they hurry then, or every stall of the network would be delay for ever. */
const hurriedFrameMs = 18;
/**
 * A voice that moves to another slot has been silent for this long, so that the first slot's jitter buffer has played what it held; but for one whose
 * connection was closed.
 */
export const moveMs = 1_000;
/** What may wait in a jitter buffer of the browser; what comes in a burst beyond it is dropped. */
export const mostBacklogMs = 1_000;
/** For what is missing at a change of connections; longer, what comes is left out until the time is over. */
const mostPauseMs = 250;
/** A second of what was before a gap, and a second of the gap. */
const mostWaitMs = 2_000;
/** Longer than this from one look at the clock to the next is a machine that stood still. */
export const standstillMs = 2_000;
/** What the network holds for whoever stood still comes within this. */
export const staleMs = 500;
/** After this long what was heard is forgotten, but for its place: timestamps of 32 bits wrap around. */
const forgetMs = 60_000;

/** An opened frame, before it is handed to the browser's jitter buffer. */
export interface OpenedFrame {
  /** Of `OpenResult`. */
  readonly voice: number;
  /** By `SenderLine`: authenticated. */
  readonly place: number;
  /** Which jitter buffer it is for: the slot of which connection. */
  readonly connection: number;
  readonly slot: number;
  /** RTP, 32 bits: the server's word, by which the jitter buffer orders and spaces what it plays. */
  readonly timestamp: number;
}

export type GateVerdict =
  /** To be handed on then; it may be now. In the order of places, but for what comes late. */
  | { readonly type: "pass"; readonly atMs: number }
  | { readonly type: "drop"; readonly reason: GateDropReason };

export type GateDropReason =
  /** Older than what is heard already. */
  | "late"
  /** Its timestamp contradicts its place: the frame would be heard in another order, or closer to the one before than it was said. */
  | "misplaced"
  /** The voice is still heard in another slot. */
  | "elsewhere"
  /** More than may wait came at once, or it had waited while this machine stood still. */
  | "burst"
  /** Its connection was closed: nobody would hear it. */
  | "closed";

interface Passed {
  readonly place: number;
  readonly timestamp: number;
}

interface Voice {
  readonly connection: number;
  readonly slot: number;
  /** Nothing at or before this place passes any more. */
  readonly floor: number;
  /** By place, ascending: those within the window and the one before it. Never empty. */
  readonly passed: Passed[];
  /** When a jitter buffer that hurries a little has played all that passed. */
  busyUntilMs: number;
  /** When the newest frame was handed on, or will be. */
  newestAtMs: number;
  /** When any was. */
  lastAtMs: number;
  /** More came than may wait: nothing passes before what waits is played, or every second of what follows would be cut in its turn. */
  isFull: boolean;
}

/**
 * Lets a frame through to the browser's jitter buffer only when that will play it where its sender said it: after all earlier ones
 * and before all later ones of that voice, with at least as much time between as lies between them, up to a second. Frames that a
 * server left out are a silence then, and never a seam. A jitter buffer that has what comes after a gap waits a tenth of a second for what is missing
 * and then goes on, so what comes after a gap is kept back until the buffer has played what came before, and for as long as the gap is: with a
 * server that keeps time that is when it comes. Pure; the state is by sender, since a server can spread a voice over slots.
 *
 * What a closed connection's jitter buffers held is never played, so a voice goes on in another connection as it would have in the first one.
 *
 * A server that keeps to a timeline which contradicts the counters is heard again after a second of silence.
 */
export class PlayoutGate {
  /** By the number of the voice. */
  readonly #voices = new Map<number, Voice>();
  readonly #closed = new Set<number>();
  #aliveAtMs = Infinity;
  #staleUntilMs = -Infinity;

  /**
   * To be called more often than every {@link standstillMs}, and before each frame. What comes at once after a longer pause was said before it, and would be heard
   * in place of what is said now.
   */
  alive(nowMs: number): void {
    if (nowMs - this.#aliveAtMs > standstillMs) this.#staleUntilMs = nowMs + staleMs;
    this.#aliveAtMs = nowMs;
  }

  /** Nothing is played on that connection any more; by this terminal's own deed, and never by the server's word. */
  close(connection: number): void {
    this.#closed.add(connection);
  }

  /** @param nowMs monotonic milliseconds */
  take(frame: OpenedFrame, nowMs: number): GateVerdict {
    const { connection, place, slot, timestamp } = frame;
    if (this.#closed.has(connection)) return drop("closed");
    if (nowMs < this.#staleUntilMs) return drop("burst");
    const voice = this.#voices.get(frame.voice);
    if (voice === undefined) return this.#begin(frame, -1, nowMs);
    const { passed } = voice;
    const newest = passed.at(-1)?.place ?? voice.floor;
    const quietMs = nowMs - Math.max(voice.busyUntilMs, voice.lastAtMs + frameMs);
    if (connection !== voice.connection || slot !== voice.slot || quietMs >= forgetMs) {
      if (place <= newest) return drop("late");
      if (quietMs >= moveMs) return this.#begin(frame, newest, nowMs);
      return this.#closed.has(voice.connection) ? this.#goOn(frame, voice, newest, nowMs) : drop("elsewhere");
    }
    if (place <= voice.floor || newest - place >= windowFrames) return drop("late");
    const at = passed.findLastIndex((earlier) => earlier.place <= place) + 1;
    const before = passed[at - 1];
    const after = passed[at];
    if (before?.place === place) return drop("late");
    if ((before !== undefined && !fits(before, frame)) || (after !== undefined && !fits(frame, after)))
      return drop("misplaced");
    const atMs = place > newest ? Math.max(nowMs, notBeforeMs(voice, place - newest)) : nowMs;
    const backlogMs = voice.busyUntilMs - Math.max(nowMs, voice.newestAtMs);
    if (backlogMs >= mostBacklogMs || atMs - nowMs >= mostWaitMs || (voice.isFull && atMs > nowMs)) {
      voice.isFull = true;
      return drop("burst");
    }
    if (place > newest) voice.isFull = false;
    passed.splice(at, 0, { place, timestamp });
    while (passed[1] !== undefined && newest - passed[1].place >= windowFrames) passed.shift();
    voice.lastAtMs = Math.max(voice.lastAtMs, atMs);
    // What was late fills a gap that has had its time.
    if (place > newest) {
      voice.newestAtMs = atMs;
      voice.busyUntilMs = Math.max(voice.busyUntilMs + hurriedFrameMs, atMs + frameMs);
    }
    return { type: "pass", atMs };
  }

  /**
   * After the gap, as in the slot that there is no more. What lies before it would find the new jitter buffer empty, and be heard at once; so would what
   * comes next, before the time of what the closed one still held: that is missing now as well.
   */
  #goOn(frame: OpenedFrame, former: Voice, newest: number, nowMs: number): GateVerdict {
    const atMs = Math.max(nowMs, former.busyUntilMs, notBeforeMs(former, frame.place - newest));
    // All that came meanwhile would wait behind it.
    if (atMs - nowMs > mostPauseMs) return drop("elsewhere");
    return this.#begin(frame, frame.place - 1, atMs);
  }

  #begin(frame: OpenedFrame, floor: number, atMs: number): GateVerdict {
    const { voice, connection, slot, place, timestamp } = frame;
    const passed = [{ place, timestamp }];
    const times = { busyUntilMs: atMs + frameMs, newestAtMs: atMs, lastAtMs: atMs };
    this.#voices.set(voice, { connection, slot, floor, passed, ...times, isFull: false });
    return { type: "pass", atMs };
  }
}

/** When a frame so far behind the newest one may be handed on: with it, or after the silence of what is missing in between. */
function notBeforeMs({ newestAtMs, busyUntilMs }: Voice, distance: number): number {
  if (distance === 1) return newestAtMs;
  return busyUntilMs + (Math.min(distance, windowFrames) - 1) * frameMs;
}

function drop(reason: GateDropReason): GateVerdict {
  return { type: "drop", reason };
}

/** Whether the jitter buffer will leave at least the time between the two that their sender let pass, as far as that is a second. */
function fits(earlier: Passed, later: Passed): boolean {
  // The difference of two 32-bit timestamps, as the shorter way around.
  const units = (later.timestamp - earlier.timestamp) | 0;
  return units >= Math.min(later.place - earlier.place, windowFrames) * frameUnits;
}
