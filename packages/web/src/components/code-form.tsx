import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { Modal } from "./modal.tsx";
import { TextField } from "./text-field.tsx";

interface CodeFormProps {
  title: string;
  /** Of the field, in the page. */
  name: string;
  label: string;
  hint: string;
  /** What stands there already, as from a link that was opened. */
  code?: string;
  /** What is said where nothing was entered. */
  problem: string;
  onEnter: (code: string) => void;
  onClose: () => void;
}

/** What was shown at another terminal, or written down, is entered here. */
export function CodeForm({
  code: first = "",
  hint,
  label,
  name,
  onClose,
  onEnter,
  problem: ifEmpty,
  title,
}: CodeFormProps) {
  const [code, setCode] = useState(first);
  const [problem, setProblem] = useState<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (code.trim() !== "") return onEnter(code);
    setProblem(ifEmpty);
    return document.getElementById(`field-${name}`)?.focus();
  };
  return (
    <Modal labelledBy="enter-code-title" class="question" onEscape={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="enter-code-title" tabIndex={-1} autofocus>
          {title}
        </h2>
        <TextField
          name={name}
          label={label}
          hint={hint}
          value={code}
          onInput={setCode}
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
