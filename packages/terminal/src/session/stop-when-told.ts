import type { System } from "../system.ts";
import type { Session } from "./session.ts";

/** How long the server may take to hear that the last call was left, when the terminal closes (ms). */
const farewellMs = 1_000;

/** The others should not have to wait until this terminal counts as lost. */
export function stopWhenTold(session: Session, { after }: Pick<System, "after">): void {
  const stop = (): void => session.stop();
  if (!session.owes) return stop();
  const cancel = after(farewellMs, stop);
  void session.owedTold().finally(() => {
    cancel();
    stop();
  });
}

/** What is being looked at is told to who leaves, where it comes soon: nobody waits longer for it (ms). */
const lookMs = 1_000;

/** @param looks none rejects */
export function settledSoon(
  { after }: Pick<System, "after">,
  ...looks: readonly { settled(): Promise<void> }[]
): Promise<void> {
  return new Promise((resolve) => {
    const cancel = after(lookMs, resolve);
    void Promise.all(looks.map((look) => look.settled())).then(() => {
      cancel();
      resolve();
    });
  });
}
