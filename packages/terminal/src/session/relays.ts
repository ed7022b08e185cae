import { hasFeature } from "@signet/protocol";
import type { CallId, Relay } from "@signet/protocol";

import type { Session } from "./session.ts";

/**
 * What carries the audio where UDP does not get through, for the next media connection; none from a server that knows none.
 * @param callId without one for a probe
 * @throws SignetError
 */
export async function relaysOf(
  { link, server }: Pick<Session, "link" | "server">,
  callId?: CallId,
): Promise<readonly Relay[]> {
  if (!hasFeature(server.features, "relays")) return [];
  return (await link.request("media.relays", callId === undefined ? {} : { callId })).relays;
}
