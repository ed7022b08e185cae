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

/**
 * A new view begins at its top, and with the focus on its heading, for those who hear the page. A dialog that is still open has the focus, and gives it back to
 * where it was, wherever that is in the page: so not before it is closed.
 * @param of what begins; where the view stays and this is another, it begins anew
 */
export function useFocusAtTop(heading: RefObject<HTMLElement | null>, of?: unknown): void {
  useEffect(() => {
    const given = new AbortController();
    const begin = (): void => {
      const dialog = document.querySelector(":modal");
      if (dialog !== null) {
        dialog.addEventListener("close", begin, { once: true, signal: given.signal });
        return;
      }
      const { current } = heading;
      current?.focus({ preventScroll: true });
      scrollTo(0, 0);
      // What is warned of above it may be longer than the screen.
      if (current !== null && current.getBoundingClientRect().bottom > innerHeight) current.scrollIntoView();
    };
    begin();
    return () => given.abort();
  }, [heading, of]);
}
