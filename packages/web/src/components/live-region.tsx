import { useEffect } from "preact/hooks";

import { useModel } from "../model.ts";

/** Says to screen readers what changed. Emptied after a while, so that browsing does not meet old news. */
export function LiveRegion() {
  const { announcement } = useModel();
  const text = announcement.value;
  useEffect(() => {
    if (text === "") return undefined;
    const timer = setTimeout(() => (announcement.value = ""), 6000);
    return () => clearTimeout(timer);
  }, [text, announcement]);
  return (
    <div class="hidden-text" aria-live="polite" aria-atomic="true">
      {text}
    </div>
  );
}
