/** What is said of a call's list in a world of the server's machine, and a call of two to begin with. */
import { encodeTranscript } from "@signet/protocol";
import type { Bytes, ProofIn } from "@signet/protocol";

import { bytes, callDigest, callId, entry, from, proof, reachable } from "../fixtures.ts";
import { saying } from "./call-list-inputs.ts";
import { ServerWorld } from "./call-server-world.ts";

export const head = new Uint8Array(32);
export const binding = proof("binding");

export function invite(world: ServerWorld, by: string, named: readonly string[], atMs = 0): Bytes {
  const statement = saying("invite", by, atMs, { head, userIds: named });
  world.step({ type: "invite", ...from(by), statement, people: named.map((name) => reachable(name)) });
  return statement.digest;
}
export function remove(
  world: ServerWorld,
  by: string,
  named: readonly string[],
  voided: readonly Bytes[],
): Bytes {
  const statement = saying("remove", by, 0, { userIds: named, voided });
  world.step({ type: "remove", ...from(by), statement: { ...statement, binding } });
  return statement.digest;
}
export const answering = (name: string, invitation: Bytes): ProofIn => ({
  ...proof("join"),
  transcript: encodeTranscript({
    purpose: "join",
    serverOrigin: "https://signet.example",
    userId: name,
    deviceId: entry(name).deviceId,
    issuedAtMs: 1,
    callId: callId(),
    callProofDigest: callDigest,
    leafKey: bytes("leaf key"),
    head,
    checkpoint: new Uint8Array(),
    invitation,
  }),
});
/** With all that is said. */
export const bring = (
  world: ServerWorld,
  by: string,
  admitted: readonly string[] = [],
  removed: readonly string[] = [],
) =>
  world.commit(by, admitted, removed, {
    statements: world.state.pending.map(({ statement }) => statement.digest),
  });
/** ada and bob are in the group; cyd rings. */
export const ofTwo = (): ServerWorld => new ServerWorld().join("bob").commit("ada", ["bob"]);
