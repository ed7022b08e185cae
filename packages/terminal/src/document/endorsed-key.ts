/** Who vouches for a key of the personal document: one of the person's terminals, for which one of their devices vouches. */
import { verifyBinding, verifyTerminalProof } from "@signet/device";
import type { Person, PersonDevice } from "@signet/device";
import { decodeTranscript } from "@signet/protocol";
import type { Bytes, EndorsedKey, ListedHolder, ProofIn, Transcript } from "@signet/protocol";

import type { CommonFields } from "../session/own-terminal.ts";

/** `profile`: the key that seals, by its ID. The others: public keys that it is wrapped for. */
export type KeyUse = "profile" | ListedHolder["kind"];

export interface Endorsing {
  readonly binding: ProofIn;
  /** By the terminal key. */
  readonly sign: (make: (fields: CommonFields) => Transcript) => Promise<ProofIn>;
}

/** @throws SignetError `auth.signInRequired` */
export async function endorse({ binding, sign }: Endorsing, use: KeyUse, key: Bytes): Promise<EndorsedKey> {
  const proof = await sign((fields) => ({ purpose: "document-key", ...fields, use, key }));
  return { proof, binding };
}

/**
 * @param takesRevoked also where the device counts no more
 * @returns the device that vouches for it; undefined where none of this person's does
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
): Promise<PersonDevice | undefined> {
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
  return verified.ok ? bound.binding.device : undefined;
}
