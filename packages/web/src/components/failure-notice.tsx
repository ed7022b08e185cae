import { calledName, listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

import type { Failure } from "../model/actions.ts";
import { useModel } from "../model.ts";
import { Explanation } from "./explanation.tsx";
import { Notice } from "./notice.tsx";

/** What the last of these actions failed with, where it stands. */
export function FailureNotice({ actions }: { actions: readonly Failure["action"][] }) {
  const model = useModel();
  const failure = model.failure.value;
  if (failure === undefined || !actions.includes(failure.action)) return null;
  if (failure.error.code === "call.answeredYours") return <AnsweredYours userIds={failure.userIds} />;
  return (
    <Explanation code={failure.error.code} userIds={failure.userIds}>
      <button type="button" class="button quiet small" onClick={model.dismissFailure}>
        {texts().common.closeMessage}
      </button>
    </Explanation>
  );
}

/** Both answered at once: nothing failed, and there is nothing to do. */
function AnsweredYours({ userIds }: { userIds: Failure["userIds"] }) {
  const model = useModel();
  const people = model.state.value.call?.participants.filter(({ userId }) => userIds.includes(userId)) ?? [];
  const names = people.map(calledName);
  return (
    <Notice tone="info" alert>
      <p>{texts().verification.answeredYours(listOfNames(names.length === 0 ? userIds : names))}</p>
      <button type="button" class="button quiet small" onClick={model.dismissFailure}>
        {texts().common.closeMessage}
      </button>
    </Notice>
  );
}
