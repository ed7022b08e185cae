/** What `navigator.credentials.create` gives for a real key: the bytes of the device, without any browser. */
import { concatBytes, fromBase64Url, toBase64Url, utf8 } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";
import { sha256 } from "@signet/device";
import { isoCBOR } from "@simplewebauthn/server/helpers";

import { createAuthenticator } from "./authenticator.ts";
import type { TestAuthenticator } from "./authenticator.ts";

type Cbor = Parameters<typeof isoCBOR.encode>[0];

const [kty, alg] = [1, 3];

function coseOf(algorithm: DeviceAlgorithm, jwk: JsonWebKey): Map<number, Cbor> {
  const bytes = (text: string | undefined): Bytes => fromBase64Url(text ?? "") ?? new Uint8Array();
  const parts: Readonly<Record<DeviceAlgorithm, [number, Cbor][]>> = {
    ES256: [
      [kty, 2],
      [alg, -7],
      [-1, 1],
      [-2, bytes(jwk.x)],
      [-3, bytes(jwk.y)],
    ],
    EdDSA: [
      [kty, 1],
      [alg, -8],
      [-1, 6],
      [-2, bytes(jwk.x)],
    ],
    RS256: [
      [kty, 3],
      [alg, -257],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ],
    PS256: [
      [kty, 3],
      [alg, -37],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ],
  };
  return new Map(parts[algorithm]);
}

export interface TestCreation {
  readonly authenticator: TestAuthenticator;
  readonly cose: Map<number, Cbor>;
  readonly credentialId: Bytes;
  readonly clientDataJSON: Bytes;
  /** @param changed what the authenticator data says instead of the truth */
  attestationObject(changed?: {
    readonly flags?: number;
    readonly cose?: Cbor;
    readonly credentialId?: Bytes;
    readonly after?: Bytes;
  }): Promise<Bytes>;
}

export async function testCreation(algorithm: DeviceAlgorithm, origin: string): Promise<TestCreation> {
  const authenticator = await createAuthenticator(algorithm, origin);
  const cose = coseOf(algorithm, authenticator.jwk);
  const credentialId = crypto.getRandomValues(new Uint8Array(20));
  const challenge = toBase64Url(new Uint8Array(32).fill(7));
  return {
    authenticator,
    cose,
    credentialId,
    clientDataJSON: utf8(JSON.stringify({ type: "webauthn.create", challenge, origin })),
    attestationObject: async (changed = {}) => {
      const id = changed.credentialId ?? credentialId;
      const authData = concatBytes(
        await sha256(utf8(new URL(origin).hostname)),
        Uint8Array.of(changed.flags ?? 0x45, 0, 0, 0, 0),
        new Uint8Array(16),
        Uint8Array.of(id.length >> 8, id.length & 255),
        id,
        isoCBOR.encode(changed.cose ?? cose),
        changed.after ?? new Uint8Array(),
      );
      const parts: [string, Cbor][] = [
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", authData],
      ];
      return isoCBOR.encode(new Map(parts));
    },
  };
}
