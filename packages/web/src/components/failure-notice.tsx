import type { Failure } from "../model/actions.ts";
import { useModel } from "../model.ts";
import { Explanation } from "./explanation.tsx";

/** What the last of these actions failed with, where it stands. */
export function FailureNotice({ actions }: { actions: readonly Failure["action"][] }) {
  const model = useModel();
  const failure = model.failure.value;
  if (failure === undefined || !actions.includes(failure.action)) return null;
  return (
    <Explanation code={failure.error.code} userIds={failure.userIds}>
      <button type="button" class="button quiet small" onClick={model.dismissFailure}>
        Close message
      </button>
    </Explanation>
  );
}
