/**
 * How large a Commit and its Welcome are, as far as the server can tell: how many joiners fit into one, since both go to the server in one message
 * and the Welcome holds the tree of the whole group; and how large they may be at most.
 */
import type { Bytes } from "../bytes.ts";
import { maxMessageBytes } from "../messages/codec.ts";
import { mostMlsBytes } from "../messages/parts.ts";
import { longestEncoding } from "../proof.ts";
import type { ProofIn } from "../proof.ts";
import type { ServerMember } from "./call-server-state.ts";

/** base64url takes four characters for three bytes; names and leaves of those admitted take the rest. */
const mostBytes = (maxMessageBytes * 3) / 4 - 24_576;
/** Of a Welcome, for each joiner: reference, encrypted secrets. */
const secretsBytes = 180;
/** In a tree or a path, for each member: an inner node, or a path secret when a Commit removes somebody. */
const nodeBytes = 100;
/** Of a leaf, beside the proof in it: keys, capabilities, lifetime or parent hash, signature. */
const besideProofBytes = 512;
/** In a call that began before leaves were told by their proofs. */
const usualLeafBytes = 1_500;
/**
 * Beside what is expected of each leaf, at most: its person may have more than one proof for this call, and they are not of one size; and an
 * inner node may name those who came in below it. Several times what was measured, so that nobody makes honest Commits too large.
 */
const mostMoreBytes = 1_024;
/** The frame of a message, its signature and tags, and one leaf that is much larger than expected. */
const mostFrameBytes = 8_192;

const leafBytesOf = ({ leafBytes = usualLeafBytes }: Pick<ServerMember, "leafBytes">): number => leafBytes;

/**
 * Of a leaf that does not come in a KeyPackage: the initiator's, or somebody's who rejoins. The proof in it may be another one of theirs than
 * the server was told: as long as one can be, or what is in the tree would be more than the next Welcome may have.
 */
export const leafBytesBy = (proof: ProofIn): number => longestEncoding(proof) + besideProofBytes;

/**
 * @param waiting in the order in which they are admitted
 * @returns how many of them fit; one at least, or nobody would ever be admitted
 */
export function admissible(
  waiting: readonly Pick<ServerMember, "leafBytes">[],
  inGroup: readonly Pick<ServerMember, "leafBytes">[],
  removes: boolean,
): number {
  let welcome = inGroup.reduce((sum, member) => sum + leafBytesOf(member) + nodeBytes, 0);
  let commit = removes ? inGroup.length * nodeBytes : 0;
  const tooMany = waiting.findIndex((member) => {
    commit += leafBytesOf(member);
    welcome += leafBytesOf(member) + nodeBytes + secretsBytes;
    return commit + welcome > mostBytes || welcome > mostMlsBytes;
  });
  return tooMany < 0 ? waiting.length : Math.max(1, tooMany);
}

/**
 * What a Commit and its Welcome may have, by whom it concerns: nobody is answerable for what the server cannot read, so whoever commits must
 * not put more into it than it takes.
 * @param inTree who has a leaf before the Commit, its sender among them
 */
export function largestCommit(
  admitted: readonly Pick<ServerMember, "leafBytes">[],
  inTree: readonly Pick<ServerMember, "leafBytes">[],
  sender: Pick<ServerMember, "leafBytes">,
): { readonly commitBytes: number; readonly welcomeBytes: number } {
  const sum = (members: readonly Pick<ServerMember, "leafBytes">[]): number =>
    members.reduce((bytes, member) => bytes + leafBytesOf(member) + mostMoreBytes, mostFrameBytes);
  return {
    commitBytes: sum([...admitted, sender]) + inTree.length * mostMoreBytes,
    welcomeBytes: sum([...admitted, ...inTree]),
  };
}

/** Whether the server takes a Commit of this size; it closes the connection that brings more. */
export function fitsOneMessage(commit: Bytes, welcome?: Bytes): boolean {
  const welcomeBytes = welcome?.length ?? 0;
  return Math.max(commit.length, welcomeBytes) <= mostMlsBytes && commit.length + welcomeBytes <= mostBytes;
}
