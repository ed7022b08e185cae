import { texts } from "@signet/words/page";

import { otherTabSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { Notice } from "./notice.tsx";

/** Whoever opens a second page finds out where they are signed in already, and what signing in here would do to that. */
export function OtherTabs() {
  const model = useModel();
  const tabs = model.otherTabs.value;
  // Whose call moved there is told so by its summary.
  if (tabs.length === 0 || model.state.value.call?.end?.type === "moved") return null;
  return (
    <Notice tone="info" title={texts().signIn.otherTab}>
      {tabs.map((tab, place) => (
        <p key={place}>{otherTabSentence(tab)}</p>
      ))}
      <p>{texts().signIn.otherTabText}</p>
    </Notice>
  );
}
