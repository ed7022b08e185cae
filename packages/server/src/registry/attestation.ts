import { createPublicKey } from "node:crypto";
import type { JsonWebKey } from "node:crypto";

import { rpIdOf } from "@signet/device";
import { equalBytes, toBase64Url } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ErrorCode, RequestBody } from "@signet/protocol";
import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";

type WebAuthnCreation = NonNullable<RequestBody<"register.finish">["webauthn"]>;

export interface CreationExpectation {
  readonly serverOrigin: string;
  readonly challenge: Bytes;
  /** SPKI that the terminal names. */
  readonly publicKey: Bytes;
  readonly algorithm: DirectoryEntryIn["algorithm"];
}

/** COSE algorithm identifiers (RFC 9053; RFC 8812 section 2). */
const coseAlgorithms = { ES256: -7, EdDSA: -8, RS256: -257, PS256: -37 } as const;

/**
 * Checks what `navigator.credentials.create` returned (WebAuthn level 3, section 7.1). The attestation is verified where
 * there is one, and recorded; none is required.
 * @returns refusal `registration.attestation`, or `proof.device` when the credential's key is not the one named
 */
export async function verifyCreation(
  created: WebAuthnCreation,
  expected: CreationExpectation,
): Promise<
  | { readonly ok: true; readonly attestation: NonNullable<DirectoryEntryIn["attestation"]> }
  | { readonly ok: false; readonly code: ErrorCode }
> {
  const credentialId = toBase64Url(created.credentialId);
  let info: Awaited<ReturnType<typeof verifyRegistrationResponse>>["registrationInfo"];
  try {
    const result = await verifyRegistrationResponse({
      response: {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        response: {
          clientDataJSON: toBase64Url(created.clientDataJson),
          attestationObject: toBase64Url(created.attestationObject),
        },
        clientExtensionResults: {},
      },
      expectedChallenge: toBase64Url(expected.challenge),
      expectedOrigin: expected.serverOrigin,
      expectedRPID: rpIdOf(expected.serverOrigin),
      requireUserPresence: true,
      // Whether the device checks PIN or fingerprint is read from the `register` proof.
      requireUserVerification: false,
      supportedAlgorithmIDs: [coseAlgorithms[expected.algorithm]],
    });
    info = result.verified ? result.registrationInfo : undefined;
  } catch {
    return { ok: false, code: "registration.attestation" };
  }
  if (info === undefined || info.credential.id !== credentialId)
    return { ok: false, code: "registration.attestation" };
  const spki = coseToSpki(info.credential.publicKey);
  if (spki === undefined || !equalBytes(spki, expected.publicKey)) return { ok: false, code: "proof.device" };
  return { ok: true, attestation: { format: info.fmt, aaguid: info.aaguid } };
}

/** Labels of a COSE key (RFC 9053 section 7, RFC 8230 section 4). */
const kty = 1;
const [okp, ec2, rsa] = [1, 2, 3];

function coseToSpki(coseKey: Uint8Array<ArrayBuffer>): Bytes | undefined {
  const decoded: unknown = decodeCredentialPublicKey(coseKey);
  if (!(decoded instanceof Map)) return undefined;
  const text = (name: number): string => {
    const value: unknown = decoded.get(name);
    return value instanceof Uint8Array ? toBase64Url(value) : "";
  };
  const jwks: ReadonlyMap<unknown, JsonWebKey> = new Map<unknown, JsonWebKey>([
    [okp, { kty: "OKP", crv: "Ed25519", x: text(-2) }],
    [ec2, { kty: "EC", crv: "P-256", x: text(-2), y: text(-3) }],
    [rsa, { kty: "RSA", n: text(-1), e: text(-2) }],
  ]);
  const key = jwks.get(decoded.get(kty));
  if (key === undefined) return undefined;
  try {
    return new Uint8Array(createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "der" }));
  } catch {
    return undefined;
  }
}
