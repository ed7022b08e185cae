/** What both terminals make of the code: where they meet, and a key that the server does not have. */
import { sha256 } from "@signet/device";
import { PairingId, encodeFields, toBase64Url, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

const label = "signet/pairing/v1";

export interface PairingKeys {
  readonly pairingId: PairingId;
  /** AES-256-GCM, not extractable. */
  readonly key: CryptoKey;
  /** What the chain of sealed words begins with, 32 bytes. */
  readonly start: Bytes;
}

/**
 * HKDF-SHA-256 (RFC 5869) of the code, for this server alone: at another address the same code leads elsewhere.
 * @param code as readPairingCode gives it
 */
export async function pairingKeys(serverOrigin: string, code: string): Promise<PairingKeys> {
  const secret = await crypto.subtle.importKey("raw", utf8(code), "HKDF", false, ["deriveBits", "deriveKey"]);
  const hkdf = (use: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: fieldsOf(label, serverOrigin, use),
  });
  const [id, key] = await Promise.all([
    crypto.subtle.deriveBits(hkdf("id"), secret, 128),
    crypto.subtle.deriveKey(hkdf("key"), secret, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]),
  ]);
  const pairingId = PairingId.parse(toBase64Url(new Uint8Array(id)));
  return { pairingId, key, start: await sha256(fieldsOf(label, serverOrigin, pairingId)) };
}

/** Length-prefixed, as the fields of a transcript. */
export function fieldsOf(...fields: readonly (string | Uint8Array)[]): Bytes {
  return encodeFields(fields.map((field) => (typeof field === "string" ? utf8(field) : field)));
}
