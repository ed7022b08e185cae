import { createPublicKey } from "node:crypto";
import type { JsonWebKey } from "node:crypto";

import { rpIdOf } from "@signet/device";
import { equalBytes, toBase64Url } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ErrorCode, RequestBody } from "@signet/protocol";
import { verifyRegistrationResponse } from "@simplewebauthn/server";
import type { VerifyRegistrationResponseOpts } from "@simplewebauthn/server";
import { decodeAttestationObject, decodeCredentialPublicKey, isoCBOR } from "@simplewebauthn/server/helpers";

import { attestationHolds } from "./attestation.ts";

type WebAuthnCreation = Omit<NonNullable<RequestBody<"register.finish">["webauthn"]>, "madeFor">;

export interface CreationExpectation {
  readonly serverOrigin: string;
  readonly challenge: Bytes;
  /** SPKI that the terminal names. */
  readonly publicKey: Bytes;
  readonly algorithm: DirectoryEntryIn["algorithm"];
  /** For the dates of an attestation's certificates. */
  readonly nowMs: number;
}

/** COSE algorithm identifiers (RFC 9053; RFC 8812 section 2). */
const coseAlgorithms = { ES256: -7, EdDSA: -8, RS256: -257, PS256: -37 } as const;

/**
 * Checks what `navigator.credentials.create` returned (WebAuthn level 3, section 7.1). An attestation is recorded, and verified where it
 * can be without asking anybody; none is required, and none that does not hold is in the way.
 * @returns refusal `registration.attestation`, or `proof.device` when the credential's key is not the one named
 */
export async function verifyCreation(
  created: WebAuthnCreation,
  expected: CreationExpectation,
): Promise<
  | { readonly ok: true; readonly attestation: DirectoryEntryIn["attestation"] }
  | { readonly ok: false; readonly code: ErrorCode }
> {
  const parts = partsOf(created.attestationObject);
  if (parts === undefined) return { ok: false, code: "registration.attestation" };
  const { authData, format, statement } = parts;
  const info = await verified(withAttestation(created, expected, withoutStatement(authData)));
  if (info === undefined || info.credential.id !== toBase64Url(created.credentialId))
    return { ok: false, code: "registration.attestation" };
  const spki = coseToSpki(info.credential.publicKey);
  if (spki === undefined || !equalBytes(spki, expected.publicKey)) return { ok: false, code: "proof.device" };
  if (typeof format !== "string" || format.length > longestFormat)
    return { ok: true, attestation: undefined };
  const response = withAttestation(created, expected, created.attestationObject);
  const holds = await attestationHolds({ format, statement }, response, expected.nowMs);
  const { aaguid } = info;
  return { ok: true, attestation: { format, aaguid, ...(holds ? { verified: true } : {}) } };
}

/** As a directory entry takes it. */
const longestFormat = 32;

function partsOf(attestationObject: Bytes) {
  try {
    const decoded: unknown = decodeAttestationObject(attestationObject);
    if (!(decoded instanceof Map)) return undefined;
    const authData: unknown = decoded.get("authData");
    if (!(authData instanceof Uint8Array)) return undefined;
    return {
      authData: authData as Bytes,
      format: decoded.get("fmt") as unknown,
      statement: decoded.get("attStmt") as unknown,
    };
  } catch {
    return undefined;
  }
}

/** The same credential without attestation: what is left to check needs no certificates. */
function withoutStatement(authData: Bytes): Bytes {
  const parts: [string, Parameters<typeof isoCBOR.encode>[0]][] = [
    ["fmt", "none"],
    ["attStmt", new Map()],
    ["authData", authData],
  ];
  return isoCBOR.encode(new Map(parts));
}

function withAttestation(
  { clientDataJson, credentialId }: WebAuthnCreation,
  { algorithm, challenge, serverOrigin }: CreationExpectation,
  attestationObject: Bytes,
): VerifyRegistrationResponseOpts {
  const id = toBase64Url(credentialId);
  return {
    response: {
      id,
      rawId: id,
      type: "public-key",
      response: {
        clientDataJSON: toBase64Url(clientDataJson),
        attestationObject: toBase64Url(attestationObject),
      },
      clientExtensionResults: {},
    },
    expectedChallenge: toBase64Url(challenge),
    expectedOrigin: serverOrigin,
    expectedRPID: rpIdOf(serverOrigin),
    requireUserPresence: true,
    // Whether the device checks PIN or fingerprint is read from the `register` proof.
    requireUserVerification: false,
    supportedAlgorithmIDs: [coseAlgorithms[algorithm]],
  };
}

async function verified(response: VerifyRegistrationResponseOpts) {
  try {
    const result = await verifyRegistrationResponse(response);
    return result.verified ? result.registrationInfo : undefined;
  } catch {
    return undefined;
  }
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
