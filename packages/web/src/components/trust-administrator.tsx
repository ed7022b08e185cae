import { SignetError } from "@signet/terminal";
import type { ErrorCode, NewAdministrator, UserId } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { HelpLink } from "./help-link.tsx";
import { rich } from "../lib/rich.ts";
import { DeviceFacts } from "./device-facts.tsx";
import { useModel } from "../model.ts";
import { localFailure } from "../model/actions.ts";

/** The explicit way to believe that somebody administers whom this browser asks about with this error. */
export function TrustAdministrator({ code, userId }: { code: ErrorCode; userId: UserId }) {
  const model = useModel();
  /** Who is shown, and so who is accepted, whatever comes up meanwhile. */
  const [shown, setShown] = useState<NewAdministrator>();
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<ErrorCode>();
  if (shown === undefined) {
    const found = model.state.value.newAdministrators?.find(
      (one) => one.code === code && one.userId === userId,
    );
    if (found === undefined) return null;
    return (
      <button type="button" class="button quiet small" onClick={() => setShown(found)}>
        {texts().administration.iKnow(userId)}
      </button>
    );
  }
  const trust = async (): Promise<void> => {
    try {
      await model.terminal.administration.trust(userId, shown.head);
      // The message around this is gone with it.
      model.announcement.value = texts().administration.isKnown(userId);
    } catch (error) {
      setProblem((error instanceof SignetError ? error : localFailure(error)).code);
    }
  };
  return (
    <div class="trust-key">
      <p>{rich(texts().administration.trustText, <b>{userId}</b>)}</p>
      <ul>
        {shown.devices
          .filter(({ revoked }) => revoked === undefined)
          .map((device) => (
            <li key={device.deviceId}>
              <DeviceFacts device={device} devices={shown.devices} />
              <p class="hint">{rich(texts().administration.key, <code>{device.deviceId}</code>)}</p>
            </li>
          ))}
      </ul>
      <label class="check">
        <input
          type="checkbox"
          checked={isAsked}
          onChange={(event) => setAsked(event.currentTarget.checked)}
        />
        <span>{texts().administration.iAsked}</span>
      </label>
      {problem !== undefined && (
        <p role="alert">
          {sentenceFor(problem)} <HelpLink code={problem} />
        </p>
      )}
      <div class="row">
        <button type="button" class="button danger small" disabled={!isAsked} onClick={() => void trust()}>
          {texts().administration.accept(userId)}
        </button>
        <button type="button" class="button quiet small" onClick={() => setShown(undefined)}>
          {texts().common.notNow}
        </button>
      </div>
    </div>
  );
}
