import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";
import { readStored, writeStored } from "../lib/storage.ts";
import { useModel } from "../model.ts";

/**
 * What the person should do once so that their people and settings go with them: said at home, until it is done or put off. What a
 * server gave that does not hold is a warning of its own.
 */
export function OnlyHere() {
  const model = useModel();
  const [, setPutOff] = useState(0);
  const { personal } = model.state.value;
  const self = model.self.value;
  if (personal === undefined || self === undefined) return null;
  const { carrying, phrase } = personal;
  const isLocked = carrying.status === "keptHere" && carrying.code === "document.otherKey";
  const what = isLocked ? "locked" : phrase === "gone" ? "noPhrase" : undefined;
  const place = `putOff.${what}.${self}`;
  if (what === undefined || readStored(place) === true) return null;
  return (
    <Notice tone="warning" title={isLocked ? texts().carrying.keptHere : texts().carrying.phrase}>
      <p>{isLocked ? sentenceFor("document.otherKey") : texts().carrying.phraseIs.gone}</p>
      <HelpLink code="document.otherKey" />
      <div class="row">
        <button
          type="button"
          class="button primary small"
          onClick={() => model.goTo({ view: "settings", section: "everywhere" })}
        >
          {texts().shortcuts.what.settings}
        </button>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            writeStored(place, true);
            setPutOff((count) => count + 1);
          }}
        >
          {texts().common.notNow}
        </button>
      </div>
    </Notice>
  );
}
