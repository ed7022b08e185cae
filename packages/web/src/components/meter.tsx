import { useEffect, useRef } from "preact/hooks";

import { meterShare } from "../lib/level.ts";

/** Often enough to look alive; each drawing costs a weak machine what it needs for the sound. */
const drawEveryMs = 60;

/** A microphone level. It moves all the time, so it writes to the element itself and is not rendered again. */
export function LevelMeter({ read, label }: { read: () => number; label: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let shown = 0;
    const draw = (): void => {
      if (document.hidden) return;
      const share = meterShare(read());
      // Up at once, down slowly, as the eye likes it.
      shown = Math.max(share, shown * 0.7);
      bar.current?.style.setProperty("--share", shown.toFixed(3));
    };
    draw();
    const timer = setInterval(draw, drawEveryMs);
    return () => clearInterval(timer);
  }, [read]);
  return (
    <span class="meter" role="img" aria-label={label}>
      <span class="meter-bar" ref={bar} />
    </span>
  );
}
