import { loggable } from "@signet/protocol";

import { isReadable } from "../call/readable.ts";
import { accept } from "../ws/answer.ts";
import { codeLike } from "./code-like.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const missedGet: Handler<"missed.get", SignedInAsker> = async (
  { missed },
  { connection, session },
  { after },
  respond,
) => {
  const { keptMs } = missed;
  respond(
    accept({
      ...(await missed.of(session.stored.userId, after, (call) => isReadable(call, connection))),
      keptMs,
    }),
  );
};

/** Deleted before it is answered; what was there no more changes nothing, so that it can be said again. */
export const missedTaken: Handler<"missed.taken", SignedInAsker> = async (
  { log, missed },
  { session },
  { callIds, refused },
  respond,
) => {
  const { userId } = session.stored;
  await missed.taken(userId, callIds);
  const gone = await missed.taken(
    userId,
    refused.map(({ callId }) => callId),
  );
  respond(accept({}));
  // Who runs the server should know why. Once for each: anybody could say the rest for ever, and fill a disk.
  for (const { callId, code } of refused)
    if (gone.includes(callId))
      log.error(
        { userId, call: loggable(callId), reason: codeLike(code) },
        "a terminal could not verify a missed call",
      );
};
