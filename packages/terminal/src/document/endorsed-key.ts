/** Who vouches for a key of the personal document: one of the person's terminals, for which one of their devices vouches. */
import { countsNow, verifyBinding, verifyTerminalProof } from "@signet/device";
import type { Person, PersonDevice } from "@signet/device";
import type { DocumentOwner } from "@signet/e2ee";
import { decodeTranscript, keyMaker } from "@signet/protocol";
import type {
  Bytes,
  EndorsedKey,
  ListedHolder,
  PersonalDocument,
  ProofIn,
  Transcript,
} from "@signet/protocol";

import type { CommonFields } from "../session/own-terminal.ts";

/** `profile`: the key that seals, by its ID. `mailbox`: a public key that voice messages are sealed to. The others: public keys that the first is wrapped for. */
export type KeyUse = "profile" | "mailbox" | ListedHolder["kind"];

export interface Endorsing {
  readonly binding: ProofIn;
  /** By the terminal key. */
  readonly sign: (make: (fields: CommonFields) => Transcript) => Promise<ProofIn>;
}

/** @param person with the history that the signer knows. @throws SignetError `auth.signInRequired` */
export async function endorse(
  { binding, sign }: Endorsing,
  { digests }: Person,
  use: KeyUse,
  key: Bytes,
): Promise<EndorsedKey> {
  const sequence = digests.length - 1;
  const proof = await sign((fields) => ({ purpose: "document-key", ...fields, use, key, sequence }));
  return { proof, binding };
}

export interface Endorser {
  readonly device: PersonDevice;
  /** Of the last statement of the history that was known to whoever signed. */
  readonly sequence: number;
}

/**
 * @param takesRevoked also where the device counts no more
 * @returns who vouches for it; undefined where none of this person's does
 */
export async function endorserOf(
  { proof, binding }: EndorsedKey,
  expected: {
    readonly serverOrigin: string;
    readonly person: Person;
    readonly use: KeyUse;
    readonly key: Bytes;
    readonly takesRevoked?: boolean;
  },
): Promise<Endorser | undefined> {
  const { key, person, serverOrigin, takesRevoked = false, use } = expected;
  const signed = decodeTranscript(proof.transcript);
  if (signed?.purpose !== "document-key") return undefined;
  // What a terminal signed while it was the person's stays said: the binding need not last as long.
  const bound = await verifyBinding(binding, {
    serverOrigin,
    person,
    nowMs: signed.issuedAtMs,
    takesRevoked: () => takesRevoked,
  });
  if (!bound.ok) return undefined;
  const verified = await verifyTerminalProof(proof, {
    purpose: "document-key",
    serverOrigin,
    binding: bound.binding,
    time: "any",
    fields: { use, key },
  });
  if (!verified.ok) return undefined;
  return { device: bound.binding.device, sequence: verified.proof.transcript.sequence };
}

/** Who made the key with this ID, as the document says; also where that device counts no more. @returns undefined where none of this person's vouches for it */
export async function makerOf(
  document: PersonalDocument,
  keyId: Bytes,
  { serverOrigin }: DocumentOwner,
  person: Person,
): Promise<Endorser | undefined> {
  const maker = keyMaker(document, keyId);
  const expected = { serverOrigin, person, use: "profile", key: keyId, takesRevoked: true } as const;
  return maker && endorserOf(maker, expected);
}

/**
 * Whether what seals is known to somebody whom it should not be known to: a device that counts no more made it, or one was revoked since. Whether that
 * one had the key is not asked: all that could say so is the document, and whoever had the device had the document.
 */
export const isKeyOver = ({ device, sequence }: Endorser, { devices }: Person): boolean =>
  !countsNow(device) || devices.some(({ revoked }) => (revoked?.bySequence ?? 0) > sequence);
