/** What voice messages are sealed to: keys of somebody's terminals, each signed there, for which one of their devices vouches that counts now. */
import type { Person, PersonDevice } from "@signet/device";
import type { Mailbox } from "@signet/e2ee";
import { decodeTranscript, equalBytes, mostMailboxes } from "@signet/protocol";
import type { MailboxIn } from "@signet/protocol";

import { endorserOf } from "../document/endorsed-key.ts";

export interface VerifiedMailbox extends Mailbox {
  readonly device: PersonDevice;
}

/**
 * A server can keep one back, and give one of before; it cannot give one of its own.
 * @param person with the latest history that is known: a device that was revoked by it hears nothing
 */
export async function verifyMailboxes(
  mailboxes: readonly MailboxIn[],
  { person, serverOrigin }: { readonly person: Person; readonly serverOrigin: string },
): Promise<readonly VerifiedMailbox[]> {
  const verified: VerifiedMailbox[] = [];
  for (const mailbox of mailboxes.slice(0, mostMailboxes)) {
    const said = decodeTranscript(mailbox.proof.transcript);
    if (said?.purpose !== "document-key") continue;
    const publicKey = said.key;
    const expected = { serverOrigin, person, use: "mailbox", key: publicKey } as const;
    const device = (await endorserOf(mailbox, expected))?.device;
    // One that was revoked vouches for nothing.
    if (device === undefined || publicKey.length !== 32) continue;
    const { deviceId } = device;
    const isKnown = verified.some((one) => one.deviceId === deviceId && equalBytes(one.publicKey, publicKey));
    if (!isKnown) verified.push({ deviceId, publicKey, device });
  }
  return verified;
}
