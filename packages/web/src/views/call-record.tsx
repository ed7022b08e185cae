/** Whether a record of the call is kept, and by whom; and the file of it. */
import type { CallView } from "@signet/terminal";
import { verifyPath } from "@signet/terminal";
import { calledName, listOfNames, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";
import { saveFile } from "../lib/save-file.ts";
import { useModel } from "../model.ts";

/** To everybody in the call: who has asked for their signatures. */
export function RecordNotice({ call }: { call: CallView }) {
  const { keepers = [], troubles = [] } = call.record ?? {};
  const words = texts().record;
  const others = call.participants.filter(({ isSelf, userId }) => !isSelf && keepers.includes(userId));
  const doubted = call.participants.filter(({ userId }) => troubles.some((one) => one.userId === userId));
  return (
    <>
      {others.length > 0 && (
        <Notice tone="info">
          <p>{words.keptBy(listOfNames(others.map(calledName)))}</p>
        </Notice>
      )}
      {doubted.length > 0 && (
        <Notice tone="danger" alert title={words.otherEpoch(listOfNames(doubted.map(calledName)))}>
          <p>{sentenceFor("record.otherEpoch")}</p>
          <HelpLink code="record.otherEpoch" />
        </Notice>
      )}
    </>
  );
}

/** In the details of a call that goes on. */
export function KeepRecord({ call }: { call: CallView }) {
  const { terminal } = useModel();
  const words = texts().record;
  const isKept = call.record?.keeping === true;
  if (call.phase !== "active") return null;
  return (
    <>
      <h2>{words.title}</h2>
      <button
        type="button"
        class="button quiet small"
        aria-pressed={isKept}
        aria-describedby="keep-record-hint"
        onClick={() => terminal.record.keep(!isKept)}
      >
        {words.keep}
      </button>
      <p id="keep-record-hint" class="hint">
        {isKept ? words.keeping : words.keepHint}
      </p>
    </>
  );
}

/** After the call. */
export function SaveRecord({ call }: { call: CallView }) {
  const { terminal } = useModel();
  const [isBusy, setBusy] = useState(false);
  const words = texts().record;
  if (call.activeSinceMs === undefined) return null;
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const text = await terminal.record.save();
      saveFile(`signet-record-${call.callId}.json`, new Blob([text], { type: "application/json" }));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="save-record-title" class="save-record">
      <h3 id="save-record-title">{words.title}</h3>
      <p id="save-record-hint" class="hint">
        {(call.record?.keepers.length ?? 0) > 0 ? words.saveHint : words.saveHintUnkept}
      </p>
      <div class="row">
        <button
          type="button"
          class="button quiet small"
          aria-describedby="save-record-hint"
          disabled={isBusy}
          onClick={() => void save()}
        >
          {words.save}
        </button>
        <a class="help-link" href={verifyPath} target="_blank" rel="noopener">
          {texts().verifying.link}
        </a>
      </div>
    </section>
  );
}
