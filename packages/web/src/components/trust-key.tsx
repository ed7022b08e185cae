import { SignetError } from "@signet/terminal";
import type { ChangedKey, UserId } from "@signet/terminal";
import { sentence, sentenceFor } from "@signet/words";
import { useState } from "preact/hooks";

import { historyWords } from "../lib/histories.ts";
import { useModel } from "../model.ts";
import { localFailure } from "../model/actions.ts";

/** The explicit way to accept a changed key: two steps, the second one only for who has asked the person. */
export function TrustKey({ userId }: { userId: UserId }) {
  const model = useModel();
  /** The key that is shown, and so the one that is trusted, whatever comes up meanwhile. */
  const [shown, setShown] = useState<ChangedKey>();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<string>();
  if (done)
    return <p role="status">The new key of {userId} is the one to know from now on. You can try again.</p>;
  if (shown === undefined) {
    const changed = model.state.value.changedKeys?.find((key) => key.userId === userId);
    if (changed === undefined) return null;
    return (
      <button type="button" class="button quiet small" onClick={() => setShown(changed)}>
        I know that {userId} has a new device
      </button>
    );
  }
  const trust = async (): Promise<void> => {
    try {
      await model.terminal.trustChangedKey(userId, shown.deviceId);
      setDone(true);
      // The message around this may be gone with it.
      model.announcement.value = `The new key of ${userId} is trusted.`;
    } catch (error) {
      setProblem(sentenceFor((error instanceof SignetError ? error : localFailure(error)).code));
    }
  };
  return (
    <div class="trust-key">
      <p>
        {historyWords(shown, undefined).map((text) => `${sentence(text)} `)}
        From then on this browser takes whoever holds the key <code>{shown.deviceId}</code> for{" "}
        <b>{userId}</b>, without another warning.
      </p>
      <label class="check">
        <input type="checkbox" checked={asked} onChange={(event) => setAsked(event.currentTarget.checked)} />
        <span>I asked {userId} in another way than through this server</span>
      </label>
      {problem !== undefined && <p role="alert">{problem}</p>}
      <div class="row">
        <button type="button" class="button danger small" disabled={!asked} onClick={() => void trust()}>
          Trust the new key of {userId}
        </button>
        <button type="button" class="button quiet small" onClick={() => setShown(undefined)}>
          Not now
        </button>
      </div>
    </div>
  );
}
