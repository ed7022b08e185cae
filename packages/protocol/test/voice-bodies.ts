/** Generated bodies of what has to do with missed calls and voice messages. */
import fc from "fast-check";
import { mostMessageSteps, sealedSoundBytes } from "@signet/protocol";

import { anyBytes, callId, code, invite, nothing, proof, userId } from "./message-parts.ts";

const sound = {
  proof,
  keys: fc.array(anyBytes(1, 50), { minLength: 1, maxLength: 2 }),
  sealed: fc
    .tuple(fc.integer({ min: 1, max: mostMessageSteps }), fc.nat(255))
    .map(([steps, byte]) => new Uint8Array(sealedSoundBytes(steps)).fill(byte)),
};
const position = fc.integer({ min: 1 });
const keptMs = fc.nat(30 * 86_400_000);

export const voiceBodies = {
  "missed.get": fc.record({ after: fc.nat() }),
  "missed.taken": fc.record({
    callIds: fc.array(callId, { maxLength: 3 }),
    refused: fc.array(fc.record({ callId, code }), { maxLength: 3 }),
  }),
  "mailbox.put": fc.record({ proof }),
  "mailbox.of": fc.record({ userId }),
  "message.leave": fc.record({ callId, userId, ...sound }),
  "message.list": nothing,
  "message.get": fc.record({ position }),
  "message.delete": fc.record({
    positions: fc.array(position, { maxLength: 3 }),
    refused: fc.array(fc.record({ position, code }), { maxLength: 3 }),
  }),
};

export const voiceReplies = {
  "missed.get": fc.record(
    { calls: fc.array(invite, { maxLength: 2 }), keptMs, next: fc.nat() },
    { requiredKeys: ["calls", "keptMs"] },
  ),
  "missed.taken": nothing,
  "mailbox.put": nothing,
  "mailbox.of": fc.record({
    mailboxes: fc.array(fc.record({ proof, binding: proof }), { maxLength: 2 }),
    keptMs,
  }),
  "message.leave": nothing,
  "message.list": fc.record({
    messages: fc.array(fc.record({ position, callId }), { maxLength: 3 }),
    keptMs,
  }),
  "message.get": fc.record(
    { message: fc.record({ ...sound, call: invite, binding: proof }) },
    { requiredKeys: [] },
  ),
  "message.delete": nothing,
};
