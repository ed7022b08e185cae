import type { Verification } from "@signet/terminal";

/** Verified, and by a key that was met before: whoever calls for the first time may have chosen anybody's picture. */
export const isKnown = (verification: Verification | undefined): boolean => verification?.firstSeen === false;
