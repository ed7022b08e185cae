import { clockTime } from "../lib/duration.ts";
import { useModel } from "../model.ts";
import { Explanation } from "./explanation.tsx";

/** What a check refused while nobody had asked for anything: a caller whose key changed, for example. */
export function Warnings() {
  const model = useModel();
  return (
    <>
      {model.state.value.warnings.map(({ id, code, userId, atMs }) => (
        <Explanation
          key={id}
          code={code}
          userIds={userId === undefined ? [] : [userId]}
          title={`Refused at ${clockTime(atMs)}`}
        >
          <button type="button" class="button quiet small" onClick={() => model.terminal.dismissWarning(id)}>
            Close message
          </button>
        </Explanation>
      ))}
    </>
  );
}
