import { encodeMessage } from "@signet/protocol";
import type { CallServerEffect, CallServerInput } from "@signet/protocol";

import type { PersonShares } from "../person-shares.ts";

/**
 * What a terminal that came back is sent again, a Welcome above all, counts as a reply: else whoever comes back all the time would get more
 * than by asking.
 * @param replies bytes of replies
 * @returns what there is a share for
 */
export function charged(
  replies: PersonShares,
  { userId, terminalId }: CallServerInput & { readonly type: "connected" },
  effects: readonly CallServerEffect[],
): readonly CallServerEffect[] {
  return effects.filter((effect) => {
    if (effect.type !== "send" || effect.to.some((to) => to !== terminalId)) return true;
    const hasAny = replies.hasAny(userId);
    if (hasAny) replies.spend(userId, encodeMessage(effect.event).length);
    return hasAny;
  });
}
