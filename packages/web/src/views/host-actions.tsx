/** What the host can do about somebody: put them out, or make them the host. Each is asked about first. */
import type { Participant } from "@signet/terminal";
import { useState } from "preact/hooks";

import { MoreIcon } from "../components/icons.tsx";
import { Modal } from "../components/modal.tsx";
import { useModel } from "../model.ts";

export function HostActions({ person }: { person: Participant }) {
  const [isOpen, setOpen] = useState(false);
  const { displayName } = person;
  return (
    <>
      <button
        type="button"
        class="icon-button host-actions"
        aria-haspopup="dialog"
        aria-label={`More about ${displayName}`}
        title={`More about ${displayName}`}
        onClick={() => setOpen(true)}
      >
        <MoreIcon />
      </button>
      {isOpen && <HostDialog person={person} onClose={() => setOpen(false)} />}
    </>
  );
}

function HostDialog({ person, onClose }: { person: Participant; onClose: () => void }) {
  const model = useModel();
  const [asked, setAsked] = useState<"remove" | "makeHost">();
  const { displayName, state, userId } = person;
  const doIt = (): void => {
    onClose();
    if (asked === "remove") void model.remove(userId);
    if (asked === "makeHost") void model.makeHost(userId);
  };
  if (asked === undefined)
    return (
      <Modal key="choice" labelledBy="host-title" class="question" onEscape={onClose}>
        <h2 id="host-title" tabIndex={-1} autofocus>
          {displayName}
        </h2>
        <p class="user-id">{userId}</p>
        <div class="host-choices">
          {state === "joined" && (
            <button type="button" class="button quiet" onClick={() => setAsked("makeHost")}>
              Make host
            </button>
          )}
          <button type="button" class="button danger-quiet" onClick={() => setAsked("remove")}>
            Remove from call
          </button>
          <button type="button" class="button quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </Modal>
    );
  const isRemoval = asked === "remove";
  return (
    <Modal key={asked} labelledBy="host-title" describedBy="host-text" class="question" onEscape={onClose}>
      <h2 id="host-title">
        {isRemoval ? `Remove ${displayName} from the call?` : `Make ${displayName} the host?`}
      </h2>
      <p id="host-text">
        {isRemoval
          ? "They are cut off at once, and come back only if somebody in the call adds them again. Everybody sees that it was you."
          : "They can remove people then, you too, and you cannot any more, unless they make you the host again."}
      </p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {isRemoval ? "Keep them" : "Stay host"}
        </button>
        <button type="button" class={`button ${isRemoval ? "danger" : "primary"}`} onClick={doIt}>
          {isRemoval ? "Remove" : "Make host"}
        </button>
      </div>
    </Modal>
  );
}
