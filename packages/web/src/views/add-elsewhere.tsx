import { useEffect, useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { QrCode } from "../components/qr-code.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { spokenDuration } from "../lib/duration.ts";
import { useNow } from "../lib/hooks.ts";
import { deviceKindWords } from "../lib/words.ts";
import type { ElsewherePending, OfferedDevice } from "../model/elsewhere.ts";
import { useModel } from "../model.ts";

/** A device at another machine, as this one shows the code for it. Where something fails, the list says it. */
export function AddElsewhere({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const [begun, setBegun] = useState(false);
  const pending = model.pending.value;
  useEffect(() => {
    setBegun(true);
    void model.addElsewhere(() => {
      model.announcement.value = "The device at the other machine is one of yours now.";
    });
  }, [model]);
  useEffect(() => {
    // Done, failed or given up.
    if (begun && pending?.type !== "addElsewhere") onClose();
  }, [begun, pending?.type]);
  if (pending?.type !== "addElsewhere") return null;
  const { step } = pending;
  if (step.type === "touch")
    return (
      <TouchDialog
        title="Touch the device that you have"
        text="The one that you signed in with signs for the new one. Then it counts."
        onCancel={model.cancel}
      />
    );
  // Another dialog, which takes the focus anew.
  if (step.type === "offered")
    return (
      <Modal key="offered" labelledBy="offered-title" class="question" onEscape={() => step.answer(false)}>
        <Offered device={step.device} answer={step.answer} />
      </Modal>
    );
  return (
    <Modal key="waiting" labelledBy="elsewhere-title" class="question elsewhere" onEscape={model.cancel}>
      <h2 id="elsewhere-title" tabIndex={-1} autofocus>
        Add a device at another machine
      </h2>
      <Waiting step={step} />
      <div class="row">
        <button type="button" class="button quiet" onClick={model.cancel}>
          Cancel
        </button>
      </div>
    </Modal>
  );
}

function Waiting({ step }: { step: Exclude<ElsewherePending, { readonly type: "offered" | "touch" }> }) {
  switch (step.type) {
    case "opening":
      return <p role="status">Making a code ...</p>;
    case "code":
      return <ShownCode {...step} />;
    case "entered":
      return <p role="status">The code was entered. At the other machine the device gets a name now.</p>;
    case "named":
      return <p role="status">“{step.name}” makes its key now: touch it at the other machine.</p>;
  }
}

function ShownCode({ code, expiresAtMs, url }: Extract<ElsewherePending, { readonly type: "code" }>) {
  const nowMs = useNow(1_000);
  return (
    <>
      <p>
        At the other machine scan this, or open <b>{new URL(url).host}</b>, choose “Add this device to my ID”
        and enter the code. Show it to nobody else.
      </p>
      <QrCode text={url} label="QR code for the camera of the other machine. It holds the code below." />
      <p class="pairing-code">
        <code>{code}</code>
      </p>
      <p class="hint">Counts for {spokenDuration(expiresAtMs - nowMs)} more, and once.</p>
    </>
  );
}

/** Before the touch: whoever entered the code first may be somebody else. */
function Offered({ answer, device }: { device: OfferedDevice; answer: (isWanted: boolean) => void }) {
  return (
    <>
      <h2 id="offered-title">Add “{device.name}”?</h2>
      <dl class="facts">
        <dt>Kind</dt>
        <dd>{deviceKindWords[device.kind]}</dd>
        <dt>ID</dt>
        <dd>
          <code>{device.deviceId.slice(0, 8)}</code>
        </dd>
      </dl>
      <p>
        It made its key at the other machine just now. If that was not you, do not add it: somebody else
        entered the code.
      </p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={() => answer(false)}>
          Do not add it
        </button>
        <button type="button" class="button primary" onClick={() => answer(true)}>
          Add it
        </button>
      </div>
    </>
  );
}
