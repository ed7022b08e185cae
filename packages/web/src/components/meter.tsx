import { useEffect, useRef } from "preact/hooks";

import { meterShare } from "../lib/level.ts";

/** A microphone level. It moves at each frame, so it writes to the element itself and is not rendered again. */
export function LevelMeter({ read, label }: { read: () => number; label: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let frame = 0;
    let shown = 0;
    const draw = (): void => {
      const share = meterShare(read());
      // Up at once, down slowly, as the eye likes it.
      shown = Math.max(share, shown * 0.9);
      bar.current?.style.setProperty("--share", shown.toFixed(3));
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [read]);
  return (
    <span class="meter" role="img" aria-label={label}>
      <span class="meter-bar" ref={bar} />
    </span>
  );
}
