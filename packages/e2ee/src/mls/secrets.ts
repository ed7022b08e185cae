import { type ClientState, zeroOutUint8Array } from "ts-mls";

/** All secret byte strings of a state. Different states share the keys of path nodes that no Commit between them changed. */
function secretsOf(state: ClientState): Uint8Array[] {
  const secrets: Uint8Array[] = [
    ...Object.values(state.keySchedule),
    ...Object.values(state.privatePath.privateKeys),
  ];
  for (const node of state.secretTree) {
    if (node === undefined) continue;
    for (const ratchet of [node.handshake, node.application])
      secrets.push(ratchet.secret, ...Object.values(ratchet.unusedGenerations));
  }
  return secrets;
}

/** Zeroes what only `state` holds. With it a past epoch cannot be derived again from this terminal's memory. */
export function wipeState(state: ClientState, keep?: ClientState): void {
  wipeAllBut(state, keep === undefined ? [] : secretsOf(keep));
}

export function wipeAllBut(state: ClientState, keep: readonly Uint8Array[]): void {
  const kept = new Set(keep);
  for (const secret of secretsOf(state)) if (!kept.has(secret)) zeroOutUint8Array(secret);
}

/**
 * Drops what a state carries on without need: the former epochs' receiver secrets (Signet sends no MLS application
 * messages) and private keys of nodes that are blank by now (RFC 9420 section 7.8 has them deleted).
 */
export function tidyState(state: ClientState): ClientState {
  const privateKeys: Record<number, Uint8Array> = {};
  for (const [nodeIndex, key] of Object.entries(state.privatePath.privateKeys))
    if (state.ratchetTree[Number(nodeIndex)] !== undefined) privateKeys[Number(nodeIndex)] = key;
  return { ...state, privatePath: { ...state.privatePath, privateKeys }, historicalReceiverData: new Map() };
}
