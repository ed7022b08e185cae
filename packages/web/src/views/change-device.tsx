/** What is asked before a touch changes one of the own devices. */
import type { OwnDevice, RevocationReason } from "@signet/terminal";
import { nameFault } from "@signet/terminal";
import { nameFaultWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { deviceName } from "../lib/devices.ts";
import { useModel } from "../model.ts";

interface ChangeProps {
  device: OwnDevice;
  onClose: () => void;
}

export function NameDevice({ device, onClose }: ChangeProps) {
  const model = useModel();
  const rename = (name: string): void => {
    void model.nameDevice(device.deviceId, name).then((isDone) => {
      if (isDone) model.announcement.value = texts().devices.isCalled(name);
    });
  };
  const hint = texts().devices.canBeFound;
  return (
    <Rename
      title={texts().devices.renameOne(deviceName(device))}
      {...{ hint, name: device.name, onClose, rename }}
    />
  );
}

/** The name that others see. */
export function RenamePerson({ name, onClose }: { name: string; onClose: () => void }) {
  const model = useModel();
  const rename = (text: string): void => {
    void model.rename(text).then((isDone) => {
      if (isDone) model.announcement.value = texts().devices.yourNameIs(text);
    });
  };
  const hint = texts().devices.yourNameHint;
  return <Rename title={texts().devices.renameYourself} {...{ hint, name, onClose, rename }} />;
}

interface RenameProps {
  title: string;
  hint: string;
  /** As it is. */
  name: string;
  rename: (name: string) => void;
  onClose: () => void;
}

function Rename({ hint, name: former, onClose, rename, title }: RenameProps) {
  const [name, setName] = useState(former);
  const [problem, setProblem] = useState<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    const fault = nameFault(trimmed);
    if (fault === undefined) {
      onClose();
      return rename(trimmed);
    }
    setProblem(sentence(texts().common.nameRefused(nameFaultWords(fault))));
    return document.getElementById("field-new-name")?.focus();
  };
  return (
    <Modal labelledBy="rename-title" class="question" onEscape={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="rename-title" tabIndex={-1} autofocus>
          {title}
        </h2>
        <TextField
          name="new-name"
          label={texts().devices.newName}
          hint={hint}
          value={name}
          onInput={setName}
          problem={problem}
          autocomplete="off"
          disabled={false}
        />
        <div class="row">
          <button type="submit" class="button primary">
            {texts().devices.rename}
          </button>
          <button type="button" class="button quiet" onClick={onClose}>
            {texts().common.cancel}
          </button>
        </div>
      </form>
    </Modal>
  );
}

export function RevokeDevice({ device, onClose }: ChangeProps) {
  const model = useModel();
  const name = deviceName(device);
  const revoke = (why: RevocationReason): void => {
    onClose();
    void model.revokeDevice(device.deviceId, why).then((isDone) => {
      if (isDone) model.announcement.value = texts().devices.isRevoked(name);
    });
  };
  const text = device.isThisOne ? texts().devices.revokeThis : texts().devices.revokeOther;
  return <RevocationQuestion {...{ name, text, words: texts().devices.revokeWhy, onClose, revoke }} />;
}

interface RevocationQuestionProps {
  name: string;
  text: string;
  words: Readonly<Record<RevocationReason, string>>;
  revoke: (why: RevocationReason) => void;
  onClose: () => void;
}

export function RevocationQuestion({ name, onClose, revoke, text, words }: RevocationQuestionProps) {
  const [why, setWhy] = useState<RevocationReason>("lost");
  return (
    <Modal labelledBy="revoke-title" describedBy="revoke-text" class="question" onEscape={onClose}>
      <h2 id="revoke-title">{texts().devices.revokeTitle(name)}</h2>
      <p id="revoke-text">{text}</p>
      <div class="field">
        <label htmlFor="revoke-why">{texts().devices.why}</label>
        <select
          id="revoke-why"
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value as RevocationReason)}
        >
          {Object.entries(words).map(([reason, said]) => (
            <option key={reason} value={reason}>
              {said}
            </option>
          ))}
        </select>
      </div>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {texts().devices.keep}
        </button>
        <button type="button" class="button danger" onClick={() => revoke(why)}>
          {texts().devices.revoke}
        </button>
      </div>
    </Modal>
  );
}
