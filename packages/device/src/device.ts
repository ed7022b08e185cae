import { toBase64Url } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, DeviceId, DeviceKind, ProofIn, Transcript } from "@signet/protocol";

import { sha256 } from "./digest.ts";

export interface SignOptions {
  /** Gives up waiting for the touch; the promise then rejects with `device.cancelled`. */
  readonly signal?: AbortSignal;
  /**
   * Asks the device for the output of its PRF (WebAuthn level 3, section 10.1.4) with the same touch: 32 bytes, the same for the same input at each
   * touch of this device, and at no other. Told before the signature is given; devices that have none, or do not check PIN or fingerprint, pass it over.
   */
  readonly prf?: { readonly input: Bytes; readonly onOutput: (output: Bytes) => void };
}

export interface SignCmsOptions extends Pick<SignOptions, "signal"> {
  /** What the signature says of its time: milliseconds since 1970, of which whole seconds are written. */
  readonly signedAtMs: number;
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
   * Signs a document as CMS SignedData (RFC 5652), detached, with the signed attributes of CAdES-BES and the certificates. Only of devices with
   * certificates; never of WebAuthn, whose signatures are over its own data.
   * @param document its bytes; they are not in what is returned
   * @returns DER
   * @throws SignetError with a `device.*` code as `sign`, or a `certificate.*` code before the device is asked for anything
   */
  signCms?(document: Bytes, options: SignCmsOptions): Promise<Bytes>;
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
