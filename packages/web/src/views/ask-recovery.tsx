/** For whoever lost all devices: this machine's becomes theirs when an administrator signs for it, to whom they read a code. */
import { PersonId, nameFault } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { nameFaultWords, sentence, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { Modal } from "../components/modal.tsx";
import { QrCode } from "../components/qr-code.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { useNow } from "../lib/hooks.ts";
import { whyNoUserId } from "../lib/user-ids.ts";
import type { RecoveryPending } from "../model/administration.ts";
import { useModel } from "../model.ts";
import { DeviceAdded } from "./device-added.tsx";

export function AskRecovery() {
  const model = useModel();
  const [isOpen, setOpen] = useState(false);
  const [recovered, setRecovered] = useState<UserId>();
  const pending = model.pending.value;
  const ask = (userId: UserId, name: string): void => {
    setOpen(false);
    void model.askRecovery(userId, name, () => setRecovered(userId));
  };
  return (
    <section class="card" aria-labelledby="ask-recovery-title">
      <h2 id="ask-recovery-title">{texts().administration.lostAll}</h2>
      <p class="muted">{texts().administration.lostAllText}</p>
      <FailureNotice actions={["askRecovery"]} />
      <button type="button" class="button quiet wide" onClick={() => setOpen(true)}>
        {texts().administration.ask}
      </button>
      {isOpen && pending === undefined && <WhoAsks onAsk={ask} onClose={() => setOpen(false)} />}
      {pending?.type === "askRecovery" && <Asking step={pending.step} onCancel={model.cancel} />}
      {recovered !== undefined && <DeviceAdded userId={recovered} onClose={() => setRecovered(undefined)} />}
    </section>
  );
}

interface WhoAsksProps {
  onAsk: (userId: UserId, name: string) => void;
  onClose: () => void;
}

type Field = "lost-user-id" | "new-device-name";

function WhoAsks({ onAsk, onClose }: WhoAsksProps) {
  const [typedId, setTypedId] = useState(useModel().rememberedIds.peek()[0] ?? "");
  const [typedName, setTypedName] = useState("");
  const [problem, setProblem] = useState<{ readonly field: Field; readonly text: string }>();
  const refuse = (field: Field, text: string): void => {
    setProblem({ field, text });
    document.getElementById(`field-${field}`)?.focus();
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const userId = PersonId.safeParse(typedId.trim().toLowerCase());
    if (!userId.success)
      return refuse(
        "lost-user-id",
        typedId.trim() === "" ? texts().administration.enterLost : whyNoUserId(typedId.trim()),
      );
    const name = typedName.trim();
    const fault = nameFault(name);
    if (fault === undefined) return onAsk(userId.data, name);
    return refuse(
      "new-device-name",
      fault === "empty"
        ? texts().common.nameNeeded
        : sentence(texts().common.nameRefused(nameFaultWords(fault))),
    );
  };
  const field = (name: Field) => ({
    name,
    problem: problem?.field === name ? problem.text : undefined,
    autocomplete: "off" as const,
    disabled: false,
  });
  return (
    <Modal labelledBy="who-asks-title" class="question" onEscape={onClose}>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <h2 id="who-asks-title" tabIndex={-1} autofocus>
          {texts().administration.ask}
        </h2>
        <p>{texts().administration.askText}</p>
        <TextField
          {...field("lost-user-id")}
          label={texts().administration.lostUserId}
          hint={undefined}
          value={typedId}
          onInput={setTypedId}
        />
        <TextField
          {...field("new-device-name")}
          label={texts().administration.newDevice}
          hint={texts().administration.newDeviceHint}
          value={typedName}
          onInput={setTypedName}
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

function Asking({ onCancel, step }: { step: RecoveryPending; onCancel: () => void }) {
  if (step.type === "make" || step.type === "sign")
    return <TouchDialog {...texts().administration.touches[step.type]} onCancel={onCancel} />;
  return (
    <Modal labelledBy="asking-title" class="question elsewhere" onEscape={onCancel}>
      <h2 id="asking-title" tabIndex={-1} autofocus>
        {step.type === "code" ? texts().administration.readCode : texts().administration.ask}
      </h2>
      {step.type === "code" ? <ShownCode {...step} /> : <p role="status">{texts().common.askingServer}</p>}
      <div class="row">
        <button type="button" class="button quiet" onClick={onCancel}>
          {texts().common.cancel}
        </button>
      </div>
    </Modal>
  );
}

function ShownCode({ code, expiresAtMs, url }: Extract<RecoveryPending, { readonly type: "code" }>) {
  const nowMs = useNow(1_000);
  return (
    <>
      <p class="pairing-code">
        <code>{code}</code>
      </p>
      <p>{texts().administration.readText}</p>
      <QrCode text={url} label={texts().administration.qrLabel} />
      <p class="hint" role="status">
        {texts().administration.waiting}
      </p>
      <p class="hint">{texts().administration.codeCounts(spokenDuration(expiresAtMs - nowMs))}</p>
    </>
  );
}
