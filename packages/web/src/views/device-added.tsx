import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useEffect, useRef } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { useModel } from "../model.ts";

/** This machine's device is the person's now: by one of their own, or by an administrator. */
export function DeviceAdded({ onClose, userId }: { userId: UserId; onClose: () => void }) {
  const model = useModel();
  const signIn = useRef<HTMLButtonElement>(null);
  useEffect(() => signIn.current?.focus(), []);
  return (
    <Modal labelledBy="added-title" class="question" onEscape={onClose}>
      <h2 id="added-title">{texts().devices.addedTo(userId)}</h2>
      <p role="status">{texts().devices.addedText}</p>
      <div class="row">
        <button
          type="button"
          ref={signIn}
          class="button primary"
          onClick={() => {
            onClose();
            void model.signIn(userId);
          }}
        >
          {texts().devices.signIn}
        </button>
        <button type="button" class="button quiet" onClick={onClose}>
          {texts().devices.later}
        </button>
      </div>
    </Modal>
  );
}
