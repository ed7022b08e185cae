/**
 * Which public key is that of a private key, where neither an ID nor a label says it: a signature does. It is made over bytes that
 * are no digest of a transcript, so that it proves nothing to anybody.
 */
import { concatBytes, utf8 } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { importPublicKey } from "../public-key.ts";
import { checkRaw } from "../signature-check.ts";
import { parseCertificates } from "./certificates.ts";
import { kindOf, publicKeyOf } from "./key-kinds.ts";
import type { TokenObjects } from "./messages.ts";

const label = utf8("signet/which-public-key/v1");

/**
 * @param sign has the private key sign these bytes
 * @returns SubjectPublicKeyInfo, DER; undefined where the token holds none that fits
 */
export async function findPublicKey(
  objects: TokenObjects,
  algorithm: DeviceAlgorithm,
  sign: (message: Bytes) => Promise<Bytes>,
): Promise<Bytes | undefined> {
  const shown = [
    ...objects.publicKeys.map((one) => {
      const kind = kindOf(one);
      return kind === undefined ? undefined : publicKeyOf(kind, one);
    }),
    ...parseCertificates(objects.certificates).map(({ publicKey }) => publicKey),
  ];
  const keys = await Promise.all(
    shown.map(async (publicKey) => ({
      publicKey,
      verifier: publicKey === undefined ? undefined : await importPublicKey(algorithm, publicKey),
    })),
  );
  const possible = keys.filter(({ verifier }) => verifier !== undefined);
  if (possible.length === 0) return undefined;
  const message = concatBytes(label, crypto.getRandomValues(new Uint8Array(32)));
  const signature = await sign(message);
  for (const { publicKey, verifier } of possible) {
    if (verifier !== undefined && (await checkRaw(algorithm, verifier, signature, message)).ok)
      return publicKey;
  }
  return undefined;
}
