import { SignetError } from "@signet/protocol";

/**
 * Waits for foreign code that should answer within a time, and end when it is told to, but may do neither.
 * @param ask is given a signal that ends what it began, when nobody waits for it any more
 * @throws SignetError `device.cancelled` as soon as `signal` is aborted, `device.noAnswer` after `limitMs`; whatever `ask` fails with
 */
export async function answerInTime(
  ask: (signal: AbortSignal) => unknown,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const givenUp = (): SignetError => new SignetError("device.cancelled", signal?.reason);
  if (signal?.aborted === true) throw givenUp();
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let giveUp = (): void => undefined;
  const end = new Promise<never>((_, reject) => {
    giveUp = () => {
      reject(givenUp());
      // At once: what is asked for next must not find this still pending.
      ending.abort();
    };
    timer = setTimeout(() => reject(new SignetError("device.noAnswer")), limitMs);
    signal?.addEventListener("abort", giveUp);
  });
  try {
    // Within a function, so that what it throws at once is an answer like any other.
    return await Promise.race([end, (async () => ask(ending.signal))()]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
    ending.abort();
  }
}
