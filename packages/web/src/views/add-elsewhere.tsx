import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { ShownCode } from "../components/shown-code.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { rich } from "../lib/rich.ts";
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
      model.announcement.value = texts().devices.elsewhereIsYours;
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
        title={texts().devices.touchOld}
        text={texts().devices.touchOldText}
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
        {texts().devices.elsewhereTitle}
      </h2>
      <Waiting step={step} />
      <div class="row">
        <button type="button" class="button quiet" onClick={model.cancel}>
          {texts().common.cancel}
        </button>
      </div>
    </Modal>
  );
}

function Waiting({ step }: { step: Exclude<ElsewherePending, { readonly type: "offered" | "touch" }> }) {
  switch (step.type) {
    case "opening":
      return <p role="status">{texts().devices.makingCode}</p>;
    case "code":
      return (
        <>
          <p>{rich(texts().devices.scan, <b>{new URL(step.url).host}</b>, texts().devices.addThis)}</p>
          <ShownCode {...step} label={texts().devices.qrLabel} />
        </>
      );
    case "entered":
      return <p role="status">{texts().devices.codeEntered}</p>;
    case "named":
      return <p role="status">{texts().devices.makesKey(step.name)}</p>;
  }
}

/** Before the touch: whoever entered the code first may be somebody else. */
function Offered({ answer, device }: { device: OfferedDevice; answer: (isWanted: boolean) => void }) {
  return (
    <>
      <h2 id="offered-title">{texts().devices.addOffered(device.name)}</h2>
      <dl class="facts">
        <dt>{texts().devices.kind}</dt>
        <dd>{texts().devices.kinds[device.kind]}</dd>
        <dt>{texts().devices.id}</dt>
        <dd>
          <code>{device.deviceId.slice(0, 8)}</code>
        </dd>
      </dl>
      <p>{texts().devices.offeredText}</p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={() => answer(false)}>
          {texts().devices.doNotAdd}
        </button>
        <button type="button" class="button primary" onClick={() => answer(true)}>
          {texts().devices.addIt}
        </button>
      </div>
    </>
  );
}
