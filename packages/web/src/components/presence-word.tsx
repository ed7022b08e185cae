import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { isBlockedIn } from "../model/blocking.ts";
import { useModel } from "../model.ts";

/** What is to be seen of somebody of one's list, in a word; nothing while it is not known. */
export function PresenceWord({ userId }: { userId: UserId }) {
  const { blocked, presence } = useModel();
  if (isBlockedIn(blocked.value, userId) === true)
    return <span class="reach">{texts().blocking.blocked}</span>;
  const seen = presence.value.get(userId);
  if (seen === undefined) return null;
  const isBusy = seen === "inCall" || seen === "doNotDisturb";
  return (
    <span class={`reach ${seen === "away" ? "" : "here"} ${isBusy ? "busy" : ""}`}>
      {texts().people.presence[seen]}
    </span>
  );
}
