/** How far a terminal follows the numbers that a server names: it makes slots by them, signs them, waits and shows times by them. */
import { clockToleranceMs, longestSignInMs } from "@signet/device";
import { mostPeople } from "@signet/protocol";
import type { ServerInfo } from "@signet/protocol";

type Limits = ServerInfo["limits"];

/** The least and the most of each. */
const bounds: { readonly [Name in keyof Limits]: readonly [number, number] } = {
  callMembers: [1, mostPeople - 1],
  messageBytes: [1, 64 * 1024 * 1024],
  /** Each costs a decoder, and a part of the offer. */
  slots: [1, 32],
  ringMs: [1, 3_600_000],
  bindingMs: [1, longestSignInMs],
};

/** The end of the year 9999, as far as calendars go. */
const latestMs = Date.UTC(10_000, 0) - 1;

/** Whether this terminal can work under these; otherwise it does not talk to the server (`server.badTerms`). */
export function areTermsUsable({ limits, serverOrigin, serverTimeMs }: ServerInfo): boolean {
  const areInBounds = Object.entries(bounds).every(([name, [least, most]]) => {
    const value = limits[name as keyof Limits];
    return value >= least && value <= most;
  });
  return areInBounds && serverTimeMs <= latestMs && isOrigin(serverOrigin);
}

/** Devices sign for it, and security keys are made under its host name. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.origin === text && (url.protocol === "https:" || url.protocol === "http:");
}

/**
 * When a binding ends at the latest, whatever the server says: no longer than any sign-in lasts.
 * @param serverNowMs the server's clock, as far as it is known here
 */
export function boundedExpiryMs(expiresAtMs: number, serverNowMs: number): number {
  return Math.min(expiresAtMs, serverNowMs + longestSignInMs + clockToleranceMs);
}
