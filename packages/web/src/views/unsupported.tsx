import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { Logo } from "../components/icons.tsx";
import { Notice } from "../components/notice.tsx";
import { helpFor } from "../lib/help.ts";
import { HelpEntry } from "./help.tsx";

/** This browser, or this address, cannot run a terminal at all. */
export function Unsupported() {
  return (
    <div class="page">
      <header class="top">
        <Logo />
      </header>
      <main>
        <h1>{texts().frame.doesNotRun}</h1>
        <Notice tone="danger" alert>
          <p>{sentenceFor("device.unsupported")}</p>
        </Notice>
        {/* There is no terminal, and so nothing that could open the whole help. */}
        <HelpEntry topic={helpFor("device.unsupported")} isAsked />
      </main>
    </div>
  );
}
