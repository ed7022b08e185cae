/** Templates of new key pairs: on the token, sensitive, never to be taken out, for signing and nothing else. */
import type { DeviceAlgorithm } from "@signet/protocol";

import { CKA, CKM, ed25519Params, p256Params } from "./constants.ts";
import type { Attribute } from "./cryptoki.ts";

export interface Generation {
  readonly mechanism: number;
  readonly publicTemplate: Attribute[];
  readonly privateTemplate: Attribute[];
}

/** NIST SP 800-57: as strong as P-256; cards make 2048 bits in a minute and 3072 often not at all. */
const rsaBits = 2048;

/** @param id CKA_ID, hexadecimal */
export function generationOf(algorithm: DeviceAlgorithm, label: string, id: string): Generation {
  const both: Attribute[] = [
    { type: CKA.token, value: true },
    { type: CKA.label, value: label },
    { type: CKA.id, value: Buffer.from(id, "hex") },
  ];
  const publicTemplate = [...both, { type: CKA.verify, value: true }, ...publicPart(algorithm)];
  const privateTemplate = [
    ...both,
    { type: CKA.private, value: true },
    { type: CKA.sensitive, value: true },
    { type: CKA.extractable, value: false },
    { type: CKA.sign, value: true },
    ...otherUses(algorithm).map((type) => ({ type, value: false })),
  ];
  return { mechanism: generationMechanism(algorithm), publicTemplate, privateTemplate };
}

export function generationMechanism(algorithm: DeviceAlgorithm): number {
  if (algorithm === "ES256") return CKM.ecKeyPairGen;
  return algorithm === "EdDSA" ? CKM.ecEdwardsKeyPairGen : CKM.rsaPkcsKeyPairGen;
}

function publicPart(algorithm: DeviceAlgorithm): Attribute[] {
  if (algorithm === "ES256") return [{ type: CKA.ecParams, value: p256Params }];
  if (algorithm === "EdDSA") return [{ type: CKA.ecParams, value: ed25519Params }];
  return [
    { type: CKA.modulusBits, value: rsaBits },
    { type: CKA.publicExponent, value: Buffer.from([1, 0, 1]) },
  ];
}

/** What the token might allow by itself if it were not told. */
function otherUses(algorithm: DeviceAlgorithm): number[] {
  const isRsa = algorithm === "RS256" || algorithm === "PS256";
  return isRsa ? [CKA.decrypt, CKA.unwrap, CKA.signRecover] : [CKA.derive];
}
