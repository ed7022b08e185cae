import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { useModel } from "../model.ts";

/** Beside somebody whom one compared with in person, and of a comparison that does not hold any more; their card says the rest. */
export function ComparedWord({ userId }: { userId: UserId }) {
  const status = useModel().state.value.personal?.comparisons?.find((one) => one.userId === userId)?.status;
  // Before the server has shown their history, neither is known.
  if (status === undefined || status === "unknown") return null;
  const { compared, holdsNoMore } = texts().comparing;
  return status === "holds" ? (
    <small class="muted">{compared}</small>
  ) : (
    <small class="problem">{holdsNoMore}</small>
  );
}
