/** A guest is invited: a link and a code, each of which goes another way; then the device here vouches for them. */
import { SignetError } from "@signet/terminal";
import type { ErrorCode, GuestStep } from "@signet/terminal";
import { calledName, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { HelpLink, HowToLink } from "../components/help-link.tsx";
import { Modal } from "../components/modal.tsx";
import { Notice } from "../components/notice.tsx";
import { TouchPrompt } from "../components/touch-prompt.tsx";
import { useModel } from "../model.ts";

type Step = GuestStep | { readonly type: "opening" | "coming" } | Asked;
interface Asked {
  readonly type: "asked";
  readonly name: string;
  readonly answer: (isWanted: boolean) => void;
}

export function InviteGuest({ onClose }: { onClose: () => void }) {
  const { terminal } = useModel();
  const [step, setStep] = useState<Step>({ type: "opening" });
  const [failed, setFailed] = useState<ErrorCode>();
  const giveUp = useRef(new AbortController());
  useEffect(() => {
    const { signal } = giveUp.current;
    const approve = ({ name }: { readonly name: string }): Promise<boolean> =>
      new Promise((answer) => setStep({ type: "asked", name, answer }));
    terminal.guests.invite({ signal, approve, onStep: setStep }).then(onClose, (error: unknown) => {
      const code = error instanceof SignetError ? error.code : "terminal.failed";
      if (signal.aborted || code === "pairing.refused") onClose();
      else setFailed(code);
    });
    return () => giveUp.current.abort();
  }, [terminal]);
  return (
    <Modal labelledBy="invite-guest-title" class="question invite-guest" onEscape={onClose}>
      <h2 id="invite-guest-title" tabIndex={-1} autofocus>
        {step.type === "asked"
          ? texts().guests.askTitle(calledName({ guest: { name: step.name } }))
          : texts().guests.invite}
      </h2>
      {failed === undefined ? <Now step={step} onCancel={onClose} /> : <Failed code={failed} />}
      {step.type !== "asked" && step.type !== "touch" && (
        <div class="row">
          <button type="button" class="button quiet" onClick={onClose}>
            {texts().common.cancel}
          </button>
        </div>
      )}
    </Modal>
  );
}

function Failed({ code }: { code: ErrorCode }) {
  return (
    <Notice tone="warning" alert>
      <p>{sentenceFor(code)}</p>
      <HelpLink code={code} />
    </Notice>
  );
}

function Now({ step, onCancel }: { step: Step; onCancel: () => void }) {
  const text = texts().guests;
  switch (step.type) {
    case "opening":
      return <p role="status">{text.making}</p>;
    case "code":
      return (
        <>
          <p>{text.inviteText}</p>
          <HowToLink topic="guests" />
          <p>{text.sendLink}</p>
          <p class="guest-link">
            <a href={step.url} target="_blank" rel="noreferrer">
              {step.url}
            </a>
          </p>
          <p>{text.tellCode}</p>
          <p class="pairing-code">
            <code>{step.code}</code>
          </p>
        </>
      );
    case "entered":
      return <p role="status">{text.entered}</p>;
    case "named":
    case "coming":
      return <p role="status">{text.coming}</p>;
    case "touch":
      return <TouchPrompt title={texts().common.touch} text={text.touch} onCancel={onCancel} />;
    case "asked":
      return (
        <>
          <p>{text.askText}</p>
          <div class="row">
            <button type="button" class="button quiet" autofocus onClick={() => step.answer(false)}>
              {text.doNot}
            </button>
            <button type="button" class="button primary" onClick={() => step.answer(true)}>
              {text.vouch}
            </button>
          </div>
        </>
      );
  }
}
