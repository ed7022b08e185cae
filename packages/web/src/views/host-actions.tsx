/** What the host can do about somebody: put them out, or make them the host. Each is asked about first. */
import type { Participant } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { calledName } from "@signet/words";
import { useState } from "preact/hooks";

import { MoreIcon } from "../components/icons.tsx";
import { Modal } from "../components/modal.tsx";
import { useModel } from "../model.ts";

export function HostActions({ person }: { person: Participant }) {
  const [isOpen, setOpen] = useState(false);
  const name = calledName(person);
  return (
    <>
      <button
        type="button"
        class="icon-button host-actions"
        aria-haspopup="dialog"
        aria-label={texts().call.moreAbout(name)}
        title={texts().call.moreAbout(name)}
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
  const { state, userId } = person;
  const name = calledName(person);
  const doIt = (): void => {
    onClose();
    if (asked === "remove") void model.remove(userId);
    if (asked === "makeHost") void model.makeHost(userId);
  };
  if (asked === undefined)
    return (
      <Modal key="choice" labelledBy="host-title" class="question" onEscape={onClose}>
        <h2 id="host-title" tabIndex={-1} autofocus>
          <bdi>{name}</bdi>
        </h2>
        <p class="user-id">{userId}</p>
        <div class="host-choices">
          {state === "joined" && (
            <button type="button" class="button quiet" onClick={() => setAsked("makeHost")}>
              {texts().call.makeHost}
            </button>
          )}
          <button type="button" class="button danger-quiet" onClick={() => setAsked("remove")}>
            {texts().call.removeFromCall}
          </button>
          <button type="button" class="button quiet" onClick={onClose}>
            {texts().common.cancel}
          </button>
        </div>
      </Modal>
    );
  const isRemoval = asked === "remove";
  return (
    <Modal key={asked} labelledBy="host-title" describedBy="host-text" class="question" onEscape={onClose}>
      <h2 id="host-title">{isRemoval ? texts().call.removeTitle(name) : texts().call.makeHostTitle(name)}</h2>
      <p id="host-text">{isRemoval ? texts().call.removeText : texts().call.makeHostText}</p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {isRemoval ? texts().call.keepThem : texts().call.stayHost}
        </button>
        <button type="button" class={`button ${isRemoval ? "danger" : "primary"}`} onClick={doIt}>
          {isRemoval ? texts().call.remove : texts().call.makeHost}
        </button>
      </div>
    </Modal>
  );
}
