/** The keys of a token, each with all that is known of it and whether it can be used: what is listed and what is chosen from are the same. */
import type { Bytes, DeviceAlgorithm, ErrorCode } from "@signet/protocol";

import { importPublicKey } from "../public-key.ts";
import { certificateOf, parseCertificates } from "./certificates.ts";
import type { TokenCertificate } from "./certificates.ts";
import { algorithmsOf, kindOf, publicKeyOf } from "./key-kinds.ts";
import type { KeyKind } from "./key-kinds.ts";
import type { TokenObject, TokenObjects } from "./messages.ts";
import { signWayOf } from "./sign-way.ts";

export interface KeyCandidate {
  /** The private key, with what its public key object adds; without login the public key alone. */
  readonly key: TokenObject;
  /** undefined for one that Signet does not use */
  readonly kind: KeyKind | undefined;
  /** SubjectPublicKeyInfo, DER; undefined where neither a public key object nor a certificate of its ID shows it */
  readonly publicKey: Bytes | undefined;
  readonly certificate: TokenCertificate | undefined;
  /** Those of Signet that key and token can both make. */
  readonly algorithms: readonly DeviceAlgorithm[];
  /** Why it cannot sign for Signet; `device.publicKeyMissing` may still be mended by a signature that shows which one it is. */
  readonly unusable: ErrorCode | undefined;
}

/** The private keys, and the public keys without one: without login only those are seen. */
export async function keyCandidates(
  objects: TokenObjects,
  mechanisms: ReadonlyMap<number, number>,
): Promise<{ readonly privateKeys: readonly KeyCandidate[]; readonly publicKeys: readonly KeyCandidate[] }> {
  const { privateKeys, publicKeys } = objects;
  const certificates = parseCertificates(objects.certificates);
  const merged = privateKeys.map((key) => withPublicPart(key, objects));
  const candidate = (key: TokenObject): Promise<KeyCandidate> => candidateOf(key, certificates, mechanisms);
  const own = await Promise.all(merged.map(candidate));
  const isSeen = (key: TokenObject): boolean =>
    privateKeys.some((one) => (one.id === "" ? one.label === key.label : one.id === key.id));
  const others = await Promise.all(publicKeys.filter((key) => !isSeen(key)).map(candidate));
  return { privateKeys: own, publicKeys: others };
}

/** What is public of a key often stands in its public key object only: same CKA_ID; where there is none, same label. */
export function withPublicPart(privateKey: TokenObject, { publicKeys }: TokenObjects): TokenObject {
  const { id, label, keyType } = privateKey;
  const publicKey = publicKeys.find(
    (one) =>
      (keyType === undefined || one.keyType === keyType) && (id === "" ? one.label === label : one.id === id),
  );
  return { ...publicKey, ...privateKey };
}

async function candidateOf(
  key: TokenObject,
  certificates: readonly TokenCertificate[],
  mechanisms: ReadonlyMap<number, number>,
): Promise<KeyCandidate> {
  const kind = kindOf(key);
  const sameId = certificates.find(({ id }) => id !== "" && id === key.id);
  const publicKey = (kind === undefined ? undefined : publicKeyOf(kind, key)) ?? sameId?.publicKey;
  const certificate = publicKey === undefined ? sameId : certificateOf(key.id, publicKey, certificates);
  const algorithms =
    kind === undefined
      ? []
      : algorithmsOf[kind].filter((algorithm) => signWayOf(algorithm, mechanisms) !== undefined);
  return {
    key,
    kind,
    publicKey,
    certificate,
    algorithms,
    unusable: await whyUnusable(key, kind, publicKey, algorithms),
  };
}

async function whyUnusable(
  { maySign }: TokenObject,
  kind: KeyKind | undefined,
  publicKey: Bytes | undefined,
  algorithms: readonly DeviceAlgorithm[],
): Promise<ErrorCode | undefined> {
  if (kind === undefined) return "device.keyUnusable";
  // As whoever verifies would import it: an RSA key may have an exponent that nobody takes.
  const isTaken = publicKey === undefined || (await importPublicKey(algorithmsOf[kind][0], publicKey));
  if (isTaken === undefined) return "device.keyUnusable";
  if (maySign === false) return "device.keyMayNotSign";
  if (algorithms.length === 0) return "device.mechanismMissing";
  return publicKey === undefined ? "device.publicKeyMissing" : undefined;
}
