import { toBase64Url, type Bytes } from "@signet/protocol";
import type { CallGroup } from "../mls/call-group.ts";
import { importBaseKey } from "../sframe/key.ts";
import { aes128Gcm } from "../sframe/suite.ts";

/** A leaf in one epoch, and whose frames those are that name it. */
export interface FrameSender {
  readonly leaf: number;
  /** User ID: one voice, at whichever leaf and terminal. */
  readonly person: string;
  /** Base64url of the leaf's signature key. A terminal keeps it for as long as it is in the call, and counts its frames on. */
  readonly key: string;
  /** Its leaf says that it signs what it seals: `signet/spoke/v1`. */
  readonly proves?: boolean;
}

interface EpochMembers {
  readonly epoch: bigint;
  /** All members in this epoch; frames of other leaves are refused. */
  readonly senders: readonly FrameSender[];
  readonly ownLeaf: number;
  /** Of the group; without it nothing that is heard can be held against what its speakers sign. */
  readonly callId?: Bytes;
}

/** What the frame layer needs to know of one MLS epoch, its secret still in bytes. Does not live long. */
export interface FrameEpochSecret extends EpochMembers {
  /** `MLS-Exporter("SFrame 1.0 Base Key", "", AEAD.Nk)` (RFC 9605 section 5.2): 16 bytes, overwritten when imported. */
  readonly baseKey: Bytes;
}

/** The same with the secret handed over to WebCrypto. */
export interface FrameEpoch extends EpochMembers {
  /** By `importBaseKey`; not extractable. */
  readonly baseKey: CryptoKey;
}

/**
 * The frame keys of the epoch in which `group` is now.
 *
 * As RFC 9605 section 5.2 lays out, the one secret exported from MLS is the `base_key` of all senders, and what keeps
 * their keys apart is the KID that `derive_key_salt` mixes in, with epoch, leaf index and context in it (`sframe/kid.ts`).
 * Every member could thus compute every other's key: by itself the leaf that a frame names holds against the server, not against a
 * dishonest member. Against those each terminal signs what it sealed (`spoken.ts`, `heard-proof.ts`).
 * @throws SignetError `mls.closed`
 */
export async function exportFrameEpoch(
  group: Pick<CallGroup, "callId" | "epoch" | "ownLeaf" | "members" | "exportSecret">,
): Promise<FrameEpochSecret> {
  // Read before anything is awaited, so that all of it is of one epoch.
  const members: EpochMembers = {
    epoch: BigInt(group.epoch),
    senders: group.members().map(({ leaf, leafPublicKey, proves, userId }) => ({
      leaf,
      person: userId,
      key: toBase64Url(leafPublicKey),
      proves,
    })),
    ownLeaf: group.ownLeaf,
    callId: group.callId,
  };
  const baseKey = await group.exportSecret("SFrame 1.0 Base Key", new Uint8Array(0), aes128Gcm.keyBytes);
  return { ...members, baseKey };
}

/** Moves the secret into WebCrypto and overwrites its bytes. */
export async function importFrameEpoch({ baseKey, ...members }: FrameEpochSecret): Promise<FrameEpoch> {
  return { ...members, baseKey: await importBaseKey(baseKey) };
}
