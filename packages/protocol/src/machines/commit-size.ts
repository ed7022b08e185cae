/** How many joiners fit into one Commit: it goes to the server in one message with its Welcome, which holds the tree of the whole group. */
import type { Bytes } from "../bytes.ts";
import { maxMessageBytes } from "../messages/codec.ts";
import { mostMlsBytes } from "../messages/parts.ts";
import type { ServerMember } from "./call-server-state.ts";

/** base64url takes four characters for three bytes; names and leaves of those admitted take the rest. */
const mostBytes = (maxMessageBytes * 3) / 4 - 24_576;
/** Of a Welcome, for each joiner: reference, encrypted secrets. */
const secretsBytes = 180;
/** In a tree or a path, for each member: an inner node, or a path secret when a Commit removes somebody. */
const nodeBytes = 100;
/** Of a leaf that did not come in a KeyPackage: the initiator's, or somebody's who rejoined. */
const usualLeafBytes = 1_500;

const leafBytesOf = ({ leafBytes = usualLeafBytes }: Pick<ServerMember, "leafBytes">): number => leafBytes;

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

/** Whether the server takes a Commit of this size; it closes the connection that brings more. */
export function fitsOneMessage(commit: Bytes, welcome?: Bytes): boolean {
  const welcomeBytes = welcome?.length ?? 0;
  return Math.max(commit.length, welcomeBytes) <= mostMlsBytes && commit.length + welcomeBytes <= mostBytes;
}
