import { sentenceFor, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { useNow } from "../lib/hooks.ts";
import { firstContactSentence, lookForServer } from "../lib/first-contact.ts";
import type { FirstContact } from "../lib/first-contact.ts";
import { isServerUnreached } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { HelpLink } from "./help-link.tsx";
import { Notice } from "./notice.tsx";

/** Server gone, or clock off: above everything, since nothing else works until it is mended. */
export function ConnectionBanner() {
  const model = useModel();
  const { call, connection, clockOffMs, server } = model.state.value;
  // The call says it, with what it means for the sound.
  const saidByCall = call !== undefined && call.phase !== "ended" && isServerUnreached(call);
  return (
    <>
      {!saidByCall && connection.status === "offline" && (
        <Notice tone="warning" alert title={texts().frame.noConnection}>
          {server === undefined && connection.code === "connection.lost" ? (
            <FirstContactWords />
          ) : (
            <p>{sentenceFor(connection.code)}</p>
          )}
          <HelpLink code={connection.code} />
          <div class="row">
            <RetryCountdown retryAtMs={connection.retryAtMs} />
            <button type="button" class="button quiet small" onClick={() => model.terminal.retryNow()}>
              {texts().common.retryNow}
            </button>
          </div>
        </Notice>
      )}
      {!saidByCall && connection.status === "connecting" && <p class="strip">{texts().frame.connecting}</p>}
      {clockOffMs !== undefined && (
        <Notice tone="warning" alert title={texts().frame.clockTitle}>
          <p>
            {clockOffMs > 0
              ? texts().frame.clockBehind(spokenDuration(clockOffMs))
              : texts().frame.clockAhead(spokenDuration(-clockOffMs))}
          </p>
          <HelpLink code="proof.time" />
        </Notice>
      )}
    </>
  );
}

/** Counts down for the eye only: read out each second it would drown everything else. In a call less than a second is waited: nothing to count. */
function RetryCountdown({ retryAtMs }: { retryAtMs: number }) {
  const leftS = Math.max(0, Math.ceil((retryAtMs - useNow()) / 1000));
  return (
    <span aria-hidden="true">{leftS <= 1 ? texts().frame.tryingAgain : texts().frame.nextTry(leftS)}</span>
  );
}

/** What never stood was not lost: what is there instead? */
function FirstContactWords() {
  const [contact, setContact] = useState<FirstContact>();
  useEffect(() => {
    let alive = true;
    void lookForServer().then((found) => alive && setContact(found));
    return () => {
      alive = false;
    };
  }, []);
  return (
    <p>
      {contact === undefined ? texts().frame.notAnsweredYet : firstContactSentence(contact, location.host)}
    </p>
  );
}
