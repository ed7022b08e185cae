/** WebAuthn level 3 in the browser: security keys and passkeys. The transcript's digest is the challenge. */
import { SignetError, encodeTranscript } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { deviceIdOf } from "./device.ts";
import type { SignatureDevice } from "./device.ts";
import { sha256 } from "./digest.ts";
import { importPublicKey } from "./public-key.ts";
import { rpIdOf } from "./signature-check.ts";

export interface WebAuthnDevice extends SignatureDevice {
  readonly kind: "webauthn";
  readonly credentialId: Bytes;
}

export interface WebAuthnCredential {
  readonly algorithm: DeviceAlgorithm;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Bytes;
  readonly credentialId: Bytes;
  /** Whether it was registered with PIN or fingerprint: it is then asked for each time. */
  readonly userVerification?: boolean;
  /** Hints where the authenticator is found (section 5.8.4). */
  readonly transports?: readonly string[];
}

export interface CreateWebAuthnOptions {
  /** Origin of the page and server; the RP ID is its host name. */
  readonly serverOrigin: string;
  readonly userId: string;
  readonly displayName: string;
  /** From the server, 16 bytes at least, used once. */
  readonly challenge: Bytes;
  /** Devices that must not be registered again. */
  readonly excludeCredentialIds?: readonly Bytes[];
  /** Which keys the device may make, best first; all that Signet accepts by default. */
  readonly algorithms?: readonly DeviceAlgorithm[];
  /** Default `direct`: the server records the model where the authenticator tells it. */
  readonly attestation?: AttestationConveyancePreference;
  /** How long the browser waits for a touch. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What the server verifies and records. */
export interface WebAuthnRegistration {
  readonly attestationObject: Bytes;
  readonly clientDataJson: Bytes;
  readonly credentialId: Bytes;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Bytes;
  readonly transports: readonly string[];
  readonly userVerified: boolean;
}

/** COSE algorithm identifiers (RFC 9053 sections 2.1 and 2.2, RFC 8812 section 2, RFC 8230 section 2). */
const coseAlgorithms: Readonly<Record<DeviceAlgorithm, number>> = {
  ES256: -7,
  EdDSA: -8,
  RS256: -257,
  PS256: -37,
};

const touchTimeoutMs = 60_000;

/**
 * Makes a credential on a device that the person touches.
 * @throws SignetError `device.unsupported`, `device.cancelled`, `device.alreadyRegistered`, `device.failed`, and
 *   `proof.algorithm` when the device can make no key that Signet accepts
 */
export async function createWebAuthnDevice(
  options: CreateWebAuthnOptions,
): Promise<{ readonly device: WebAuthnDevice; readonly registration: WebAuthnRegistration }> {
  const { serverOrigin, userId, displayName, challenge, signal } = options;
  const algorithms = options.algorithms ?? (["ES256", "EdDSA", "RS256"] as const);
  const credential = await attempt(true, signal, () =>
    credentials().create({
      publicKey: {
        rp: { id: rpIdOf(serverOrigin), name: "Signet" },
        // A handle derived from the user ID would let a refused registration overwrite the passkey in use.
        user: { id: crypto.getRandomValues(new Uint8Array(32)), name: userId, displayName },
        challenge,
        pubKeyCredParams: algorithms.map((name) => ({ type: "public-key", alg: coseAlgorithms[name] })),
        excludeCredentials: (options.excludeCredentialIds ?? []).map((id) => ({ type: "public-key", id })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
        attestation: options.attestation ?? "direct",
        timeout: options.timeoutMs ?? touchTimeoutMs,
      },
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  const spki = response.getPublicKey();
  const algorithm = algorithms.find((name) => coseAlgorithms[name] === response.getPublicKeyAlgorithm());
  if (spki === null || algorithm === undefined) throw new SignetError("proof.algorithm");
  const publicKey = new Uint8Array(spki);
  if ((await importPublicKey(algorithm, publicKey)) === undefined) throw new SignetError("proof.algorithm");
  const credentialId = new Uint8Array(credential.rawId);
  const transports = response.getTransports();
  // Flags are at the same place as in an assertion (section 6.1).
  const userVerified = ((new Uint8Array(response.getAuthenticatorData())[32] ?? 0) & 0x04) !== 0;
  const made = { algorithm, publicKey, credentialId, transports, userVerification: userVerified };
  return {
    device: await openWebAuthnDevice(made, serverOrigin, options.timeoutMs),
    registration: {
      attestationObject: new Uint8Array(response.attestationObject),
      clientDataJson: new Uint8Array(response.clientDataJSON),
      credentialId,
      publicKey,
      transports,
      userVerified,
    },
  };
}

/** A credential that is known already, for example from the directory. Asks nothing of the device until it signs. */
export async function openWebAuthnDevice(
  credential: WebAuthnCredential,
  serverOrigin: string,
  timeoutMs = touchTimeoutMs,
): Promise<WebAuthnDevice> {
  const { algorithm, publicKey, credentialId, transports } = credential;
  // Without it the device might sign unverified, only to be refused by everybody.
  const userVerification = credential.userVerification === true ? "required" : "preferred";
  const allowed: PublicKeyCredentialDescriptor = { type: "public-key", id: credentialId };
  if (transports !== undefined) allowed.transports = [...transports] as AuthenticatorTransport[];
  return {
    kind: "webauthn",
    deviceId: await deviceIdOf(publicKey),
    algorithm,
    publicKey,
    credentialId,
    sign: async (transcript, { signal } = {}) => {
      const encoded = encodeTranscript(transcript);
      const challenge = await sha256(encoded);
      const assertion = await attempt(false, signal, () =>
        credentials().get({
          publicKey: {
            rpId: rpIdOf(serverOrigin),
            challenge,
            allowCredentials: [allowed],
            userVerification,
            timeout: timeoutMs,
          },
          ...(signal === undefined ? {} : { signal }),
        }),
      );
      const response = assertion.response as AuthenticatorAssertionResponse;
      return {
        transcript: encoded,
        signature: {
          kind: "webauthn",
          authenticatorData: new Uint8Array(response.authenticatorData),
          clientDataJson: new Uint8Array(response.clientDataJSON),
          signature: new Uint8Array(response.signature),
        },
      };
    },
  };
}

/** Whether this page can use WebAuthn at all: a secure context in a browser, not a worker. */
export function isWebAuthnAvailable(): boolean {
  const { isSecureContext, navigator } = globalThis as Partial<typeof globalThis>;
  return (
    isSecureContext === true && navigator?.credentials !== undefined && "PublicKeyCredential" in globalThis
  );
}

function credentials(): CredentialsContainer {
  if (!isWebAuthnAvailable()) throw new SignetError("device.unsupported");
  return navigator.credentials;
}

async function attempt(
  isCreation: boolean,
  signal: AbortSignal | undefined,
  ask: () => Promise<Credential | null>,
): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await ask();
  } catch (cause) {
    // The exception is then whatever reason the caller gave to the signal.
    if (signal?.aborted === true) throw new SignetError("device.cancelled", cause);
    throw toDeviceError(cause, isCreation);
  }
  if (credential === null) throw new SignetError("device.cancelled");
  return credential as PublicKeyCredential;
}

/** Exceptions of `create` and `get` (sections 5.1.3 and 5.1.4). */
function toDeviceError(cause: unknown, isCreation: boolean): SignetError {
  if (cause instanceof SignetError) return cause;
  switch (cause instanceof Error || cause instanceof DOMException ? cause.name : undefined) {
    case "NotAllowedError":
    case "AbortError":
    case "TimeoutError":
      return new SignetError("device.cancelled", cause);
    case "InvalidStateError":
      // Of `get` it says nothing about registrations: the page or the device is in no state to sign.
      return new SignetError(isCreation ? "device.alreadyRegistered" : "device.failed", cause);
    case "SecurityError":
    case "NotSupportedError":
      return new SignetError("device.unsupported", cause);
    default:
      return new SignetError("device.failed", cause);
  }
}
