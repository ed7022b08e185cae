/** After the call: what was resolved in it, and the file to keep. */
import type { CallView } from "@signet/terminal";
import { resolutionStateWords } from "@signet/words";
import { texts } from "@signet/words/page";

import { shownResolutions } from "../lib/resolutions.ts";
import { saveFile } from "../lib/save-file.ts";
import { useModel } from "../model.ts";
import { DocumentSignatures } from "./document-signatures.tsx";
import { WhatIsResolved, WhoDecided } from "./resolution-facts.tsx";

export function Decided({ call }: { call: CallView }) {
  const { terminal } = useModel();
  const words = texts().resolutions;
  const shown = shownResolutions(call);
  if (shown.length === 0) return null;
  const save = async (): Promise<void> => {
    const json = await terminal.resolutions.saved();
    if (json === undefined) return;
    saveFile(`signet-resolutions-${call.callId}.json`, new Blob([json], { type: "application/json" }));
  };
  return (
    <section aria-labelledby="decided-title" class="decided">
      <h3 id="decided-title">{words.decidedTitle}</h3>
      <ul class="plain">
        {shown.map((resolution) => (
          <li key={resolution.id}>
            <strong>{words.decided(resolution.number, resolutionStateWords(resolution.state))}</strong>
            <div class="decided-what">
              <WhatIsResolved resolution={resolution} />
              <WhoDecided call={call} resolution={resolution} />
            </div>
            <DocumentSignatures call={call} resolution={resolution} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button quiet small"
        aria-describedby="decided-hint"
        onClick={() => void save()}
      >
        {words.save}
      </button>
      <p id="decided-hint" class="hint">
        {words.saveHint}
      </p>
    </section>
  );
}
