import { texts } from "@signet/words/page";
import { useEffect, useRef } from "preact/hooks";

import { useModel } from "../model.ts";
import type { Undo } from "../model/people.ts";

/** What was just taken out of this list, with the way back: as safe as a question before, and one click less. */
export function UndoNote({ list }: { list: Undo["list"] }) {
  const { undo } = useModel();
  const button = useRef<HTMLButtonElement>(null);
  const shown = undo.value?.list === list ? undo.value : undefined;
  // What was clicked is gone; whoever thinks again has it at hand.
  useEffect(() => button.current?.focus(), [shown]);
  if (shown === undefined) return null;
  return (
    <div class="undo">
      <p role="status">{shown.text()}</p>
      <button ref={button} type="button" class="button quiet small" onClick={shown.restore}>
        {texts().frame.undo}
      </button>
    </div>
  );
}
