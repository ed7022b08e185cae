import type { System } from "../system.ts";

/**
 * Timers that a hidden tab does not hold back for long. What a timer sets is, from the fifth in a row on, run once a minute there (Chromium, five
 * minutes after the tab was hidden), so that a page which tries again and again would be back a minute too late. What a message sets is not: it waits for a
 * second at most. So whatever falls due is run by a message.
 *
 * Stands on nothing outside itself: tests run it in a page as it is.
 */
export function unchainedTimers(after: System["after"]): System["after"] {
  const due = new Map<number, () => void>();
  const { port1, port2 } = new MessageChannel();
  let nextId = 0;
  port1.addEventListener("message", ({ data }: MessageEvent<number>) => {
    const run = due.get(data);
    due.delete(data);
    run?.();
  });
  port1.start();
  return (delayMs, run) => {
    const id = nextId++;
    due.set(id, run);
    const cancel = after(delayMs, () => port2.postMessage(id));
    return () => {
      cancel();
      due.delete(id);
    };
  };
}
