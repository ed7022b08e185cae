import { toBase64Url } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, DeviceId, DeviceKind, ProofIn, Transcript } from "@signet/protocol";

import { sha256 } from "./digest.ts";

export interface SignOptions {
  /** Gives up waiting for the touch; the promise then rejects with `device.cancelled`. */
  readonly signal?: AbortSignal;
}

/** Holds a private key that never leaves it, and signs transcripts with it. */
export interface SignatureDevice {
  readonly kind: DeviceKind;
  readonly deviceId: DeviceId;
  readonly algorithm: DeviceAlgorithm;
  /** SubjectPublicKeyInfo (RFC 5280 section 4.1), DER. */
  readonly publicKey: Bytes;
  /** X.509 chain for this key, DER, the device's own certificate first; absent when it has none. */
  readonly certificates?: readonly Bytes[];
  /** @throws SignetError with a `device.*` code */
  sign(transcript: Transcript, options?: SignOptions): Promise<ProofIn>;
  /**
   * For devices whose removal can be noticed: calls `listener` once, within a second of it.
   * @returns unsubscribe
   */
  onRemoved?(listener: () => void): () => void;
}

/** First 16 bytes of the SHA-256 of the SPKI, base64url. */
export async function deviceIdOf(publicKeySpki: Bytes): Promise<DeviceId> {
  return toBase64Url((await sha256(publicKeySpki)).subarray(0, 16)) as DeviceId;
}
