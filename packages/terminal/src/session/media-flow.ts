import { SignetError, hasFeature, isConnectionCode } from "@signet/protocol";
import type { CallId, ReplyBody } from "@signet/protocol";

import type { Session } from "./session.ts";

/**
 * What came and went on this terminal's media connection, by the server's word.
 * @returns undefined where it is there and cannot tell: it is of before, or its media process does not say
 * @throws SignetError of the connection, where it does not answer
 */
export async function flowOf(
  { link, server }: Pick<Session, "link" | "server">,
  callId: CallId,
): Promise<ReplyBody<"media.flow"> | undefined> {
  if (!hasFeature(server.features, "mediaFlow")) {
    await link.request("session.ping", {});
    return undefined;
  }
  return link.ask("media.flow", { callId }, (answer) => {
    if (answer.ok) return answer.body;
    if (isConnectionCode(answer.code)) throw new SignetError(answer.code);
    return undefined;
  });
}
