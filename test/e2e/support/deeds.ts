/** What people did in random calls and what became of it, so that a test can tell that each of it happened. */

/** Each is counted where its effect is seen, not where it is tried. */
export type Deed =
  /** It rang at two devices of one person, and where they did not answer they are shown that they did. */
  | "answered at another device"
  /** The same device was signed in elsewhere. */
  | "taken over"
  /** And the call went on at the former terminal. */
  | "held"
  | "moved with the same device"
  | "moved to another device"
  /** By who is not host. */
  | "invited by a guest"
  /** Somebody for whom the call was not. */
  | "brought a newcomer in"
  | "invited one person twice at once"
  | "invited two people at once"
  | "removed"
  | "came back after a removal"
  | "host handed on"
  | "host passed on"
  | "revoked in a call"
  | "added a device"
  | "called each other at once"
  | "came together without a touch"
  | "waited"
  | "rang when the other call was over"
  | "switched"
  | "brought the caller in";

export class Deeds {
  readonly #seen = new Map<string, Set<string>>();

  /** @param which tells this one from others: what is seen twice happened once */
  saw(deed: Deed, which: string): void {
    const seen = this.#seen.get(deed) ?? new Set();
    this.#seen.set(deed, seen.add(which));
  }

  count(deed: Deed): number {
    return this.#seen.get(deed)?.size ?? 0;
  }
}
