/** A WebAuthn authenticator and its browser: makes real credentials and assertions, and wrong ones that a test asks for. */
import { deviceIdOf, sha256 } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { concatBytes, encodeTranscript, toBase64Url, utf8 } from "@signet/protocol";
import type { Bytes, ProofIn, RequestBody, Transcript } from "@signet/protocol";
import { isoCBOR } from "@simplewebauthn/server/helpers";

export interface Distortion {
  /** Bits of the authenticator data: 1 user present, 4 user verified. */
  readonly flags?: number;
  readonly rpId?: string;
  readonly origin?: string;
  readonly signature?: (der: Bytes) => Bytes;
  readonly aaguid?: Bytes;
  /** Default 0: it does not count. Below 256. */
  readonly signCount?: number;
  /** Instead of no attestation at all. */
  readonly attest?: (credential: NewCredential) => Promise<Attested>;
}

/** What an attestation is about. */
export interface NewCredential {
  readonly authData: Bytes;
  readonly clientDataHash: Bytes;
  readonly rpIdHash: Bytes;
  readonly credentialId: Bytes;
  /** Uncompressed. */
  readonly point: Bytes;
  readonly publicKey: CryptoKey;
  /** By the credential's own key. @returns DER */
  sign(message: Bytes): Promise<Bytes>;
}

type Cbor = Parameters<typeof isoCBOR.encode>[0];
export type Attested = readonly [format: Cbor, statement: Cbor];

export interface TestAuthenticator extends SignatureDevice {
  create(
    challenge: Bytes,
    distortion?: Distortion,
  ): Promise<NonNullable<RequestBody<"register.finish">["webauthn"]>>;
  distorted(distortion: Distortion): SignatureDevice;
}

const present = 0x01;
const verified = 0x04;
const attested = 0x40;

/** ES256, with PIN or fingerprint checked each time. */
export async function createAuthenticator(serverOrigin: string): Promise<TestAuthenticator> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const credentialId = crypto.getRandomValues(new Uint8Array(16));
  const facts = {
    kind: "webauthn",
    algorithm: "ES256",
    deviceId: await deviceIdOf(publicKey),
    publicKey,
  } as const;

  const dataOf = async (distortion: Distortion, extraFlags: number, rest: Bytes): Promise<Bytes> =>
    concatBytes(
      await sha256(utf8(distortion.rpId ?? new URL(serverOrigin).hostname)),
      Uint8Array.of(
        (distortion.flags ?? present | verified) | extraFlags,
        0,
        0,
        0,
        distortion.signCount ?? 0,
      ),
      rest,
    );
  const clientDataOf = (type: string, challenge: Bytes, distortion: Distortion): Bytes => {
    const origin = distortion.origin ?? serverOrigin;
    return utf8(JSON.stringify({ type, challenge: toBase64Url(challenge), origin, crossOrigin: false }));
  };

  const sign = async (transcript: Transcript, distortion: Distortion): Promise<ProofIn> => {
    const encoded = encodeTranscript(transcript);
    const clientDataJson = clientDataOf("webauthn.get", await sha256(encoded), distortion);
    const authenticatorData = await dataOf(distortion, 0, new Uint8Array());
    const signed = concatBytes(authenticatorData, await sha256(clientDataJson));
    const der = await ecdsaDer(pair.privateKey, signed);
    const signature = distortion.signature?.(der) ?? der;
    return {
      transcript: encoded,
      signature: { kind: "webauthn", authenticatorData, clientDataJson, signature },
    };
  };

  return {
    ...facts,
    sign: (transcript) => sign(transcript, {}),
    distorted: (distortion) => ({ ...facts, sign: (transcript) => sign(transcript, distortion) }),
    create: async (challenge, distortion = {}) => {
      // COSE key (RFC 9053 section 7.1): EC2, ES256, P-256, x, y.
      const coseHead = Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20);
      const cose = concatBytes(
        coseHead,
        point.slice(1, 33),
        Uint8Array.of(0x22, 0x58, 0x20),
        point.slice(33),
      );
      const aaguid = distortion.aaguid ?? new Uint8Array(16).fill(0xab);
      const attestedData = concatBytes(aaguid, Uint8Array.of(0, credentialId.length), credentialId, cose);
      const authData = await dataOf(distortion, attested, attestedData);
      const clientDataJson = clientDataOf("webauthn.create", challenge, distortion);
      const [format, statement] = (await distortion.attest?.({
        authData,
        clientDataHash: await sha256(clientDataJson),
        rpIdHash: authData.slice(0, 32),
        credentialId,
        point,
        publicKey: pair.publicKey,
        sign: (message) => ecdsaDer(pair.privateKey, message),
      })) ?? ["none", new Map()];
      const parts: [string, Cbor][] = [
        ["fmt", format],
        ["attStmt", statement],
        ["authData", authData],
      ];
      return { credentialId, attestationObject: isoCBOR.encode(new Map(parts)), clientDataJson };
    },
  };
}

/** ES256, as WebAuthn wants it. */
export async function ecdsaDer(privateKey: CryptoKey, message: Bytes): Promise<Bytes> {
  const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, message);
  return rawToDer(new Uint8Array(raw));
}

function rawToDer(raw: Bytes): Bytes {
  const integer = (value: Bytes): Bytes => {
    const significant = value.slice(
      Math.max(
        0,
        value.findIndex((byte) => byte !== 0),
      ),
    );
    const sign = (significant[0] ?? 0) >= 0x80 ? [0] : [];
    return Uint8Array.of(0x02, sign.length + significant.length, ...sign, ...significant);
  };
  const body = concatBytes(integer(raw.slice(0, 32)), integer(raw.slice(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}
