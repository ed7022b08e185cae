/** People are brought into the call that goes on, by anybody who is in it. */
import { isGone } from "@signet/terminal";
import type { CallView, UserId } from "@signet/terminal";
import { calledName, listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

import { FailureNotice } from "../components/failure-notice.tsx";
import { HowToLink } from "../components/help-link.tsx";
import { AddPeopleIcon } from "../components/icons.tsx";
import { Modal } from "../components/modal.tsx";
import { TouchPrompt } from "../components/touch-prompt.tsx";
import { useModel } from "../model.ts";

import { AddGroups } from "./add-groups.tsx";
import { PeopleForm } from "./people-form.tsx";

interface AddPeopleProps {
  call: CallView;
  onClose: () => void;
  /** Somebody without a device is to be invited. */
  onGuest: () => void;
}

export function AddPeople({ call, onClose, onGuest }: AddPeopleProps) {
  const model = useModel();
  const limit = model.state.value.server?.limits.callMembers;
  const isAsking = model.pending.value?.type === "invite";
  const letsGuestsIn = model.letsGuestsIn.value;
  const hasLink = model.guestLink.value !== undefined && model.guestLink.value.type !== "failed";
  const { participants } = call;
  const there = participants.filter(({ state }) => !isGone(state));
  const thereIds = new Set(there.map(({ userId }) => userId));
  const mayBeIn = participants.filter(({ state }) => state !== "removed").map(({ userId }) => userId);

  const check = (userIds: readonly UserId[]): string | undefined => {
    const already = there.filter(({ userId }) => userIds.includes(userId));
    if (already.length > 0) return texts().call.already(listOfNames(already.map(calledName)));
    // Whoever started it is one more.
    if (limit !== undefined && new Set([...mayBeIn, ...userIds]).size > limit + 1)
      return texts().call.mostInAll(limit + 1);
    return undefined;
  };
  const add = async (userIds: readonly UserId[]): Promise<boolean> => {
    const isDone = await model.invite(userIds);
    if (isDone) onClose();
    return isDone;
  };
  const close = (): void => {
    if (isAsking) model.cancel();
    onClose();
  };
  return (
    <Modal labelledBy="add-people-title" class="question add-people" onEscape={close}>
      <h2 id="add-people-title" tabIndex={-1} autofocus>
        {texts().call.addPeople}
      </h2>
      <PeopleForm
        label={texts().call.addIds}
        button={
          <>
            <AddPeopleIcon />
            {texts().call.add}
          </>
        }
        isBusy={isAsking}
        check={check}
        onSubmit={add}
        people={{ without: thereIds }}
      >
        {isAsking && (
          <TouchPrompt title={texts().common.touch} text={texts().call.touchAdd} onCancel={model.cancel} />
        )}
        <FailureNotice actions={["invite"]} />
      </PeopleForm>
      <AddGroups there={thereIds} check={check} isBusy={isAsking} onAdd={(userIds) => void add(userIds)} />
      <HowToLink topic="inCall" />
      {letsGuestsIn && (
        <>
          <p id="invite-guest-hint" class="hint">
            {texts().guests.inviteText}
          </p>
          <HowToLink topic="guests" />
        </>
      )}
      <div class="row">
        {letsGuestsIn && (
          <button
            type="button"
            class="button quiet"
            aria-describedby="invite-guest-hint"
            disabled={isAsking}
            onClick={onGuest}
          >
            {hasLink ? texts().guests.showLink : texts().guests.invite}
          </button>
        )}
        <button type="button" class="button quiet" onClick={close}>
          {texts().common.close}
        </button>
      </div>
    </Modal>
  );
}
