import { deviceIdOf, sha256 } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { encodeTranscript } from "@signet/protocol";

const es256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A software device, without the key file, whose passphrase takes 100 ms. */
export async function createLoadDevice(): Promise<SignatureDevice> {
  const pair = await crypto.subtle.generateKey(es256, false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  return {
    kind: "software",
    algorithm: "ES256",
    deviceId: await deviceIdOf(publicKey),
    publicKey,
    sign: async (transcript) => {
      const encoded = encodeTranscript(transcript);
      const digest = await sha256(encoded);
      const signature = new Uint8Array(await crypto.subtle.sign(es256, pair.privateKey, digest));
      return { transcript: encoded, signature: { kind: "software", signature } };
    },
  };
}
