/** Generated bodies of the messages about pictures and blocking that people chose of themselves, and of what is said in calls. */
import fc from "fast-check";

import { anyBytes, callId, nothing, proof, userId } from "./message-parts.ts";
import { wordMessages } from "./word-messages.ts";

export const besideBodies = {
  "call.spoke": fc.record({ callId, word: anyBytes(92, 1_116) }),
  ...wordMessages.bodies,
  "block.get": nothing,
  "block.set": fc.record({ userId, isBlocked: fc.boolean() }),
  "picture.set": fc.record({ chosen: fc.record({ picture: anyBytes(4, 40), proof }) }, { requiredKeys: [] }),
  "picture.get": fc.record({ userIds: fc.array(userId, { minLength: 1, maxLength: 3 }) }),
};

export const besideReplies = {
  "call.spoke": nothing,
  ...wordMessages.replies,
  "block.get": fc.record({ userIds: fc.array(userId, { maxLength: 3 }) }),
  "block.set": nothing,
  "picture.set": nothing,
  "picture.get": fc.record({
    pictures: fc.array(fc.record({ userId, picture: anyBytes(4, 40), proof }), { maxLength: 2 }),
  }),
};

export const besideEvents = {
  ...wordMessages.events,
  "call.memberSpoke": fc.record({ callId, word: anyBytes(92, 1_116) }),
};
