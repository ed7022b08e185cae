/** For whoever lost all devices: this machine's becomes theirs when an administrator signs for it, to whom they read a code. */
import { UserId, nameFault } from "@signet/terminal";
import { nameFaultWords, sentence } from "@signet/words";
import { useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { Modal } from "../components/modal.tsx";
import { QrCode } from "../components/qr-code.tsx";
import { TextField } from "../components/text-field.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { spokenDuration } from "../lib/duration.ts";
import { useNow } from "../lib/hooks.ts";
import { whyNoUserId } from "../lib/user-ids.ts";
import type { RecoveryPending } from "../model/administration.ts";
import { useModel } from "../model.ts";
import { DeviceAdded } from "./device-added.tsx";

const touchTexts = {
  make: {
    title: "Touch 1 of 2: the new device",
    text: "It makes its key. Plug it in, or choose in the browser's window where the passkey is to be.",
  },
  sign: { title: "Touch 2 of 2: the new device again", text: "An administrator signed. It signs, too." },
} as const;

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
      <h2 id="ask-recovery-title">Lost all your devices?</h2>
      <p class="muted">
        An administrator of this server can give you your user ID back, with the device that you have here.
      </p>
      <FailureNotice actions={["askRecovery"]} />
      <button type="button" class="button quiet wide" onClick={() => setOpen(true)}>
        Ask an administrator
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
    const userId = UserId.safeParse(typedId.trim().toLowerCase());
    if (!userId.success)
      return refuse(
        "lost-user-id",
        typedId.trim() === "" ? "Enter the user ID that you want back." : whyNoUserId(typedId.trim()),
      );
    const name = typedName.trim();
    const fault = nameFault(name);
    if (fault === undefined) return onAsk(userId.data, name);
    return refuse(
      "new-device-name",
      fault === "empty"
        ? "Give it a name: you tell your devices apart by it."
        : sentence(`this name cannot be taken: ${nameFaultWords(fault)}`),
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
          Ask an administrator
        </h2>
        <p>
          You get a code, and read it to an administrator, over the telephone or face to face. Your former
          devices count no more then, and who knows you is asked whether they believe it.
        </p>
        <TextField
          {...field("lost-user-id")}
          label="Your user ID"
          hint={undefined}
          value={typedId}
          onInput={setTypedId}
        />
        <TextField
          {...field("new-device-name")}
          label="Name of the new device"
          hint="For example: Blue key, Telephone. People you call can find it out."
          value={typedName}
          onInput={setTypedName}
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

function Asking({ onCancel, step }: { step: RecoveryPending; onCancel: () => void }) {
  if (step.type === "make" || step.type === "sign")
    return <TouchDialog {...touchTexts[step.type]} onCancel={onCancel} />;
  return (
    <Modal labelledBy="asking-title" class="question elsewhere" onEscape={onCancel}>
      <h2 id="asking-title" tabIndex={-1} autofocus>
        {step.type === "code" ? "Read this code to an administrator" : "Ask an administrator"}
      </h2>
      {step.type === "code" ? <ShownCode {...step} /> : <p role="status">Asking the server ...</p>}
      <div class="row">
        <button type="button" class="button quiet" onClick={onCancel}>
          Cancel
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
      <p>
        Over the telephone or face to face: whoever hears it has to know that it is you. Who stands beside you
        can scan it, where they are signed in.
      </p>
      <QrCode text={url} label="QR code for the camera of an administrator. It holds the code above." />
      <p class="hint" role="status">
        Waiting for the administrator.
      </p>
      <p class="hint">Counts for {spokenDuration(expiresAtMs - nowMs)} more. Keep this page open.</p>
    </>
  );
}
