import { texts } from "@signet/words/page";
import { useEffect } from "preact/hooks";

import { useModel } from "../model.ts";
import { Notice } from "./notice.tsx";

/**
 * Another version of the page is there. It is loaded by itself where nobody is signed in and nothing was typed: a page that loads itself while somebody is would
 * ring without a sound, which browsers allow only after a click. Never in a call.
 */
export function NewerVersion() {
  const model = useModel();
  const isNewer = model.newer.value;
  const session = model.session.value;
  const isSignedOut = session.status === "signedOut" && model.pending.value === undefined;
  useEffect(() => {
    if (isNewer && isSignedOut && !isTyping()) location.reload();
  }, [isNewer, isSignedOut]);
  if (!isNewer) return null;
  const isKept = session.status === "signedIn" && session.kept === true;
  return (
    <Notice tone="info" title={texts().home.newerTitle}>
      <p>{isKept ? texts().home.newerKept : texts().home.newerTouch}</p>
      <div class="row">
        <button type="button" class="button quiet small" onClick={() => location.reload()}>
          {texts().home.loadAnew}
        </button>
      </div>
    </Notice>
  );
}

const isTyping = (): boolean => document.hasFocus() && document.activeElement instanceof HTMLInputElement;
