/** What those in a call say to each other, sealed (docs/protocol.md, "Words in a call"): a server passes it on unread, and puts it into one order. */
import { z } from "zod";

import { CallId, UserId } from "../ids.ts";
import { wireBytes } from "../proof.ts";
import { mostPeople } from "./parts.ts";

/** Of one word as it is sealed: a text of 4,000 characters with the proofs about it, several times over. */
export const mostWordBytes = 65_536;
/** That a server keeps of a call, the latest. */
export const mostWords = 256;
/** Of one answer with words, and of those that are kept of one call, as they are sealed. */
export const mostWordsBytes = 524_288;

/** Which of all words of a call, from 1; 0 before the first one. */
const WordNumber = z.number().int().min(0);

const Sealed = wireBytes(mostWordBytes, 1);

/** @property number which of the call's words it is */
const SaidWord = z.object({ number: WordNumber, sealed: Sealed });
export type SaidWord = z.infer<typeof SaidWord>;

/** Of those in the group who are connected: whose terminals know no words, and so read none. */
const unread = z.array(UserId).max(mostPeople);

export const wordRequests = {
  /** For the others in the group. The very same again, by the same terminal, is the same word. */
  "call.say": {
    body: z.strictObject({ callId: CallId, sealed: Sealed }),
    reply: z.object({ number: WordNumber, unread }),
  },
  /** Those of the call after this number that the server has still, one's own among them; `last`: the number of the latest one. */
  "call.saidSince": {
    body: z.strictObject({ callId: CallId, after: WordNumber }),
    reply: z.object({ said: z.array(SaidWord).max(mostWords), last: WordNumber, unread }),
  },
} as const;

export const wordEvents = {
  /** Somebody in the group said it: to all others who are in it. */
  "call.said": SaidWord.extend({ callId: CallId }),
} as const;
