/** Public keys of WebAuthn credentials: COSE (RFC 9053 section 7, RFC 8230 section 4) to SubjectPublicKeyInfo. */
import { concatBytes } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import type { Cbor } from "./cbor.ts";
import { ed25519Prefix, importPublicKey, p256Prefix, rsaEncryption } from "./public-key.ts";

/** COSE algorithm identifiers (RFC 9053 sections 2.1 and 2.2, RFC 8812 section 2, RFC 8230 section 2). */
export const coseAlgorithms: Readonly<Record<DeviceAlgorithm, number>> = {
  ES256: -7,
  EdDSA: -8,
  RS256: -257,
  PS256: -37,
};

/** Labels of the map: type and algorithm; the others depend on the type. */
const label = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 } as const;
const keyType = { okp: 1, ec2: 2, rsa: 3 } as const;
const curve = { p256: 1, ed25519: 6 } as const;

export interface DevicePublicKey {
  readonly algorithm: DeviceAlgorithm;
  /** SubjectPublicKeyInfo, DER, canonical. */
  readonly publicKey: Bytes;
}

/** @returns undefined when the key is not of one of these algorithms, or no key that Signet takes */
export async function readCoseKey(
  coseKey: ReadonlyMap<Cbor, Cbor>,
  algorithms: readonly DeviceAlgorithm[],
): Promise<DevicePublicKey | undefined> {
  const algorithm = algorithms.find((name) => coseAlgorithms[name] === coseKey.get(label.alg));
  const publicKey = algorithm === undefined ? undefined : spkiOf(algorithm, coseKey);
  if (algorithm === undefined || publicKey === undefined) return undefined;
  const imported = await importPublicKey(algorithm, publicKey);
  return imported === undefined ? undefined : { algorithm, publicKey };
}

function spkiOf(algorithm: DeviceAlgorithm, coseKey: ReadonlyMap<Cbor, Cbor>): Bytes | undefined {
  const is = (name: number, value: number): boolean => coseKey.get(name) === value;
  const bytes = (name: number, length?: number): Bytes | undefined => {
    const value = coseKey.get(name);
    const fits = value instanceof Uint8Array && (length === undefined || value.length === length);
    return fits ? value : undefined;
  };
  switch (algorithm) {
    case "ES256": {
      const [x, y] = [bytes(label.x, 32), bytes(label.y, 32)];
      if (!is(label.kty, keyType.ec2) || !is(label.crv, curve.p256)) return undefined;
      return x && y && concatBytes(p256Prefix, x, y);
    }
    case "EdDSA": {
      const x = bytes(label.x, 32);
      if (!is(label.kty, keyType.okp) || !is(label.crv, curve.ed25519)) return undefined;
      return x && concatBytes(ed25519Prefix, x);
    }
    case "RS256":
    case "PS256": {
      const [n, e] = [bytes(label.n), bytes(label.e)];
      return is(label.kty, keyType.rsa) && n && e ? rsaSpki(n, e) : undefined;
    }
  }
}

/** RFC 8017 appendix A.1.1 within RFC 5280 section 4.1. */
function rsaSpki(modulus: Bytes, exponent: Bytes): Bytes {
  const rsaPublicKey = der(0x30, integer(modulus), integer(exponent));
  return der(0x30, rsaEncryption, der(0x03, Uint8Array.of(0), rsaPublicKey));
}

/** Minimal INTEGER of an unsigned big-endian number. */
function integer(value: Bytes): Bytes {
  const first = value.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? new Uint8Array(1) : value.slice(first);
  const sign = (significant[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return der(0x02, sign, significant);
}

/** X.690 section 10.1; what is longer than 64 kB holds no key that anybody accepts, and comes out as one that nobody can read. */
function der(tag: number, ...parts: readonly Bytes[]): Bytes {
  const contents = concatBytes(...parts);
  const { length } = contents;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return concatBytes(Uint8Array.of(tag, ...head), contents);
}
