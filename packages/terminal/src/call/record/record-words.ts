/** What is said in a call about its record, as the contents of words. What came is verified nowhere here. */
import { decodeProof, encodeFields, encodeProof, fromU64, u64 } from "@signet/protocol";
import type { Bytes, ProofIn } from "@signet/protocol";

import { fieldsOf } from "../word-fields.ts";

export const recordWordKinds = {
  /** Whose terminal keeps a record asks all others who was in that epoch. */
  keep: "record.keep",
  epoch: "record.epoch",
} as const;

/** `binding` vouches for the terminal key that signed. */
export interface EpochWordIn {
  readonly proof: ProofIn;
  readonly binding: ProofIn;
}

export const encodeKeep = (epoch: number): Bytes => encodeFields([u64(epoch)]);

/** @returns the epoch that is asked about */
export function decodeKeep(contents: Bytes): number | undefined {
  const [epoch, ...more] = fieldsOf(contents) ?? [];
  return epoch === undefined || more.length > 0 ? undefined : fromU64(epoch);
}

export const encodeEpochWord = ({ binding, proof }: EpochWordIn): Bytes =>
  encodeFields([encodeProof(proof), encodeProof(binding)]);

export function decodeEpochWord(contents: Bytes): EpochWordIn | undefined {
  const [first, second, ...more] = fieldsOf(contents) ?? [];
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  const [proof, binding] = [decodeProof(first), decodeProof(second)];
  return proof === undefined || binding === undefined ? undefined : { proof, binding };
}
