/** Who signed a word of a record: a device of a person in it, or a terminal key that one vouches for. */
import { bindingTimeRefusal, verifyBinding, verifyDeviceProof, verifyTerminalProof } from "@signet/device";
import type {
  DevicePurpose,
  ExpectedFields,
  Person,
  PersonDevice,
  TerminalPurpose,
  VerifiedProof,
} from "@signet/device";
import { decodeTranscript, encodeProof, toBase64Url } from "@signet/protocol";
import type { ProofIn, Transcript, UserId } from "@signet/protocol";

import type { SignedWord } from "../call-record.ts";
import type { SignedAt } from "../report.ts";
import type { People } from "./people.ts";
import { Refused, held, must } from "./refusal.ts";

export interface Signed<P extends DevicePurpose | TerminalPurpose> {
  readonly proof: VerifiedProof<P>;
  readonly device: PersonDevice;
  readonly by: SignedAt;
}

/** A device that was revoked later signed what it signed: the report says that it was. */
const takesRevoked = (): boolean => true;

export class Signers {
  readonly serverOrigin: string;
  readonly people: People;
  /** Bindings as they were when they were signed: a terminal signs many words under one. */
  readonly #bindings = new Map<string, ReturnType<typeof verifyBinding>>();

  constructor(serverOrigin: string, people: People) {
    this.serverOrigin = serverOrigin;
    this.people = people;
  }

  person(userId: string, at: string): Person {
    const known = this.people.get(userId as UserId);
    must(known !== undefined, "record.unknownPerson", at);
    return known.person;
  }

  /** @throws Refused `record.unknownPerson`, and as verifyDeviceProof */
  async device<P extends DevicePurpose>(
    { binding, proof }: SignedWord,
    purpose: P,
    fields: ExpectedFields<P>,
    at: string,
  ): Promise<Signed<P>> {
    must(binding === undefined, "record.form", `${at}.binding`);
    const person = this.person(personIn(proof.transcript, at), at);
    const { serverOrigin } = this;
    const expected = { purpose, serverOrigin, person, time: "any", fields, takesRevoked } as const;
    const result = held(await verifyDeviceProof(proof, expected), at);
    const { device } = result.proof;
    const { issuedAtMs } = transcriptIn(proof.transcript, at);
    return { proof: result.proof, device, by: signedBy(person.userId, device, issuedAtMs) };
  }

  /** By the binding as it was when the word was signed. @throws Refused `record.unknownPerson`, `proof.signer`, and as verifyBinding and verifyTerminalProof */
  async terminal<P extends TerminalPurpose>(
    { binding, proof }: SignedWord,
    purpose: P,
    fields: ExpectedFields<P>,
    at: string,
  ): Promise<Signed<P>> {
    const transcript = transcriptIn(proof.transcript, at);
    const person = this.person(personIn(proof.transcript, at), at);
    must(binding !== undefined, "proof.signer", at);
    const bound = held(await this.#bindingOf(binding, person), `${at}.binding`).binding;
    const refusal = bindingTimeRefusal(bound, transcript.issuedAtMs);
    must(refusal === undefined, refusal ?? "proof.time", `${at}.binding`);
    const { serverOrigin } = this;
    const expected = { purpose, serverOrigin, binding: bound, time: "any", fields } as const;
    const result = held(await verifyTerminalProof(proof, expected), at);
    const { device } = bound;
    const { issuedAtMs } = transcript;
    return { proof: result.proof, device, by: signedBy(person.userId, device, issuedAtMs) };
  }

  #bindingOf(binding: ProofIn, person: Person): ReturnType<typeof verifyBinding> {
    const key = `${person.userId} ${toBase64Url(encodeProof(binding))}`;
    const { serverOrigin } = this;
    const nowMs = decodeTranscript(binding.transcript)?.issuedAtMs ?? 0;
    const known =
      this.#bindings.get(key) ?? verifyBinding(binding, { serverOrigin, person, nowMs, takesRevoked });
    this.#bindings.set(key, known);
    return known;
  }
}

/** What it says of itself; nothing of it is verified. */
export function transcriptIn(bytes: SignedWord["proof"]["transcript"], at: string): Transcript {
  const transcript = decodeTranscript(bytes);
  if (transcript === undefined) throw new Refused("proof.malformed", at);
  return transcript;
}

/** Whose word it says that it is. */
export function personIn(bytes: SignedWord["proof"]["transcript"], at: string): string {
  const transcript = transcriptIn(bytes, at);
  if (!("userId" in transcript)) throw new Refused("proof.purpose", at);
  return transcript.userId;
}

export const signedBy = (userId: UserId, device: PersonDevice, atMs: number): SignedAt => ({
  by: userId,
  deviceId: device.deviceId,
  deviceKind: device.kind,
  atMs,
  ...revokedIn(device),
});

export const revokedIn = ({ revoked }: PersonDevice): Pick<SignedAt, "revoked"> =>
  revoked === undefined ? {} : { revoked: { atMs: revoked.atMs, why: revoked.why } };
