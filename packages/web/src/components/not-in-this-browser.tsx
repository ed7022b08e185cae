import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { isSecureHere, missingHere } from "../lib/capabilities.ts";
import { missingSentence } from "../lib/words.ts";
import { HelpLink } from "./help-link.tsx";
import { Notice } from "./notice.tsx";

/** Said before anybody rings, or is rung, here in vain. */
export function NotInThisBrowser() {
  const missing = missingHere();
  if (isSecureHere() && missing.length === 0) return null;
  return (
    <Notice tone="danger" alert title={texts().frame.notHere}>
      <p>{isSecureHere() ? missingSentence(missing) : sentenceFor("device.unsupported")}</p>
      <HelpLink code="device.unsupported" />
    </Notice>
  );
}
