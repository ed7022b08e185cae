import type { UserId } from "@signet/terminal";
import { nameFault } from "@signet/terminal";
import { nameFaultWords, sentence, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { CodeForm } from "../components/code-form.tsx";
import { FailureNotice } from "../components/failure-notice.tsx";
import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { rich } from "../lib/rich.ts";
import type { HerePending } from "../model/elsewhere.ts";
import { useModel } from "../model.ts";
import { DeviceAdded } from "./device-added.tsx";

/** This machine's device becomes one of somebody who is signed in at another one and shows a code there. */
export function AddHere() {
  const model = useModel();
  const [isOpen, setOpen] = useState(false);
  const [owner, setOwner] = useState<UserId>();
  const linked = model.enteredCode.value;
  const pending = model.pending.value;
  const close = (): void => {
    model.enteredCode.value = "";
    setOpen(false);
  };
  const enter = (code: string): void => {
    close();
    void model.addHere(code, setOwner);
  };
  return (
    <section class="card" aria-labelledby="add-here-title">
      <h2 id="add-here-title">{texts().devices.signedInElsewhere}</h2>
      <p class="muted">{texts().devices.signedInElsewhereText}</p>
      <FailureNotice actions={["addHere"]} />
      <button type="button" class="button quiet wide" onClick={() => setOpen(true)}>
        {texts().devices.addThis}
      </button>
      {(isOpen || linked !== "") && pending === undefined && (
        <CodeForm
          title={texts().devices.addThis}
          name="pairing-code"
          label={texts().devices.pairingCode}
          hint={texts().devices.pairingCodeHint}
          code={linked}
          problem={sentenceFor("pairing.badCode")}
          onEnter={enter}
          onClose={close}
        />
      )}
      {pending?.type === "addHere" && <Adding step={pending.step} onCancel={model.cancel} />}
      {owner !== undefined && <DeviceAdded userId={owner} onClose={() => setOwner(undefined)} />}
    </section>
  );
}

function Adding({ onCancel, step }: { step: HerePending; onCancel: () => void }) {
  if (step.type === "make" || step.type === "new")
    return <TouchDialog {...texts().devices.touchesHere[step.type]} onCancel={onCancel} />;
  if (step.type === "naming") return <NameIt {...step} onCancel={onCancel} />;
  return (
    <Modal labelledBy="adding-title" class="question" onEscape={onCancel}>
      <h2 id="adding-title" tabIndex={-1} autofocus>
        {step.type === "wait" ? texts().devices.sayYes : texts().devices.addThis}
      </h2>
      <p role="status">{step.type === "wait" ? texts().devices.sayYesText : texts().devices.looking}</p>
      <div class="row">
        <button type="button" class="button quiet" onClick={onCancel}>
          {texts().common.cancel}
        </button>
      </div>
    </Modal>
  );
}

/** Whoever sent the code could make one's own device theirs: so it is said whose it would be. */
function NameIt({
  name: onNamed,
  onCancel,
  owner,
}: Extract<HerePending, { readonly type: "naming" }> & { onCancel: () => void }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    const fault = nameFault(trimmed);
    if (fault === undefined) return onNamed(trimmed);
    setProblem(
      fault === "empty"
        ? texts().common.nameNeeded
        : sentence(texts().common.nameRefused(nameFaultWords(fault))),
    );
    return document.getElementById("field-device-name")?.focus();
  };
  return (
    <Modal labelledBy="name-it-title" describedBy="name-it-text" class="question" onEscape={onCancel}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="name-it-title" tabIndex={-1} autofocus>
          {texts().devices.addThisTo(owner.userId)}
        </h2>
        <p id="name-it-text">{rich(texts().devices.codeIsOf, <b>{owner.userId}</b>, owner.displayName)}</p>
        <TextField
          name="device-name"
          label={texts().devices.nameOfThis}
          hint={texts().devices.nameOfThisHint}
          value={name}
          onInput={setName}
          problem={problem}
          autocomplete="off"
          disabled={false}
        />
        <div class="row">
          <button type="submit" class="button primary">
            {texts().common.goOn}
          </button>
          <button type="button" class="button quiet" onClick={onCancel}>
            {texts().common.cancel}
          </button>
        </div>
      </form>
    </Modal>
  );
}
