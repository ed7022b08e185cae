/** HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM), of which each sealed thing binds the fields before it into the key. */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { encodeFields, type Bytes } from "@signet/protocol";

/** Of the encapsulated key. */
export const encapsulatedBytes = 32;

/** One for each use: it keeps nothing. */
export const hpke = (): CipherSuite =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/**
 * @param publicKey X25519, 32 bytes
 * @returns the fields of `head`, that of the encapsulated key and that of the ciphertext
 * @throws anything where nothing can be sealed to that key
 */
export async function sealTo(publicKey: Bytes, head: readonly Bytes[], secret: Bytes): Promise<Bytes> {
  const suite = hpke();
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: encodeFields(head) });
  const ciphertext = new Uint8Array(await sender.seal(secret));
  return encodeFields([...head, new Uint8Array(sender.enc), ciphertext]);
}

/** @param given the encapsulated key @throws anything where it was not sealed to this key under this head */
export async function openWith(
  pair: CryptoKeyPair,
  head: readonly Bytes[],
  given: Bytes,
  ciphertext: Bytes,
): Promise<Bytes> {
  const info = encodeFields(head);
  const recipient = await hpke().createRecipientContext({ recipientKey: pair, enc: given, info });
  return new Uint8Array(await recipient.open(ciphertext));
}
