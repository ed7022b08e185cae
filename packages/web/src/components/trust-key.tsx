import { SignetError } from "@signet/terminal";
import type { ChangedKey, ErrorCode, UserId } from "@signet/terminal";
import { afterOneAnother, sentence, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { HelpLink } from "./help-link.tsx";
import { historyWords } from "../lib/histories.ts";
import { rich } from "../lib/rich.ts";
import { useModel } from "../model.ts";
import { localFailure } from "../model/actions.ts";

/** The explicit way to accept a changed key: two steps, the second one only for who has asked the person. */
export function TrustKey({ userId }: { userId: UserId }) {
  const model = useModel();
  /** The key that is shown, and so the one that is trusted, whatever comes up meanwhile. */
  const [shown, setShown] = useState<ChangedKey>();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<ErrorCode>();
  if (done) return <p role="status">{texts().verification.keyIsKnown(userId)}</p>;
  if (shown === undefined) {
    const changed = model.state.value.changedKeys?.find((key) => key.userId === userId);
    if (changed === undefined) return null;
    return (
      <button type="button" class="button quiet small" onClick={() => setShown(changed)}>
        {texts().verification.iKnow(userId)}
      </button>
    );
  }
  const trust = async (): Promise<void> => {
    try {
      await model.terminal.trustChangedKey(userId, shown.deviceId);
      setDone(true);
      // The message around this may be gone with it.
      model.announcement.value = texts().verification.keyIsTrusted(userId);
    } catch (error) {
      setProblem((error instanceof SignetError ? error : localFailure(error)).code);
    }
  };
  return (
    <div class="trust-key">
      <p>
        {afterOneAnother(...historyWords(shown, undefined).map(sentence), "")}
        {rich(texts().verification.trustText, <code>{shown.deviceId}</code>, <b>{userId}</b>)}
      </p>
      <label class="check">
        <input type="checkbox" checked={asked} onChange={(event) => setAsked(event.currentTarget.checked)} />
        <span>{texts().verification.iAsked(userId)}</span>
      </label>
      {problem !== undefined && (
        <p role="alert">
          {sentenceFor(problem)} <HelpLink code={problem} />
        </p>
      )}
      <div class="row">
        <button type="button" class="button danger small" disabled={!asked} onClick={() => void trust()}>
          {texts().verification.trust(userId)}
        </button>
        <button type="button" class="button quiet small" onClick={() => setShown(undefined)}>
          {texts().common.notNow}
        </button>
      </div>
    </div>
  );
}
