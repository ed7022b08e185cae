/**
 * The keys under which those in a call say words to each other, of one epoch (docs/decisions, "Resolutions and words"):
 *
 *   base key    = MLS-Exporter("signet words v1", "", 32)
 *   sender's key = HKDF-SHA256(base key, info: field("signet/word-key/v1") field(call ID) field(epoch) field(leaf) field(leaf's public key))
 *
 * Every member can compute every other's key, as with frames. Who said a word is told by the signature in it, and by nothing else.
 */
import { encodeFields, u64, utf8, type Bytes } from "@signet/protocol";

import type { CallGroup } from "../mls/call-group.ts";
import { gcmAead, type Aead } from "../sframe/aead.ts";

export interface WordSender {
  readonly leaf: number;
  /** User ID. */
  readonly userId: string;
  /** Raw Ed25519, 32 bytes. */
  readonly leafPublicKey: Bytes;
}

/** One epoch of a call, for words: who can say some in it, and its keys, which WebCrypto keeps. */
export interface WordEpoch {
  readonly callId: string;
  readonly epoch: number;
  readonly ownLeaf: number;
  readonly senders: ReadonlyMap<number, WordSender>;
  /** Each made once. @returns undefined for a leaf that is nobody's in this epoch */
  aeadOf(leaf: number, use: "seal" | "open"): Promise<Aead> | undefined;
}

const exporterLabel = "signet words v1";
const keyLabel = "signet/word-key/v1";
const baseKeyBytes = 32;

/**
 * Of the epoch in which `group` is now.
 * @throws SignetError `mls.closed`
 */
export async function exportWordEpoch(
  group: Pick<CallGroup, "epoch" | "ownLeaf" | "members" | "exportSecret">,
  callId: string,
): Promise<WordEpoch> {
  // Read before anything is awaited, so that all of it is of one epoch.
  const { epoch, ownLeaf } = group;
  const senders = new Map(
    group.members().map(({ leaf, leafPublicKey, userId }) => [leaf, { leaf, leafPublicKey, userId }]),
  );
  const secret = await group.exportSecret(exporterLabel, new Uint8Array(0), baseKeyBytes);
  const baseKey = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  secret.fill(0);
  const made = new Map<string, Promise<Aead>>();
  const derive = async ({ leaf, leafPublicKey }: WordSender, use: "encrypt" | "decrypt"): Promise<Aead> => {
    const fields = [utf8(keyLabel), utf8(callId), u64(epoch), u64(leaf), leafPublicKey];
    const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: encodeFields(fields) };
    const aes = { name: "AES-GCM", length: 256 };
    return gcmAead(await crypto.subtle.deriveKey(derivation, baseKey, aes, false, [use]));
  };
  return {
    callId,
    epoch,
    ownLeaf,
    senders,
    aeadOf: (leaf, use) => {
      const sender = senders.get(leaf);
      if (sender === undefined) return undefined;
      const name = `${use} ${leaf}`;
      const known = made.get(name) ?? derive(sender, use === "seal" ? "encrypt" : "decrypt");
      made.set(name, known);
      return known;
    },
  };
}
