import type { ErrorWords, SoundRoute } from "./catalogue.ts";
import { catalogue } from "./language.ts";

/** From here on words get lost in spite of all that mends it. */
const lossyShare = 0.05;
/** From here on people begin to speak at the same time (ITU-T G.114: 400 ms both ways). */
const slowMs = 400;

/** How the sound of a call travels; figures as far as they are known, `lost` from 0 to 1. */
export interface SoundWayFigures {
  readonly by: SoundRoute;
  readonly roundTripMs?: number;
  readonly lost?: number;
  readonly jitterMs?: number;
}

/** A tag. */
export const poorNetworkLabel = (): string => catalogue().soundWay.poor.tag;

/** @param name of the person whose network it is; undefined for oneself */
export const poorNetworkWords = (name: string | undefined): ErrorWords => {
  const { ofOther, own } = catalogue().soundWay.poor;
  return name === undefined ? own : ofOther(name);
};

/** That it is over, as a clause. */
export const betterNetworkWords = (name: string | undefined): string => {
  const { over, overOfOther } = catalogue().soundWay.poor;
  return name === undefined ? over : overOfOther(name);
};

/** A clause. */
export const soundRouteWords = (by: SoundRoute): string => catalogue().soundWay.by[by];

/** Clauses in one; empty where nothing is known. */
export function soundFigureWords({ jitterMs, lost, roundTripMs }: Omit<SoundWayFigures, "by">): string {
  const { soundWay } = catalogue();
  return catalogue().clausesInOne(
    ...(roundTripMs === undefined ? [] : [soundWay.roundTrip(roundTripMs)]),
    ...(lost === undefined ? [] : [soundWay.lost(Math.round(lost * 100))]),
    ...(jitterMs === undefined ? [] : [soundWay.jitter(jitterMs)]),
  );
}

/** What to mend, as a clause; undefined where nothing is amiss. */
export function soundAdviceWords({ by, lost = 0, roundTripMs = 0 }: SoundWayFigures): string | undefined {
  const { advice } = catalogue().soundWay;
  if (lost >= lossyShare) return advice.lossy;
  if (roundTripMs >= slowMs) return advice.slow;
  return by === "udp" ? undefined : advice.relayed;
}
