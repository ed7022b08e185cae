/** How a token makes a signature of each algorithm: hashing itself where it can, else over our hash. */
import { concatBytes } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { sha256 } from "../digest.ts";
import { fromHex } from "../hex.ts";
import { CKF, CKM } from "./constants.ts";
import type { SignMechanism } from "./messages.ts";

export interface SignWay extends SignMechanism {
  /** What the mechanism takes for a message. */
  readonly prepare: (message: Bytes) => Bytes | Promise<Bytes>;
}

/** DigestInfo of SHA-256 up to the hash (RFC 8017 section 9.2, note 1). */
const sha256DigestInfo = fromHex("3031300d060960864801650304020105000420");

const asItIs = (message: Bytes): Bytes => message;
const hashed = async (message: Bytes): Promise<Bytes> => sha256(message);
const digestInfo = async (message: Bytes): Promise<Bytes> =>
  concatBytes(sha256DigestInfo, await sha256(message));

/** In the order of preference. */
const ways: Record<DeviceAlgorithm, readonly SignWay[]> = {
  ES256: [
    { mechanism: CKM.ecdsaSha256, pss: false, prepare: asItIs },
    { mechanism: CKM.ecdsa, pss: false, prepare: hashed },
  ],
  EdDSA: [{ mechanism: CKM.eddsa, pss: false, prepare: asItIs }],
  PS256: [
    { mechanism: CKM.sha256RsaPkcsPss, pss: true, prepare: asItIs },
    { mechanism: CKM.rsaPkcsPss, pss: true, prepare: hashed },
  ],
  RS256: [
    { mechanism: CKM.sha256RsaPkcs, pss: false, prepare: asItIs },
    { mechanism: CKM.rsaPkcs, pss: false, prepare: digestInfo },
  ],
};

/** @param mechanisms CKM_ with their CKF_ bits @returns undefined when the token has no mechanism for the algorithm */
export function signWayOf(
  algorithm: DeviceAlgorithm,
  mechanisms: ReadonlyMap<number, number>,
): SignWay | undefined {
  return ways[algorithm].find(
    ({ mechanism }) => ((mechanisms.get(mechanism) ?? 0) & CKF.mechanismSign) !== 0,
  );
}
