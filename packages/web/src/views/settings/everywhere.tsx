/** What belongs to the person at all of their terminals: whether it is the same there, and how it gets there. */
import type { Carrying, ErrorCode, PersonalState } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { CodeForm } from "../../components/code-form.tsx";
import { FailureNotice } from "../../components/failure-notice.tsx";
import { HelpLink } from "../../components/help-link.tsx";
import { Notice } from "../../components/notice.tsx";
import { Question } from "../../components/question.tsx";
import { useModel } from "../../model.ts";
import { AskIn, LetIn } from "../letting-in.tsx";
import { RecoveryPhrase } from "./recovery-phrase.tsx";

/** Where another terminal, or the phrase, can give what this one lacks. */
const isLocked = (code: ErrorCode): boolean =>
  ["document.otherKey", "document.wrongSecret", "document.badMaker"].includes(code);
/** Where the person may decide that what is here counts. */
const mayBePutOver = (code: ErrorCode): boolean =>
  isLocked(code) ||
  [
    "document.altered",
    "document.forked",
    "document.malformed",
    "document.missing",
    "document.old",
    "document.otherUser",
  ].includes(code);

export function Everywhere() {
  const model = useModel();
  const { personal } = model.state.value;
  const isSignedIn = personal !== undefined;
  useEffect(() => {
    if (!isSignedIn) return undefined;
    // The link led here, and does so once, whatever came of it.
    return () => {
      model.linkedLettingIn.value = "";
    };
  }, [model, isSignedIn]);
  if (personal === undefined) return null;
  const { carrying, isInMemory } = personal;
  return (
    <section class="card" aria-labelledby="everywhere-title">
      <h2 id="everywhere-title">{texts().settings.titles.everywhere}</h2>
      <div role="status">
        <CarryingWords carrying={carrying} />
        {isInMemory === true && carrying.status !== "carried" && <p>{texts().carrying.inMemory}</p>}
      </div>
      <FailureNotice actions={["letIn", "askIn", "makePhrase", "enterPhrase", "putOver"]} />
      {carrying.status === "keptHere" && <WaysIn code={carrying.code} />}
      {carrying.status === "carried" && <WhenCarried personal={personal} />}
    </section>
  );
}

function CarryingWords({ carrying }: { carrying: Carrying }) {
  switch (carrying.status) {
    case "carried":
      return <p>{texts().carrying.carried}</p>;
    case "pending":
      return <p>{texts().carrying.pending}</p>;
    case "keptHere":
      return (
        <Notice tone="warning" title={texts().carrying.keptHere}>
          <p>{sentenceFor(carrying.code)}</p>
          <HelpLink code={carrying.code} />
        </Notice>
      );
  }
}

function WhenCarried({ personal: { phrase } }: { personal: PersonalState }) {
  const [isLetting, setLetting] = useState(false);
  return (
    <>
      <button type="button" class="button quiet wide" onClick={() => setLetting(true)}>
        {texts().carrying.letIn}
      </button>
      <p class="hint">{texts().carrying.letInHint}</p>
      {isLetting && <LetIn onClose={() => setLetting(false)} />}
      <RecoveryPhrase phrase={phrase} />
    </>
  );
}

function WaysIn({ code }: { code: ErrorCode }) {
  const model = useModel();
  const linked = model.linkedLettingIn.value;
  const [open, setOpen] = useState<"code" | "phrase" | "over" | undefined>(
    linked === "" ? undefined : "code",
  );
  const busy = model.pending.value !== undefined;
  const close = (): void => {
    model.linkedLettingIn.value = "";
    setOpen(undefined);
  };
  return (
    <>
      {isLocked(code) && (
        <>
          <button type="button" class="button primary wide" disabled={busy} onClick={() => setOpen("code")}>
            {texts().carrying.askIn}
          </button>
          <button type="button" class="button quiet wide" disabled={busy} onClick={() => setOpen("phrase")}>
            {texts().carrying.enterPhrase}
          </button>
        </>
      )}
      {mayBePutOver(code) && (
        <button
          type="button"
          class="button danger-quiet wide"
          disabled={busy}
          onClick={() => setOpen("over")}
        >
          {texts().carrying.putOver}
        </button>
      )}
      {open === "code" && isLocked(code) && <AskIn code={linked} onClose={close} />}
      {open === "phrase" && (
        <CodeForm
          title={texts().carrying.enterPhrase}
          name="recovery-phrase"
          label={texts().carrying.phrase}
          hint={texts().carrying.phraseHint}
          problem={sentenceFor("document.badPhrase")}
          onEnter={(typed) => {
            close();
            void model.enterPhrase(typed).then((isDone) => {
              if (isDone) model.announcement.value = texts().carrying.areHere;
            });
          }}
          onClose={close}
        />
      )}
      {open === "over" && (
        <Question
          title={texts().carrying.putOverTitle}
          yes={texts().carrying.putOverYes}
          isDanger
          onYes={() => void model.putOver()}
          onClose={close}
        >
          <p>{texts().carrying.putOverText}</p>
        </Question>
      )}
    </>
  );
}
