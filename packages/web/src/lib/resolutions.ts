/** Resolutions in a call: what waits for the person here, and how people are called in them. */
import type { CallView, ShownResolution } from "@signet/terminal";
import { calledName, resolutionStateWords } from "@signet/words";
import { texts } from "@signet/words/page";

/** What is read whole into memory to be hashed, in bytes. */
export const mostHashedBytes = 512 * 1024 * 1024;

export const shownResolutions = (call: CallView | undefined): readonly ShownResolution[] =>
  call?.resolutions?.shown ?? [];

/** That are for the person here to decide, while the call goes on. */
export const awaited = (call: CallView | undefined): readonly ShownResolution[] =>
  call === undefined || call.phase === "ended"
    ? []
    : shownResolutions(call).filter(({ mayDecide }) => mayDecide);

/** Whoever is not listed in the call any more is called by their user ID. */
export const nameIn =
  ({ participants }: CallView) =>
  (userId: string): string => {
    const person = participants.find((one) => one.userId === userId);
    return person === undefined ? userId : calledName(person);
  };

/** What somebody who does not see the page has to hear. */
export function resolutionChanges(
  before: CallView | undefined,
  after: CallView | undefined,
): readonly string[] {
  if (after === undefined) return [];
  const words = texts().resolutions;
  const former = before?.callId === after.callId ? shownResolutions(before) : [];
  return shownResolutions(after).flatMap(({ id, mayDecide, mayWithdraw, number, proposer, state }) => {
    const known = former.find((one) => one.id === id);
    const by = nameIn(after)(proposer);
    if (known === undefined && mayWithdraw) return [];
    if (known === undefined)
      return [mayDecide ? words.saidAsked(number, by) : words.saidProposed(number, by)];
    return known.state === state ? [] : [words.saidState(number, resolutionStateWords(state))];
  });
}

export async function sha256Of(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
}
