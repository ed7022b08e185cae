/** Whom to call. */
import type { UserId } from "@signet/terminal";
import { useId, useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { CallIcon } from "../components/icons.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { UndoNote } from "../components/undo.tsx";
import { countOf } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { PeopleForm } from "./people-form.tsx";

export function Composer() {
  const model = useModel();
  const [count, setCount] = useState(0);
  const id = useId();
  const limit = model.state.value.server?.limits.callMembers;
  const calling = model.pending.value?.type === "call";
  const check = ({ length }: readonly UserId[]): string | undefined =>
    limit !== undefined && length > limit ? `A call here can have ${limit} people besides you.` : undefined;
  return (
    <section class="card composer" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Reach people</h2>
      <PeopleForm
        label="Call user IDs"
        button={
          <>
            <CallIcon />
            Call
          </>
        }
        isBusy={calling}
        check={check}
        onSubmit={(userIds) => {
          setCount(userIds.length);
          return model.call(userIds);
        }}
      >
        {calling && (
          <TouchDialog
            title="Touch your device"
            text={`Its signature tells ${countOf(count, "person", "people")} that it is you.`}
            onCancel={model.cancel}
          />
        )}
        <FailureNotice actions={["call"]} />
        <UndoNote list="people" />
      </PeopleForm>
    </section>
  );
}
