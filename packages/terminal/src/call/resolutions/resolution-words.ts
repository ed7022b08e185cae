/** What is said in a call about resolutions, as the contents of words. What came is verified nowhere here. */
import { decodeProof, decodeResolution, encodeFields, encodeProof, encodeResolution } from "@signet/protocol";
import type { Bytes, ProofIn, Resolution } from "@signet/protocol";

import { fieldsOf } from "../word-fields.ts";

/** What it is about, as it says itself. */
export { transcriptOfResolution as transcriptOf } from "@signet/device";

export const wordKinds = {
  /** A resolution, and what was said about it so far, where it is shown again to who came later. */
  propose: "resolution.propose",
  again: "resolution.again",
  say: "resolution.say",
} as const;

/** `binding` vouches for the terminal key that signed a proposal, or that it is withdrawn. */
export interface StatedIn {
  readonly proof: ProofIn;
  readonly binding?: ProofIn;
}

export interface ProposedIn {
  readonly resolution: Resolution;
  readonly proposal: StatedIn;
  readonly said: readonly StatedIn[];
}

const encodeStated = ({ binding, proof }: StatedIn): Bytes =>
  encodeFields([encodeProof(proof), ...(binding === undefined ? [] : [encodeProof(binding)])]);

export const encodeSaid = (stated: StatedIn): Bytes => encodeFields([encodeStated(stated)]);

export const encodeProposed = ({ proposal, resolution, said }: ProposedIn): Bytes =>
  encodeFields([encodeResolution(resolution), ...[proposal, ...said].map(encodeStated)]);

export function decodeProposed(contents: Bytes): ProposedIn | undefined {
  const [first, ...stated] = fieldsOf(contents) ?? [];
  const resolution = first === undefined ? undefined : decodeResolution(first);
  const [proposal, ...said] = stated.map(decodeStated);
  if (resolution === undefined || proposal === undefined) return undefined;
  const all = said.filter((one) => one !== undefined);
  return all.length === said.length ? { resolution, proposal, said: all } : undefined;
}

export function decodeSaid(contents: Bytes): StatedIn | undefined {
  const [first, ...more] = fieldsOf(contents) ?? [];
  return first === undefined || more.length > 0 ? undefined : decodeStated(first);
}

function decodeStated(bytes: Bytes): StatedIn | undefined {
  const [first, second, ...more] = fieldsOf(bytes) ?? [];
  const proof = first === undefined ? undefined : decodeProof(first);
  if (proof === undefined || more.length > 0) return undefined;
  if (second === undefined) return { proof };
  const binding = decodeProof(second);
  return binding === undefined ? undefined : { proof, binding };
}
