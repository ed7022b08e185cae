import { z } from "zod";

import { fromBase64Url } from "./bytes.ts";

/** base64url text of exactly `length` bytes. */
const randomId = (length: number) =>
  z
    .string()
    .refine((text) => fromBase64Url(text)?.length === length, `expected base64url of ${length} bytes`);

/**
 * Lower-case handle, 2 to 32 characters `[a-z0-9._-]`, unique on a server; for what new ones are, see names.ts. Or that of a guest in a call, which
 * nobody registers and which no handle looks like: see guests.ts.
 */
export const UserId = z
  .string()
  .regex(/^(?:[a-z0-9._-]{2,32}|~[a-z2-7]{26})$/)
  .brand<"UserId">();
export type UserId = z.infer<typeof UserId>;

/** 16 random bytes, base64url, chosen by the initiator. Also the MLS group ID. */
export const CallId = randomId(16).brand<"CallId">();
export type CallId = z.infer<typeof CallId>;

/** 16 random bytes, base64url, new at each start of a terminal. */
export const TerminalId = randomId(16).brand<"TerminalId">();
export type TerminalId = z.infer<typeof TerminalId>;

/** First 16 bytes of the SHA-256 of the device's public key (SPKI), base64url: it names the key, whatever a server says. */
export const DeviceId = randomId(16).brand<"DeviceId">();
export type DeviceId = z.infer<typeof DeviceId>;

/** 16 bytes, base64url, derived from the code that a person carries from one terminal to another: tells nobody what the code is. */
export const PairingId = randomId(16).brand<"PairingId">();
export type PairingId = z.infer<typeof PairingId>;

/** 16 random bytes, base64url, of a group of people in somebody's own list. */
export const GroupId = randomId(16).brand<"GroupId">();
export type GroupId = z.infer<typeof GroupId>;

/** Index of a member in the MLS ratchet tree (RFC 9420 section 4). */
export const LeafIndex = z.number().int().min(0).max(65_535).brand<"LeafIndex">();
export type LeafIndex = z.infer<typeof LeafIndex>;

/** One to 64 characters without control characters, trimmed; joiners as Persian, Hindi and families of emoji have them. For what new ones are, see names.ts. */
export const DisplayName = z
  .string()
  .min(1)
  .max(64)
  // Control and bidirectional override characters could make one name look like another.
  .regex(/^(?:[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\u200C\u200D])+$/u)
  .refine((name) => name.trim() === name, "no white space at either end");

/** The form in which an id may stand in a log line: enough to tell two apart, not enough to act with. */
export function loggable(id: CallId | TerminalId | DeviceId | string): string {
  return id.length > 8 ? `${id.slice(0, 6)}~` : id;
}
