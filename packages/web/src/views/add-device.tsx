import { nameFault } from "@signet/terminal";
import { nameFaultWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { useModel } from "../model.ts";

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
    return <TouchDialog {...texts().devices.touches[pending.touch]} onCancel={model.cancel} />;
  if (begun) return null;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    const fault = nameFault(trimmed);
    if (fault === undefined) {
      void model.addDevice(trimmed).then((isDone) => {
        if (isDone) model.announcement.value = texts().devices.isYours(trimmed);
      });
      return setBegun(true);
    }
    setProblem(
      fault === "empty"
        ? texts().common.nameNeeded
        : sentence(texts().common.nameRefused(nameFaultWords(fault))),
    );
    document.getElementById("field-device-name")?.focus();
    return undefined;
  };
  return (
    <Modal labelledBy="add-device-title" class="question" onEscape={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="add-device-title" tabIndex={-1} autofocus>
          {texts().devices.add}
        </h2>
        <p>{texts().devices.addText}</p>
        <TextField
          name="device-name"
          label={texts().devices.nameOfNew}
          hint={texts().devices.nameOfNewHint}
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
          <button type="button" class="button quiet" onClick={onClose}>
            {texts().common.cancel}
          </button>
        </div>
      </form>
    </Modal>
  );
}
