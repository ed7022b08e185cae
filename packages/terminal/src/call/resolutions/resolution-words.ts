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

/**
 * `binding` vouches for the terminal key that signed a proposal, or that it is withdrawn; `cms` comes with an approval: CMS SignedData over the document, by
 * the same device.
 */
export interface StatedIn {
  readonly proof: ProofIn;
  readonly binding?: ProofIn;
  readonly cms?: Bytes;
}

export interface ProposedIn {
  readonly resolution: Resolution;
  readonly proposal: StatedIn;
  readonly said: readonly StatedIn[];
}

const none = new Uint8Array(0);

function encodeStated({ binding, cms, proof }: StatedIn): Bytes {
  const vouched = binding === undefined ? none : encodeProof(binding);
  const last = cms === undefined ? (binding === undefined ? [] : [vouched]) : [vouched, cms];
  return encodeFields([encodeProof(proof), ...last]);
}

/** @param atLeastBytes filled up with zero bytes to that: an approval with a document's signature is as long as a rejection by the same device */
export function encodeSaid(stated: StatedIn, atLeastBytes?: number): Bytes {
  const said = encodeStated(stated);
  if (atLeastBytes === undefined) return encodeFields([said]);
  return encodeFields([said, new Uint8Array(Math.max(0, atLeastBytes - said.length))]);
}

export const encodeProposed = ({ proposal, resolution, said }: ProposedIn): Bytes =>
  encodeFields([encodeResolution(resolution), ...[proposal, ...said].map(encodeStated)]);

export function decodeProposed(contents: Bytes): ProposedIn | undefined {
  const [first, ...stated] = fieldsOf(contents) ?? [];
  const resolution = first === undefined ? undefined : decodeResolution(first);
  const [proposal, ...said] = stated.map(decodeStated);
  if (resolution === undefined || proposal === undefined || proposal.cms !== undefined) return undefined;
  const all = said.filter((one) => one !== undefined);
  return all.length === said.length ? { resolution, proposal, said: all } : undefined;
}

export function decodeSaid(contents: Bytes): StatedIn | undefined {
  const [first, filling = none, ...more] = fieldsOf(contents) ?? [];
  if (first === undefined || more.length > 0 || filling.some((byte) => byte !== 0)) return undefined;
  return decodeStated(first);
}

function decodeStated(bytes: Bytes): StatedIn | undefined {
  const [first, second, cms, ...more] = fieldsOf(bytes) ?? [];
  const proof = first === undefined ? undefined : decodeProof(first);
  if (proof === undefined || more.length > 0) return undefined;
  if (second === undefined) return { proof };
  // Devices sign documents, and nobody vouches for those.
  if (cms !== undefined) return second.length === 0 && cms.length > 0 ? { proof, cms } : undefined;
  const binding = decodeProof(second);
  return binding === undefined ? undefined : { proof, binding };
}
