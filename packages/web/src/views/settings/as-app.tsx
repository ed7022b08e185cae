import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { askForLinks, canInstall, install, isInstalled, mayAskForLinks } from "../../lib/installing.ts";

/** The page as an app of the system, and what opens it. */
export function AsApp() {
  const [said, setSaid] = useState("");
  const text = texts().asApp;
  const canAsk = canInstall.value !== undefined;
  return (
    <section class="card" aria-labelledby="app-title">
      <h2 id="app-title">{texts().settings.titles.app}</h2>
      <p>{isInstalled.value ? text.isInstalled : canAsk ? text.mayInstall : text.howInstall}</p>
      {canAsk && (
        <button type="button" class="button quiet wide" onClick={install}>
          {text.install}
        </button>
      )}
      {mayAskForLinks() && (
        <>
          <h3>{text.linksTitle}</h3>
          <p>{text.linksText}</p>
          <button
            type="button"
            class="button quiet wide"
            onClick={() => setSaid(askForLinks() ? texts().asApp.linksAsked : texts().asApp.linksRefused)}
          >
            {text.openLinks}
          </button>
          <p role="status" class={said === "" ? "hidden-text" : "hint"}>
            {said}
          </p>
        </>
      )}
      <p class="hint">{text.offlineAndNewer}</p>
    </section>
  );
}
