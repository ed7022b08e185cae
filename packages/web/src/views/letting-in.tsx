/** What belongs to the person goes from a terminal that can open it to one that cannot: a code here, entered there, and a yes. */
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { CodeForm } from "../components/code-form.tsx";
import { Modal } from "../components/modal.tsx";
import { ShownCode } from "../components/shown-code.tsx";
import { deviceName } from "../lib/devices.ts";
import { rich } from "../lib/rich.ts";
import type { LettingIn } from "../model/carrying.ts";
import { useModel } from "../model.ts";

/** At the terminal that has it. Where something fails, the section says it. */
export function LetIn({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const [begun, setBegun] = useState(false);
  const pending = model.pending.value;
  useEffect(() => {
    setBegun(true);
    void model.letIn(() => {
      model.announcement.value = texts().carrying.isIn;
    });
  }, [model]);
  useEffect(() => {
    // Done, failed or given up.
    if (begun && pending?.type !== "letIn") onClose();
  }, [begun, pending?.type]);
  if (pending?.type !== "letIn") return null;
  const { step } = pending;
  // Another dialog, which takes the focus anew.
  if (step.type === "asked") return <Asked key="asked" {...step} />;
  return (
    <Modal key="code" labelledBy="let-in-title" class="question elsewhere" onEscape={model.cancel}>
      <h2 id="let-in-title" tabIndex={-1} autofocus>
        {texts().carrying.letIn}
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

function Waiting({ step }: { step: Exclude<LettingIn, { readonly type: "asked" }> }) {
  switch (step.type) {
    case "opening":
      return <p role="status">{texts().devices.makingCode}</p>;
    case "giving":
      return <p role="status">{texts().carrying.giving}</p>;
    case "code":
      return (
        <>
          <p>{rich(texts().carrying.scan, <b>{new URL(step.url).host}</b>, texts().carrying.askIn)}</p>
          <ShownCode {...step} label={texts().carrying.qrLabel} />
        </>
      );
  }
}

/** Whoever entered the code first may be somebody else, with a device of the person's in their hand. */
function Asked({ answer, device }: Extract<LettingIn, { readonly type: "asked" }>) {
  return (
    <Modal labelledBy="asked-title" describedBy="asked-text" class="question" onEscape={() => answer(false)}>
      <h2 id="asked-title">{texts().carrying.askedTitle}</h2>
      <dl class="facts">
        <dt>{texts().carrying.signedInWith}</dt>
        <dd>
          <bdi>{deviceName(device)}</bdi>
        </dd>
        <dt>{texts().devices.id}</dt>
        <dd>
          <code>{device.deviceId.slice(0, 8)}</code>
        </dd>
      </dl>
      <p id="asked-text">{texts().carrying.askedText}</p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={() => answer(false)}>
          {texts().carrying.keepOut}
        </button>
        <button type="button" class="button primary" onClick={() => answer(true)}>
          {texts().carrying.letItIn}
        </button>
      </div>
    </Modal>
  );
}

/** At the terminal that asks. @param code from the link that was opened; empty where it is to be typed */
export function AskIn({ code, onClose }: { code: string; onClose: () => void }) {
  const model = useModel();
  const [entered, setEntered] = useState(false);
  const pending = model.pending.value;
  useEffect(() => {
    if (entered && pending?.type !== "askIn") onClose();
  }, [entered, pending?.type]);
  if (!entered)
    return (
      <CodeForm
        title={texts().carrying.askIn}
        name="letting-in-code"
        label={texts().devices.pairingCode}
        hint={texts().carrying.codeHint(texts().carrying.letIn)}
        code={code}
        problem={sentenceFor("pairing.badCode")}
        onEnter={(typed) => {
          setEntered(true);
          void model.askIn(typed).then((isDone) => {
            if (isDone) model.announcement.value = texts().carrying.areHere;
          });
        }}
        onClose={onClose}
      />
    );
  if (pending?.type !== "askIn") return null;
  return (
    <Modal labelledBy="asking-title" class="question" onEscape={model.cancel}>
      <h2 id="asking-title" tabIndex={-1} autofocus>
        {pending.step === "wait" ? texts().devices.sayYes : texts().carrying.askIn}
      </h2>
      <p role="status">{pending.step === "wait" ? texts().carrying.sayYesText : texts().devices.looking}</p>
      <div class="row">
        <button type="button" class="button quiet" onClick={model.cancel}>
          {texts().common.cancel}
        </button>
      </div>
    </Modal>
  );
}
