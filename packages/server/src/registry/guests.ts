/** Guests of calls that go on: who was vouched for, who of them is here, and whose time is over. Nothing of it outlives the server. */
import { equalBytes, guestsOf } from "@signet/protocol";
import type { Bytes, CallId, CallServerState, ListedGuest, UserId } from "@signet/protocol";

/** How long a guest waits at the door. */
export const longestWaitMs = 10 * 60_000;

/** A guest whom the list of a call names. */
export interface Vouched {
  readonly guestId: UserId;
  readonly callId: CallId;
  readonly name: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly key: Bytes;
  readonly atMs: number;
}

export class Guests {
  readonly #vouched = new Map<UserId, Vouched>();

  get all(): readonly Vouched[] {
    return [...this.#vouched.values()];
  }

  of(guestId: UserId): Vouched | undefined {
    return this.#vouched.get(guestId);
  }

  vouchedFor(vouched: Vouched): void {
    if (!this.#vouched.has(vouched.guestId)) this.#vouched.set(vouched.guestId, vouched);
  }

  forget(guestId: UserId): void {
    this.#vouched.delete(guestId);
  }
}

/** Whether it is the name and the key that somebody vouched for. */
export const isVouched = (
  { key, name }: Vouched,
  asked: { readonly key: Bytes; readonly name: string },
): boolean => name === asked.name && equalBytes(key, asked.key);

/** Whether a guest has nothing more to do here: the call is over, they left it or were put out, or waited long enough. */
export function isOver(
  { atMs, guestId }: Pick<Vouched, "atMs" | "guestId">,
  call: CallServerState | undefined,
  nowMs: number,
): boolean {
  if (call === undefined || call.ended !== undefined) return true;
  const listed = listedIn(call, guestId);
  // What was said for them did not come into the list, or is void.
  if (listed === undefined || listed.isRemoved) return true;
  const member = call.members.get(guestId);
  if (member === undefined) return nowMs >= atMs + longestWaitMs;
  const isIn = member.state === "joined" || member.state === "joining";
  return !isIn && (member.stay > 0 || member.state !== "ringing");
}

export const listedIn = ({ said }: Pick<CallServerState, "said">, guestId: UserId): ListedGuest | undefined =>
  guestsOf(said).find((one) => one.guestId === guestId);
