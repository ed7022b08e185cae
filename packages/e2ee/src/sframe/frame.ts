import { concatBytes, type Bytes } from "@signet/protocol";
import { encodeHeader, type DecodedHeader } from "./header.ts";
import type { SFrameKey } from "./key.ts";

/** The salt XOR the counter as a big-endian integer of the nonce's length (RFC 9605 section 4.4.3). */
export function frameNonce(salt: Bytes, ctr: bigint): Bytes {
  const nonce = salt.slice();
  const view = new DataView(nonce.buffer);
  const at = nonce.length - 8;
  view.setBigUint64(at, view.getBigUint64(at) ^ ctr);
  return nonce;
}

/**
 * Encrypts one frame (RFC 9605 section 4.4.3). The caller never uses a counter twice with one key.
 * @param metadata authenticated with the frame, not sent
 * @returns header, ciphertext and tag
 */
export async function sealFrame(
  key: SFrameKey,
  ctr: bigint,
  metadata: Bytes,
  plaintext: Bytes,
): Promise<Bytes> {
  const header = encodeHeader({ kid: key.kid, ctr });
  return concatBytes(
    header,
    await key.aead.seal(frameNonce(key.salt, ctr), concatBytes(header, metadata), plaintext),
  );
}

/**
 * Decrypts one frame (RFC 9605 section 4.4.4).
 * @param header of this very `frame`, already decoded to choose `key`
 * @returns undefined when the frame is not what the holder of the key sealed with this metadata
 */
export async function openFrame(
  key: SFrameKey,
  header: DecodedHeader,
  metadata: Bytes,
  frame: Bytes,
): Promise<Bytes | undefined> {
  const aad = concatBytes(frame.subarray(0, header.headerBytes), metadata);
  return key.aead.open(frameNonce(key.salt, header.ctr), aad, frame.subarray(header.headerBytes));
}
