import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** The time, at each `everyMs`, while a view needs it. */
export function useNow(everyMs = 1000): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}

/** A new view begins at its top, and with the focus on its heading, for those who hear the page. */
export function useFocusAtTop(heading: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [heading]);
}
