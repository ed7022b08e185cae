import type { UserId } from "@signet/terminal";
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
      <h2 id="added-title">This device is one of {userId} now</h2>
      <p role="status">Sign in with it, and calls ring here, too.</p>
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
          Sign in
        </button>
        <button type="button" class="button quiet" onClick={onClose}>
          Later
        </button>
      </div>
    </Modal>
  );
}
