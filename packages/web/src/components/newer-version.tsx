import { texts } from "@signet/words/page";
import { useEffect } from "preact/hooks";

import { ownProgram } from "../lib/shell.ts";
import { readStored, writeStored } from "../lib/storage.ts";
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
    if (isNewer && isSignedOut && !hasTyped && mayLoad()) model.loadAnew();
  }, [isNewer, isSignedOut]);
  if (!isNewer) return null;
  const isKept = session.status === "signedIn" && session.kept === true;
  return (
    <Notice tone="info" title={texts().home.newerTitle}>
      <p>{isKept ? texts().home.newerKept : texts().home.newerTouch}</p>
      <div class="row">
        <button type="button" class="button quiet small" onClick={model.loadAnew}>
          {texts().home.loadAnew}
        </button>
      </div>
    </Notice>
  );
}

/** What somebody typed here would be lost. */
let hasTyped = false;
addEventListener("input", () => (hasTyped = true));

/** Once for each version: where what is loaded is the same again, as over a network that is too slow for the newer one, it would be loaded for ever. */
function mayLoad(): boolean {
  const own = ownProgram() ?? "";
  if (readStored("loadedAnewFrom") === own) return false;
  writeStored("loadedAnewFrom", own);
  return true;
}
