/** What is put to those in the call: all of it, who approved, and what one decides oneself. */
import { isGuestId } from "@signet/terminal";
import type { CallView } from "@signet/terminal";
import { listOfNames, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { FailureNotice } from "../components/failure-notice.tsx";
import { HelpLink, HowToLink } from "../components/help-link.tsx";
import { Modal } from "../components/modal.tsx";
import { Notice } from "../components/notice.tsx";
import { TouchPrompt } from "../components/touch-prompt.tsx";
import { awaited, nameIn, shownResolutions } from "../lib/resolutions.ts";
import { useModel } from "../model.ts";
import { ProposeForm } from "./propose-form.tsx";
import { ResolutionCard } from "./resolution-card.tsx";

export function Resolutions({ call, onClose }: { call: CallView; onClose: () => void }) {
  const words = texts().resolutions;
  const model = useModel();
  const pending = model.pending.value;
  const shown = shownResolutions(call);
  const touched = pending?.type === "decide" ? shown.find(({ id }) => id === pending.id) : undefined;
  const isGuest = call.participants.some(({ isSelf, userId }) => isSelf && isGuestId(userId));
  return (
    <Modal labelledBy="resolutions-title" class="question resolutions" onEscape={onClose}>
      <h2 id="resolutions-title" tabIndex={-1} autofocus>
        {words.title}
      </h2>
      <p class="hint">{words.intro}</p>
      <Troubles call={call} />
      <FailureNotice actions={["propose", "decide", "withdraw"]} />
      {touched !== undefined && pending?.type === "decide" && (
        <TouchPrompt
          title={texts().common.touch}
          text={
            pending.decision === "approve"
              ? words.touchApprove(touched.number)
              : words.touchReject(touched.number)
          }
          onCancel={model.cancel}
        />
      )}
      {shown.length === 0 && <p class="muted">{words.none}</p>}
      {shown.map((resolution) => (
        <ResolutionCard key={resolution.id} call={call} resolution={resolution} isGuest={isGuest} />
      ))}
      {isGuest ? <p class="hint">{words.guest}</p> : <ProposeForm call={call} />}
      <HowToLink topic="resolutions" />
      <button type="button" class="button quiet wide" onClick={onClose}>
        {texts().common.close}
      </button>
    </Modal>
  );
}

function Troubles({ call }: { call: CallView }) {
  const words = texts().resolutions;
  const { troubles = [], unread = [] } = call.resolutions ?? {};
  const nameOf = nameIn(call);
  return (
    <>
      {unread.length > 0 && (
        <Notice tone="info">
          <p>{words.unread(listOfNames(unread.map(nameOf)))}</p>
        </Notice>
      )}
      {troubles.length > 0 && (
        <Notice tone="warning" alert title={words.trouble}>
          {troubles.map(({ code, userId }) => (
            <p key={`${code} ${userId}`}>
              {userId === undefined ? sentenceFor(code) : words.about(nameOf(userId), sentenceFor(code))}{" "}
              <HelpLink code={code} />
            </p>
          ))}
        </Notice>
      )}
    </>
  );
}

/** In the call, for whoever is asked. */
export function AskedNotice({ call, onOpen }: { call: CallView; onOpen: () => void }) {
  const words = texts().resolutions;
  const [first] = awaited(call);
  if (first === undefined) return null;
  return (
    <Notice tone="info" alert title={words.asksTitle(nameIn(call)(first.proposer))}>
      <p>{words.asksText(first.number)}</p>
      <div class="row">
        <button type="button" class="button primary small" aria-haspopup="dialog" onClick={onOpen}>
          {words.read}
        </button>
      </div>
    </Notice>
  );
}
