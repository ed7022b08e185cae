/** Generated bodies of the messages about pictures and blocking that people chose of themselves, of what is said in calls, and of the proofs of the directory. */
import fc from "fast-check";

import { anyBytes, callId, nothing, proof, userId } from "./message-parts.ts";
import { wordMessages } from "./word-messages.ts";

const hash = anyBytes(32, 32);

export const besideBodies = {
  "call.spoke": fc.record({ callId, word: anyBytes(92, 1_116) }),
  ...wordMessages.bodies,
  "block.get": nothing,
  "block.set": fc.record({ userId, isBlocked: fc.boolean() }),
  "directory.consistency": fc.record({ from: fc.integer({ min: 1 }), to: fc.integer({ min: 1 }) }),
  "directory.prove": fc.record({ userIds: fc.array(userId, { maxLength: 3 }), from: fc.nat() }),
  "picture.set": fc.record({ chosen: fc.record({ picture: anyBytes(4, 40), proof }) }, { requiredKeys: [] }),
  "picture.get": fc.record({ userIds: fc.array(userId, { minLength: 1, maxLength: 3 }) }),
};

export const besideReplies = {
  "call.spoke": nothing,
  ...wordMessages.replies,
  "block.get": fc.record({ userIds: fc.array(userId, { maxLength: 3 }) }),
  "block.set": nothing,
  "directory.consistency": fc.record({ proof: fc.array(hash, { maxLength: 3 }) }),
  "directory.prove": fc.record({
    checkpoint: fc.string({ maxLength: 40 }),
    cosigned: fc.array(
      fc.record({
        checkpoint: fc.string({ maxLength: 40 }),
        consistencyProof: fc.array(hash, { maxLength: 3 }),
      }),
      { maxLength: 2 },
    ),
    mapRootProof: fc.array(hash, { maxLength: 3 }),
    consistencyProof: fc.array(hash, { maxLength: 3 }),
    people: fc.array(
      fc.record(
        { userId, siblings: fc.array(hash, { maxLength: 3 }), leaf: fc.record({ key: hash, value: hash }) },
        { requiredKeys: ["userId", "siblings"] },
      ),
      { maxLength: 2 },
    ),
  }),
  "picture.set": nothing,
  "picture.get": fc.record({
    pictures: fc.array(fc.record({ userId, picture: anyBytes(4, 40), proof }), { maxLength: 2 }),
  }),
};

export const besideEvents = {
  ...wordMessages.events,
  "call.memberSpoke": fc.record({ callId, word: anyBytes(92, 1_116) }),
};
