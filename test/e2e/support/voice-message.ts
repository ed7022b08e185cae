import type { Bytes } from "@signet/protocol";
import { MemoryMessagePlace, writeMessageSound } from "@signet/terminal";

import type { Deceived, Scene } from "./scene.ts";

/** Sound of so many packets of 20 ms that nothing decodes. */
export function voiceOf(packets: number, seed = 1): Bytes {
  const packet = (index: number): Bytes => {
    const made = new Uint8Array(40).fill((index * seed) % 256);
    made[0] = 8;
    return made;
  };
  return writeMessageSound({
    packets: Array.from({ length: packets }, (_, index) => packet(index)),
    preSkip: 312,
  });
}

/** People whose terminals keep voice messages, each at a place of their own. */
export const peopleWithPlaces = <const T extends readonly string[]>(scene: Scene, ...userIds: T) =>
  Promise.all(
    userIds.map((userId) =>
      scene.deceived(userId, { environment: { messagePlace: new MemoryMessagePlace() } }),
    ),
  ) as Promise<{ readonly [K in keyof T]: Deceived }>;

/** To somebody who is signed in nowhere. @returns the call */
export async function callInVain(caller: Deceived, called: Deceived) {
  if (called.terminal.state.session.status === "signedIn") await called.terminal.release();
  await caller.terminal.call([called.userId]);
  const { call } = await caller.until((state) => state.call?.phase === "ended", "that nobody came");
  caller.terminal.dismissCall();
  return call!.callId;
}
