import type { IncomingCall } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { BlockQuestion } from "../components/block-button.tsx";
import { useModel } from "../model.ts";

/** Asked at a call that rings: both are done at once. */
export function DeclineAndBlock({ incoming, onClose }: { incoming: IncomingCall; onClose: () => void }) {
  const model = useModel();
  const { callId, from } = incoming;
  const text = texts().blocking;
  return (
    <BlockQuestion
      title={text.declineTitle(from.displayName)}
      first={text.declineFirst}
      yes={text.declineAndBlock}
      onYes={() => void model.declineAndBlock(callId, from.userId)}
      onClose={onClose}
    />
  );
}
