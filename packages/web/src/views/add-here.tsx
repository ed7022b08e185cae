import type { UserId } from "@signet/terminal";
import { nameFault } from "@signet/terminal";
import { nameFaultWords, sentence, sentenceFor } from "@signet/words";
import { useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import type { HerePending } from "../model/elsewhere.ts";
import { useModel } from "../model.ts";
import { DeviceAdded } from "./device-added.tsx";

const touchTexts = {
  make: {
    title: "Touch 1 of 2: the new device",
    text: "It makes its key. Plug it in, or choose in the browser's window where the passkey is to be.",
  },
  new: { title: "Touch 2 of 2: the new device again", text: "It signs whose it is going to be." },
} as const;

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
      <h2 id="add-here-title">Signed in elsewhere?</h2>
      <p class="muted">
        A terminal where you are signed in shows a code for a device at another machine: “Your devices” there.
      </p>
      <FailureNotice actions={["addHere"]} />
      <button type="button" class="button quiet wide" onClick={() => setOpen(true)}>
        Add this device to my ID
      </button>
      {(isOpen || linked !== "") && pending === undefined && (
        <EnterCode code={linked} onEnter={enter} onClose={close} />
      )}
      {pending?.type === "addHere" && <Adding step={pending.step} onCancel={model.cancel} />}
      {owner !== undefined && <DeviceAdded userId={owner} onClose={() => setOwner(undefined)} />}
    </section>
  );
}

interface EnterCodeProps {
  /** From the link that was opened. */
  code: string;
  onEnter: (code: string) => void;
  onClose: () => void;
}

function EnterCode({ code: linked, onClose, onEnter }: EnterCodeProps) {
  const [code, setCode] = useState(linked);
  const [problem, setProblem] = useState<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (code.trim() !== "") return onEnter(code);
    setProblem(sentenceFor("pairing.badCode"));
    return document.getElementById("field-pairing-code")?.focus();
  };
  return (
    <Modal labelledBy="enter-code-title" class="question" onEscape={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="enter-code-title" tabIndex={-1} autofocus>
          Add this device to my ID
        </h2>
        <TextField
          name="pairing-code"
          label="Code"
          hint="Twenty letters and digits, as the other terminal shows them."
          value={code}
          onInput={setCode}
          problem={problem}
          autocomplete="off"
          disabled={false}
        />
        <div class="row">
          <button type="submit" class="button primary">
            Go on
          </button>
          <button type="button" class="button quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  );
}

function Adding({ onCancel, step }: { step: HerePending; onCancel: () => void }) {
  if (step.type === "make" || step.type === "new")
    return <TouchDialog {...touchTexts[step.type]} onCancel={onCancel} />;
  if (step.type === "naming") return <NameIt {...step} onCancel={onCancel} />;
  return (
    <Modal labelledBy="adding-title" class="question" onEscape={onCancel}>
      <h2 id="adding-title" tabIndex={-1} autofocus>
        {step.type === "wait" ? "Now say yes at the other machine" : "Add this device to my ID"}
      </h2>
      <p role="status">
        {step.type === "wait"
          ? "This device signed. The terminal where you are signed in shows it, and asks whether you want it."
          : "Looking for the terminal that shows this code ..."}
      </p>
      <div class="row">
        <button type="button" class="button quiet" onClick={onCancel}>
          Cancel
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
        ? "Give it a name: you tell your devices apart by it."
        : sentence(`this name cannot be taken: ${nameFaultWords(fault)}`),
    );
    return document.getElementById("field-device-name")?.focus();
  };
  return (
    <Modal labelledBy="name-it-title" describedBy="name-it-text" class="question" onEscape={onCancel}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="name-it-title" tabIndex={-1} autofocus>
          Add this device to {owner.userId}?
        </h2>
        <p id="name-it-text">
          The code is of <b>{owner.userId}</b> ({owner.displayName}). Go on only if that is you: the device
          signs for them from then on.
        </p>
        <TextField
          name="device-name"
          label="Name of this device"
          hint="For example: Laptop, Telephone. People you call can find it out."
          value={name}
          onInput={setName}
          problem={problem}
          autocomplete="off"
          disabled={false}
        />
        <div class="row">
          <button type="submit" class="button primary">
            Go on
          </button>
          <button type="button" class="button quiet" onClick={onCancel}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  );
}
