/** Whom to call. */
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useId, useRef } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { CallIcon } from "../components/icons.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { useShortcut } from "../lib/shortcuts.ts";
import { useModel } from "../model.ts";
import { PeopleForm } from "./people-form.tsx";

export function Composer() {
  const model = useModel();
  const id = useId();
  const limit = model.state.value.server?.limits.callMembers;
  const pending = model.pending.value;
  const calling = pending?.type === "call";
  const check = ({ length }: readonly UserId[]): string | undefined =>
    limit !== undefined && length > limit ? texts().home.mostPeople(limit) : undefined;
  const card = useRef<HTMLElement>(null);
  useShortcut("whomToCall", () => card.current?.querySelector("input")?.focus());
  return (
    <section ref={card} class="card composer" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{texts().home.reach}</h2>
      <PeopleForm
        label={texts().home.callIds}
        button={
          <>
            <CallIcon />
            {texts().home.call}
          </>
        }
        isBusy={calling}
        check={check}
        people="own"
        onSubmit={model.call}
      >
        {calling && (
          <TouchDialog
            title={texts().common.touch}
            text={texts().home.touchCall(pending.userIds.length)}
            onCancel={model.cancel}
          />
        )}
        <FailureNotice actions={["call"]} />
      </PeopleForm>
    </section>
  );
}
