import { encodeTranscript } from "@signet/protocol";

import { deviceIdOf } from "./device.ts";
import { sha256 } from "./digest.ts";
import type { SoftwareDevice } from "./software-device.ts";

/** A guest's key: made for one call, in no file, and never to be taken out of where it was made. Ed25519. */
export async function createGuestKey(): Promise<SoftwareDevice> {
  const { privateKey, publicKey: ofPair } = await crypto.subtle.generateKey({ name: "Ed25519" }, false, [
    "sign",
    "verify",
  ]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", ofPair));
  return {
    kind: "software",
    algorithm: "EdDSA",
    deviceId: await deviceIdOf(publicKey),
    publicKey,
    sign: async (transcript) => {
      const encoded = encodeTranscript(transcript);
      const signed = await crypto.subtle.sign({ name: "Ed25519" }, privateKey, await sha256(encoded));
      return { transcript: encoded, signature: { kind: "software", signature: new Uint8Array(signed) } };
    },
  };
}
