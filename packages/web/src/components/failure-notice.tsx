import type { Failure } from "../model.ts";
import { useModel } from "../model.ts";
import { Notice } from "./notice.tsx";
import { TrustKey } from "./trust-key.tsx";
import { adviceFor } from "../lib/advice.ts";

/** What the last action failed with: the table's sentence, advice where there is more to say, and ways out. */
export function FailureNotice({ actions }: { actions: readonly Failure["action"][] }) {
  const model = useModel();
  const failure = model.failure.value;
  if (failure === undefined || !actions.includes(failure.action)) return null;
  const { error, userIds } = failure;
  const advice = adviceFor(error.code);
  return (
    <Notice tone="danger" alert {...(advice === undefined ? {} : { title: advice.title })}>
      <p>{error.message}</p>
      {advice !== undefined && (
        <ul>
          {advice.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
      {error.code === "directory.keyChanged" &&
        userIds.map((userId) => <TrustKey key={userId} userId={userId} />)}
      <button type="button" class="button quiet small" onClick={model.dismissFailure}>
        Close message
      </button>
    </Notice>
  );
}
