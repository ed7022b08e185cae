import { SignetError, verifyPath } from "@signet/terminal";
import type { ErrorCode, ShownLog, Terminal, TerminalState } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { rich } from "../lib/rich.ts";
import { saveFile } from "../lib/save-file.ts";
import { useModel } from "../model.ts";
import { localFailure } from "../model/actions.ts";
import { HelpLink } from "./help-link.tsx";

/** The ways out where the server's log is not believed: what was kept of it, and the explicit way to begin anew with it. */
export function LogFault({ code }: { code: ErrorCode }) {
  return code.startsWith("log") ? (
    <>
      <KeptEvidence />
      <TrustLog key={code} code={code} />
    </>
  ) : null;
}

/** What was kept, as files. Nothing where there is none. */
export function KeptEvidence() {
  const { state, terminal } = useModel();
  const text = texts().log;
  const kept = keptAt(state.value, terminal);
  if (kept.length === 0) return null;
  return (
    <>
      <p class="hint">{text.saveHint}</p>
      <button
        type="button"
        class="button quiet small"
        onClick={() => {
          for (const [place, evidence] of kept.entries())
            saveFile(text.fileOf(place + 1), new Blob([evidence], { type: "application/json" }));
        }}
      >
        {text.save}
      </button>
      <a class="help-link" href={verifyPath} target="_blank" rel="noopener">
        {texts().verifying.link}
      </a>
    </>
  );
}

/** It is kept before the state says what happened. */
function keptAt(_state: TerminalState, { log }: Terminal): readonly string[] {
  try {
    return log.evidence();
  } catch {
    // That nothing can be read is told where it matters.
    return [];
  }
}

function TrustLog({ code }: { code: ErrorCode }) {
  const model = useModel();
  /** What is shown, and so what is believed, whatever the server names meanwhile. */
  const [shown, setShown] = useState<ShownLog>();
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<ErrorCode>();
  const text = texts().log;
  if (shown === undefined) {
    const { log } = model.state.value;
    if (log?.code !== code) return null;
    return (
      <button type="button" class="button quiet small" onClick={() => setShown(log)}>
        {text.iKnowWhy}
      </button>
    );
  }
  const trust = async (): Promise<void> => {
    try {
      await model.terminal.log.trust(shown.verifierKey);
      // The message around this is gone with it.
      model.announcement.value = text.begun;
    } catch (error) {
      setProblem((error instanceof SignetError ? error : localFailure(error)).code);
    }
  };
  return (
    <div class="trust-key">
      <p>
        {shown.verifierKey === undefined
          ? text.trustNone
          : rich(text.trustText, <code>{shown.verifierKey}</code>)}
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={isAsked}
          onChange={(event) => setAsked(event.currentTarget.checked)}
        />
        <span>{text.iAsked}</span>
      </label>
      {problem !== undefined && (
        <p role="alert">
          {sentenceFor(problem)} <HelpLink code={problem} />
        </p>
      )}
      <div class="row">
        <button type="button" class="button danger small" disabled={!isAsked} onClick={() => void trust()}>
          {text.begin}
        </button>
        <button type="button" class="button quiet small" onClick={() => setShown(undefined)}>
          {texts().common.notNow}
        </button>
      </div>
    </div>
  );
}
