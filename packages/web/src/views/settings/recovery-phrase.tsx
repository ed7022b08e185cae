import type { PhraseState } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { Modal } from "../../components/modal.tsx";
import { HelpLink, HowToLink } from "../../components/help-link.tsx";
import { Notice } from "../../components/notice.tsx";
import { Question } from "../../components/question.tsx";
import { useModel } from "../../model.ts";

/** What opens all of it where no device and no other terminal can. It is shown once, and kept nowhere. */
export function RecoveryPhrase({ phrase }: { phrase: PhraseState }) {
  const model = useModel();
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState<string>();
  const make = (): void => void model.makePhrase(setMade);
  return (
    <>
      <h3>{texts().carrying.phrase}</h3>
      {phrase === "gone" ? (
        <Notice tone="warning">
          <p>{texts().carrying.phraseIs.gone}</p>
          <HelpLink topic="everywhere" />
        </Notice>
      ) : (
        <p>{texts().carrying.phraseIs[phrase]}</p>
      )}
      <HowToLink topic="recoveryPhrase" />
      <button
        type="button"
        class={phrase === "gone" ? "button primary wide" : "button quiet wide"}
        disabled={model.pending.value !== undefined}
        onClick={() => (phrase === "kept" ? setAsking(true) : make())}
      >
        {phrase === "none" ? texts().carrying.makePhrase : texts().carrying.makeAnother}
      </button>
      {isAsking && (
        <Question
          title={texts().carrying.anotherTitle}
          yes={texts().carrying.makeAnother}
          onYes={make}
          onClose={() => setAsking(false)}
        >
          <p>{texts().carrying.anotherText}</p>
        </Question>
      )}
      {made !== undefined && <MadePhrase phrase={made} onClose={() => setMade(undefined)} />}
    </>
  );
}

function MadePhrase({ onClose, phrase }: { phrase: string; onClose: () => void }) {
  return (
    // Escape does not close it: it is shown this once.
    <Modal labelledBy="phrase-title" describedBy="phrase-text" class="question" onEscape={() => undefined}>
      <h2 id="phrase-title" tabIndex={-1} autofocus>
        {texts().carrying.writeDown}
      </h2>
      <p class="pairing-code">
        <code>{phrase}</code>
      </p>
      <p id="phrase-text">{texts().carrying.writeDownText}</p>
      <div class="row">
        <button type="button" class="button primary" onClick={onClose}>
          {texts().carrying.isWritten}
        </button>
      </div>
    </Modal>
  );
}
