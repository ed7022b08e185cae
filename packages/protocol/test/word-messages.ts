/** Generated bodies of the messages about words in a call. */
import fc from "fast-check";

import { anyBytes, callId, userIds } from "./message-parts.ts";

const said = fc.record({ number: fc.nat(), sealed: anyBytes(1, 100) });

export const wordMessages = {
  bodies: {
    "call.say": fc.record({ callId, sealed: anyBytes(1, 100) }),
    "call.saidSince": fc.record({ callId, after: fc.nat() }),
  },
  replies: {
    "call.say": fc.record({ number: fc.nat(), unread: userIds }),
    "call.saidSince": fc.record({ said: fc.array(said, { maxLength: 3 }), last: fc.nat(), unread: userIds }),
  },
  events: { "call.said": fc.record({ callId, number: fc.nat(), sealed: anyBytes(1, 100) }) },
} as const;
