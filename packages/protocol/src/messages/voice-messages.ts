/** Requests about sound that a caller leaves for whom they did not reach (docs/protocol.md, "Requests: voice messages"). A server keeps it unread. */
import { z } from "zod";

import { CallId, UserId } from "../ids.ts";
import { ProofIn, wireBytes } from "../proof.ts";
import { mostKeptMissedMs } from "./missed.ts";
import { CallInviteIn } from "./parts.ts";
import { done, nothing } from "./shared.ts";

/** The longest one (ms). */
export const mostMessageMs = 120_000;
/** What is sealed has the length of so much sound, or of a whole number of it (ms): who knows the length learns little of what was said. */
export const messageStepMs = 15_000;
/** Of one such step: 16 kbit/s with what Ogg adds to it. */
export const messageStepBytes = 33_000;
export const mostMessageSteps = mostMessageMs / messageStepMs;
/** Of AES-GCM. */
const nonceAndTagBytes = 12 + 16;
/** Of what is sealed, for so many steps. */
export const sealedSoundBytes = (steps: number): number => steps * messageStepBytes + nonceAndTagBytes;

/** Of one device: it may be used at several places, each of which keeps a key of its own. */
export const mostMailboxesOfDevice = 4;
/** Of one person. */
export const mostMailboxes = 32;
/** Of a sound's key, wrapped for one mailbox, with a server origin of 256 bytes. */
export const mostMessageKeyBytes = 1_024;
/** That a server keeps of one person: one answer lists them. */
export const mostMessages = 32;

/** Where a server has come to in the messages that it keeps, which grows with each. */
const Position = z.number().int().min(1);

/** A `document-key` proof of a terminal key with the use `mailbox`, and the proof by which a device of the person vouches for that one. Not verified. */
export const MailboxIn = z.object({ proof: ProofIn, binding: ProofIn });
export type MailboxIn = z.output<typeof MailboxIn>;

const sound = {
  /** The `message` proof of the caller's terminal. */
  proof: ProofIn,
  /** The key to the sound, wrapped for each mailbox. */
  keys: z.array(wireBytes(mostMessageKeyBytes, 1)).min(1).max(mostMailboxes),
  /** Of whole steps: {@link sealedSoundBytes}. */
  sealed: wireBytes(sealedSoundBytes(mostMessageSteps), 1),
};

export const MessageIn = z.object({
  ...sound,
  /** The call that it was left after, as a missed one is handed over. */
  call: CallInviteIn,
  /** The caller's `sign-in` or `register` proof: endorses the terminal key that signed. */
  binding: ProofIn,
});
export type MessageIn = z.output<typeof MessageIn>;

export const messageRequests = {
  /** Of the terminal's own place: messages for the person are sealed to it as well from now on. */
  "mailbox.put": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** Of whoever a message is to be left for. */
  "mailbox.of": {
    body: z.strictObject({ userId: UserId }),
    reply: z.object({
      mailboxes: z.array(MailboxIn).max(mostMailboxes),
      /** For how long the server keeps messages. */
      keptMs: z.number().int().min(0).max(mostKeptMissedMs),
    }),
  },
  /** The answer is the same whether or not anybody gets it. */
  "message.leave": { body: z.strictObject({ callId: CallId, userId: UserId, ...sound }), reply: done },
  /** Those of the person, oldest first. */
  "message.list": {
    body: nothing,
    reply: z.object({
      messages: z.array(z.object({ position: Position, callId: CallId })).max(mostMessages),
      keptMs: z.number().int().min(0).max(mostKeptMissedMs),
    }),
  },
  /** Without `message` it is kept no longer. */
  "message.get": {
    body: z.strictObject({ position: Position }),
    reply: z.object({ message: MessageIn.optional() }),
  },
  /** The person deleted these, or the terminal refused them for good: the server keeps them no longer. */
  "message.delete": {
    body: z.strictObject({
      positions: z.array(Position).max(mostMessages),
      refused: z.array(z.strictObject({ position: Position, code: z.string().max(64) })).max(mostMessages),
    }),
    reply: done,
  },
} as const;
