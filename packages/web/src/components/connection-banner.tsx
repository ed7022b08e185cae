import { sentenceFor } from "@signet/words";
import { useEffect, useState } from "preact/hooks";

import { useNow } from "../lib/hooks.ts";
import { firstContactSentence, lookForServer } from "../lib/first-contact.ts";
import type { FirstContact } from "../lib/first-contact.ts";
import { spokenDuration } from "../lib/duration.ts";
import { countOf, isServerUnreached } from "../lib/words.ts";
import { useModel } from "../model.ts";
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
        <Notice tone="warning" alert title="No connection">
          {server === undefined && connection.code === "connection.lost" ? (
            <FirstContactWords />
          ) : (
            <p>{sentenceFor(connection.code)}</p>
          )}
          <div class="row">
            <RetryCountdown retryAtMs={connection.retryAtMs} />
            <button type="button" class="button quiet small" onClick={() => model.terminal.retryNow()}>
              Retry now
            </button>
          </div>
        </Notice>
      )}
      {!saidByCall && connection.status === "connecting" && <p class="strip">Connecting to the server</p>}
      {clockOffMs !== undefined && (
        <Notice tone="warning" alert title="Your clock is off">
          <p>
            It is {spokenDuration(Math.abs(clockOffMs))} {clockOffMs > 0 ? "behind" : "ahead of"} the
            server's, and signatures hold only at the right time: until it is set, you cannot sign in, call or
            be called. Set the clock of this device.
          </p>
        </Notice>
      )}
    </>
  );
}

/** Counts down for the eye only: read out each second it would drown everything else. In a call less than a second is waited: nothing to count. */
function RetryCountdown({ retryAtMs }: { retryAtMs: number }) {
  const leftS = Math.max(0, Math.ceil((retryAtMs - useNow()) / 1000));
  return (
    <span aria-hidden="true">
      {leftS <= 1 ? "Trying again" : `Next try in ${countOf(leftS, "second", "seconds")}`}
    </span>
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
      {contact === undefined
        ? "The server has not answered yet."
        : firstContactSentence(contact, location.host)}
    </p>
  );
}
