import type { AddingTouch } from "@signet/terminal";
import { nameFault } from "@signet/terminal";
import { nameFaultWords, sentence } from "@signet/words";
import { useEffect, useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { useModel } from "../model.ts";

const touchTexts: Readonly<Record<AddingTouch, { readonly title: string; readonly text: string }>> = {
  make: {
    title: "Touch 1 of 3: the new device",
    text: "It makes its key. Plug it in, or choose in the browser's window where the passkey is to be.",
  },
  new: {
    title: "Touch 2 of 3: the new device again",
    text: "It signs that it is yours.",
  },
  old: {
    title: "Touch 3 of 3: the device that you have",
    text: "The one that you signed in with signs for the new one. Then it counts.",
  },
};

/** A second device on this machine: its name, and three touches. Where something fails, the list says it. */
export function AddDevice({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const [begun, setBegun] = useState(false);
  const pending = model.pending.value;
  useEffect(() => {
    // Done, failed or given up.
    if (begun && pending?.type !== "addDevice") onClose();
  }, [begun, pending?.type]);
  if (pending?.type === "addDevice")
    return <TouchDialog {...touchTexts[pending.touch]} onCancel={model.cancel} />;
  if (begun) return null;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    const fault = nameFault(trimmed);
    if (fault === undefined) {
      void model.addDevice(trimmed).then((isDone) => {
        if (isDone) model.announcement.value = `${trimmed} is one of your devices now.`;
      });
      return setBegun(true);
    }
    setProblem(
      fault === "empty"
        ? "Give it a name: you tell your devices apart by it."
        : sentence(`this name cannot be taken: ${nameFaultWords(fault)}`),
    );
    document.getElementById("field-device-name")?.focus();
    return undefined;
  };
  return (
    <Modal labelledBy="add-device-title" class="question" onEscape={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="add-device-title" tabIndex={-1} autofocus>
          Add a device
        </h2>
        <p>
          With it you sign in, call and answer as with the one that you have. Both have to be here: the new
          one, and the one that you signed in with.
        </p>
        <TextField
          name="device-name"
          label="Name of the new device"
          hint="For example: Spare key, Telephone. People you call can find it out."
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
          <button type="button" class="button quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  );
}
