/** WebAuthn level 3 in the browser: security keys and passkeys. The transcript's digest is the challenge. */
import { SignetError, encodeTranscript } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ErrorCode, ProofSignature } from "@signet/protocol";

import { answerInTime } from "./answer-in-time.ts";
import { coseAlgorithms } from "./cose-key.ts";
import { deviceIdOf } from "./device.ts";
import type { SignatureDevice } from "./device.ts";
import { sha256 } from "./digest.ts";
import { importPublicKey } from "./public-key.ts";
import { checkAssertion, rpIdOf } from "./signature-check.ts";
import { badAnswer, readAssertion, readCreation, readPrfOutput } from "./webauthn-results.ts";
import type { WebAuthnCreation } from "./webauthn-results.ts";

export interface WebAuthnDevice extends SignatureDevice {
  readonly kind: "webauthn";
  readonly credentialId: Bytes;
  readonly signCms?: never;
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
  /**
   * Default `none`: Signet requires no attestation, and browsers ask the person before they pass one on (Firefox holds the registration up with a
   * question that looks like a danger). With `direct` the server records the model where the authenticator tells it.
   */
  readonly attestation?: AttestationConveyancePreference;
  /** How long the browser waits for a touch. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const touchTimeoutMs = 60_000;
/** How much later than that an answer is waited for: the browser gives up by itself, foreign code may never say a word. */
const answerGraceMs = 5_000;

/**
 * Makes a credential on a device that the person touches.
 * @throws SignetError `device.unsupported`, `device.cancelled`, `device.alreadyRegistered`, `device.failed`, `device.badAnswer`,
 *   `device.noAnswer`, and `proof.algorithm` when the device can make no key that Signet accepts
 */
export async function createWebAuthnDevice(
  options: CreateWebAuthnOptions,
): Promise<{ readonly device: WebAuthnDevice; readonly registration: WebAuthnCreation }> {
  const { serverOrigin, userId, displayName, challenge, timeoutMs = touchTimeoutMs } = options;
  const algorithms = options.algorithms ?? (["ES256", "EdDSA", "RS256"] as const);
  const excluded = options.excludeCredentialIds ?? [];
  // Of a creation that excludes nothing it says no more than that something was in no state to make one.
  const invalidState = excluded.length > 0 ? "device.alreadyRegistered" : "device.failed";
  const result = await attempt(invalidState, { ...options, timeoutMs }, (signal) =>
    credentials().create({
      publicKey: {
        rp: { id: rpIdOf(serverOrigin), name: "Signet" },
        // A handle derived from the user ID would let a refused registration overwrite the passkey in use.
        user: { id: crypto.getRandomValues(new Uint8Array(32)), name: userId, displayName },
        challenge,
        pubKeyCredParams: algorithms.map((name) => ({ type: "public-key", alg: coseAlgorithms[name] })),
        excludeCredentials: excluded.map((id) => ({ type: "public-key", id })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
        attestation: options.attestation ?? "none",
        timeout: timeoutMs,
        // Some keys have a PRF only where it was asked for when they were made.
        extensions: { prf: {} },
      },
      signal,
    }),
  );
  const registration = await readCreation(result, algorithms);
  const { userVerified: userVerification, ...made } = registration;
  const device = await openWebAuthnDevice({ ...made, userVerification }, serverOrigin, timeoutMs);
  return { device, registration };
}

/** A credential that is known already, for example from the directory. Asks nothing of the device until it signs. */
export async function openWebAuthnDevice(
  credential: WebAuthnCredential,
  serverOrigin: string,
  timeoutMs = touchTimeoutMs,
): Promise<WebAuthnDevice> {
  const { algorithm, publicKey, credentialId, transports = [], userVerification = false } = credential;
  const allowed: PublicKeyCredentialDescriptor = { type: "public-key", id: credentialId };
  if (transports.length > 0) allowed.transports = [...transports] as AuthenticatorTransport[];
  return {
    kind: "webauthn",
    deviceId: await deviceIdOf(publicKey),
    algorithm,
    publicKey,
    credentialId,
    sign: async (transcript, { prf, signal: given } = {}) => {
      const encoded = encodeTranscript(transcript);
      const digest = await sha256(encoded);
      const ask = async (input: Bytes | undefined) => {
        const result = await attempt("device.failed", { timeoutMs, signal: given }, (signal) =>
          credentials().get({
            publicKey: {
              rpId: rpIdOf(serverOrigin),
              challenge: digest,
              allowCredentials: [allowed],
              // Without it the device might sign unverified, only to be refused by everybody.
              userVerification: userVerification ? "required" : "preferred",
              timeout: timeoutMs,
              ...(input === undefined ? {} : { extensions: { prf: { eval: { first: input } } } }),
            },
            signal,
          }),
        );
        const assertion = { kind: "webauthn" as const, ...readAssertion(result) };
        await verifyOwn(assertion, { digest, serverOrigin, algorithm, publicKey, userVerification });
        return { result, signature: assertion };
      };
      // Of a device that may or may not check who touches it, there are two outputs.
      const input = userVerification && !breaksWithPrf ? prf?.input : undefined;
      const { result, signature } = await ask(input).catch((error: unknown) => {
        if (input === undefined || !isBadAnswer(error)) throw error;
        // Some browsers write the output into what was signed, so that the signature does not hold: one touch more, and never again on this page.
        breaksWithPrf = true;
        return ask(undefined);
      });
      const output = input === undefined || breaksWithPrf ? undefined : readPrfOutput(result);
      if (output !== undefined) prf?.onOutput(output);
      return { transcript: encoded, signature };
    },
  };
}

/** Of this browser, as far as this page knows. */
let breaksWithPrf = false;

const isBadAnswer = (error: unknown): boolean =>
  error instanceof SignetError && error.code === "device.badAnswer";

/** What everybody would refuse is not sent: here it can be said what made it. @throws SignetError `proof.userVerification`, `device.badAnswer` */
async function verifyOwn(
  assertion: Extract<ProofSignature, { kind: "webauthn" }>,
  expected: Omit<Parameters<typeof checkAssertion>[1], "deviceKey"> & { readonly publicKey: Bytes },
): Promise<void> {
  const deviceKey = await importPublicKey(expected.algorithm, expected.publicKey);
  if (deviceKey === undefined) throw new SignetError("proof.algorithm");
  const checked = await checkAssertion(assertion, { ...expected, deviceKey });
  if (checked.ok) return;
  const hasOwnWords = checked.code === "proof.userVerification" || checked.code === "proof.userPresence";
  throw hasOwnWords ? new SignetError(checked.code) : badAnswer(new SignetError(checked.code));
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

/** @param invalidState what an InvalidStateError means @throws SignetError `device.*` */
async function attempt(
  invalidState: ErrorCode,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ask: (signal: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await answerInTime(ask, timeoutMs + answerGraceMs, signal);
  } catch (cause) {
    throw toDeviceError(cause, invalidState);
  }
}

/** Exceptions of `create` and `get` (sections 5.1.3 and 5.1.4), by name: those of foreign code may be of any class. */
function toDeviceError(cause: unknown, invalidState: ErrorCode): SignetError {
  if (cause instanceof SignetError) return cause;
  const { name } = (typeof cause === "object" && cause !== null ? cause : {}) as { readonly name?: unknown };
  switch (name) {
    case "NotAllowedError":
    case "AbortError":
    case "TimeoutError":
      return new SignetError("device.cancelled", cause);
    case "InvalidStateError":
      return new SignetError(invalidState, cause);
    case "SecurityError":
    case "NotSupportedError":
      return new SignetError("device.unsupported", cause);
    default:
      return new SignetError("device.failed", cause);
  }
}
