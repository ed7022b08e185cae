/** After the call: what was resolved in it, and the file to keep. */
import type { CallView } from "@signet/terminal";
import { resolutionStateWords } from "@signet/words";
import { texts } from "@signet/words/page";

import { shownResolutions } from "../lib/resolutions.ts";
import { useModel } from "../model.ts";

export function Decided({ call }: { call: CallView }) {
  const { terminal } = useModel();
  const words = texts().resolutions;
  const shown = shownResolutions(call);
  if (shown.length === 0) return null;
  const save = async (): Promise<void> => {
    const json = await terminal.resolutions.saved();
    if (json === undefined) return;
    const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `signet-resolutions-${call.callId}.json`;
    link.click();
    // Not before the browser has begun with it.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <section aria-labelledby="decided-title" class="decided">
      <h3 id="decided-title">{words.decidedTitle}</h3>
      <ul class="plain">
        {shown.map(({ id, number, state, whole }) => (
          <li key={id}>
            {words.decided(number, resolutionStateWords(state))}
            <p class="hint decided-text" dir="auto">
              {whole}
            </p>
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
