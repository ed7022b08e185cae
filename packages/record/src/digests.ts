/** What is signed of a record, and of those who are in the group together. */
import { sha256 } from "@signet/device";
import { encodeFields, u64, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { CallRecord } from "./call-record.ts";
import { formatRecord } from "./format.ts";

/** Of the text without `kept`, which signs it. 32 bytes. */
export function recordDigest({ kept: _, ...record }: CallRecord): Promise<Bytes> {
  return sha256(new TextEncoder().encode(formatRecord(record)));
}

/** An epoch of a call's group, as its members sign it. Digests have 32 bytes. */
export interface EpochHead {
  readonly callId: string;
  readonly callProofDigest: Bytes;
  /** MLS epoch. */
  readonly number: number;
  /** In leaf order. `answerDigest`: of the transcript of the proof that stands in the leaf; `leafKey`: that it names. */
  readonly members: readonly {
    readonly leaf: number;
    readonly answerDigest: Bytes;
    readonly leafKey: Bytes;
  }[];
  /** Of {@link authenticatorHash}. */
  readonly authenticatorHash: Bytes;
  /** Of the call list that stands in the group. */
  readonly listDigest: Bytes;
}

/** What members sign with their terminal keys of an epoch (docs/record.md, "Epochs"). 32 bytes. */
export function epochDigest(head: EpochHead): Promise<Bytes> {
  const { authenticatorHash, callId, callProofDigest, listDigest, members, number } = head;
  const inGroup = members.flatMap(({ answerDigest, leaf, leafKey }) => [u64(leaf), answerDigest, leafKey]);
  const about = [utf8("signet/epoch-head/v1"), utf8(callId), callProofDigest, u64(number)];
  return sha256(encodeFields([...about, ...inGroup, authenticatorHash, listDigest]));
}

/** @param epochAuthenticator RFC 9420 section 8.7: the same for all members, and nothing of the keys can be told from its hash */
export const authenticatorHash = (epochAuthenticator: Bytes): Promise<Bytes> =>
  sha256(encodeFields([utf8("signet/epoch-authenticator/v1"), epochAuthenticator]));
