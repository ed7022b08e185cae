import { otherTabSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { Notice } from "./notice.tsx";

/** Whoever opens a second page finds out where they are signed in already, and what signing in here would do to that. */
export function OtherTabs() {
  const model = useModel();
  const tabs = model.otherTabs.value;
  if (tabs.length === 0) return null;
  return (
    <Notice tone="info" title="In another tab of this browser">
      {tabs.map((tab, place) => (
        <p key={place}>{otherTabSentence(tab)}</p>
      ))}
      <p>Go on there. Sign in here with the same device, and its calls ring here instead.</p>
    </Notice>
  );
}
