/** What an administrator says before they sign that a new device is somebody's. */
import { PersonId } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { whyNoUserId } from "../lib/user-ids.ts";
import { useModel } from "../model.ts";

export interface RecoveryStart {
  readonly userId?: UserId;
  readonly code?: string;
}

interface RecoverPersonProps {
  /** As far as it is known; from a link, too. */
  start: RecoveryStart;
  onClose: () => void;
  onDone: () => void;
}

const digits = 20;

export function RecoverPerson({ onClose, onDone, start }: RecoverPersonProps) {
  const model = useModel();
  const [typedId, setTypedId] = useState<string>(start.userId ?? "");
  const [code, setCode] = useState(start.code ?? "");
  const [isHeard, setHeard] = useState(false);
  const [problem, setProblem] = useState<{ readonly field: string; readonly text: string }>();
  const refuse = (field: string, text: string): void => {
    setProblem({ field, text });
    document.getElementById(`field-${field}`)?.focus();
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const userId = PersonId.safeParse(typedId.trim().toLowerCase());
    if (!userId.success)
      return refuse(
        "recovered-user-id",
        typedId.trim() === "" ? texts().administration.enterWhose : whyNoUserId(typedId.trim()),
      );
    if (code.replaceAll(/\D/g, "").length !== digits)
      return refuse("recovery-code", texts().administration.twentyDigits);
    if (!isHeard) return refuse("recovery-heard", texts().administration.onlyThemselves);
    onClose();
    void model.recoverPerson(userId.data, code).then((isDone) => {
      if (!isDone) return;
      model.announcement.value = texts().administration.signed(userId.data);
      onDone();
    });
  };
  const problemOf = (field: string) => (problem?.field === field ? problem.text : undefined);
  const who = typedId.trim() === "" ? texts().administration.thisPerson : typedId.trim().toLowerCase();
  return (
    <Modal labelledBy="recover-title" class="question elsewhere" onEscape={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="recover-title" tabIndex={-1} autofocus>
          {texts().administration.recoverSomebody}
        </h2>
        <p>{texts().administration.recoverText}</p>
        <TextField
          name="recovered-user-id"
          label={texts().common.userId}
          hint={undefined}
          value={typedId}
          onInput={setTypedId}
          problem={problemOf("recovered-user-id")}
          autocomplete="off"
          disabled={false}
        />
        <TextField
          name="recovery-code"
          label={texts().administration.recoveryCode}
          hint={texts().administration.recoveryCodeHint}
          value={code}
          onInput={setCode}
          problem={problemOf("recovery-code")}
          autocomplete="off"
          disabled={false}
        />
        <div class="field">
          <label class="check">
            <input
              id="field-recovery-heard"
              type="checkbox"
              checked={isHeard}
              aria-describedby={problemOf("recovery-heard") === undefined ? undefined : "recovery-heard-note"}
              onChange={(event) => setHeard(event.currentTarget.checked)}
            />
            <span>{texts().administration.heard(who)}</span>
          </label>
          {problemOf("recovery-heard") !== undefined && (
            <p id="recovery-heard-note" class="hint problem" role="alert">
              {problemOf("recovery-heard")}
            </p>
          )}
        </div>
        <div class="row">
          <button type="submit" class="button danger">
            {texts().administration.recover}
          </button>
          <button type="button" class="button quiet" onClick={onClose}>
            {texts().common.cancel}
          </button>
        </div>
      </form>
    </Modal>
  );
}
