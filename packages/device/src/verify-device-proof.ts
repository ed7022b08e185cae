import { decodeTranscript } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ProofIn, RegistrationIn, Transcript } from "@signet/protocol";

import { sha256 } from "./digest.ts";
import { countsNow, devicesAt } from "./history/person.ts";
import { importPublicKey } from "./public-key.ts";
import { checkAssertion, checkRaw } from "./signature-check.ts";
import { checkTranscript } from "./transcript-check.ts";
import type { ExpectedFields, ProofTime } from "./transcript-check.ts";
import { refuse } from "./verified.ts";
import type {
  AuthenticatorReport,
  DeviceProof,
  Person,
  PersonDevice,
  ProofResult,
  Refusal,
  VerifiedProof,
} from "./verified.ts";

/** Purposes that a signature device signs (docs/protocol.md, "Proofs"). */
export type DevicePurpose =
  | "register"
  | "sign-in"
  | "release"
  | "call"
  | "join"
  | "add-device"
  | "revoke-device"
  | "rename"
  | "picture"
  | "certify"
  | "recover"
  | "appoint"
  | "dismiss"
  | "admit"
  | "invite"
  | "vouch"
  | "approve";

/** What a signature is held against. */
export type Signer = Pick<
  RegistrationIn,
  "userId" | "deviceId" | "kind" | "algorithm" | "publicKey" | "userVerification"
>;

export interface DeviceProofExpectation<P extends DevicePurpose> {
  readonly purpose: P;
  /** As the server names itself, for example `http://localhost:8080`. Also gives the RP ID. */
  readonly serverOrigin: string;
  /** Whose proof it must be, by whichever device of theirs it names. The device says too whether user verification is required. */
  readonly person: Person;
  readonly time: ProofTime;
  readonly fields?: ExpectedFields<P>;
  /** Whether a device is taken that counted at the head which the proof names, and counts no more. Default: none is. */
  readonly takesRevoked?: (deviceId: string) => boolean;
}

export type DeviceProofResult<P extends DevicePurpose> =
  | { readonly ok: true; readonly proof: DeviceProof<P> }
  | Refusal;

/**
 * Checks a proof by a signature device of a person's that counts now. Whether its challenge is open, and used for the first time, is the
 * server's bookkeeping: pass the open one in `fields`.
 *
 * Codes, in the order of the checks: `proof.malformed`, `purpose`, `origin`, `user`, `history.deviceUnknown`, then `proof.device`,
 * `challenge`, `terminal`, `terminalKey`, `call`, `leafKey`, `lifetime`, `time`; `history.deviceRevoked`; `proof.signer`, `algorithm`; then
 * for WebAuthn `clientData`, `origin`, `encoding`, `rpId`, `userPresence`, `userVerification`; then `encoding` and `signature`; `history.head`.
 */
export async function verifyDeviceProof<P extends DevicePurpose>(
  proof: ProofIn,
  expected: DeviceProofExpectation<P>,
): Promise<DeviceProofResult<P>> {
  const { person, purpose, serverOrigin, time, fields } = expected;
  const { userId } = person;
  const transcript = decodeTranscript(proof.transcript);
  const device = signerAmong(person, transcript);
  // No device has an empty ID.
  const deviceId = device?.deviceId ?? "";
  const checked = checkTranscript(transcript, { purpose, serverOrigin, userId, deviceId, time, fields });
  if (!checked.ok && (device !== undefined || checked.code !== "proof.device")) return checked;
  if (!checked.ok || device === undefined) return refuse("history.deviceUnknown");
  if (!countsNow(device) && expected.takesRevoked?.(device.deviceId) !== true)
    return refuse("history.deviceRevoked");
  const signed = await checkSignature(proof, serverOrigin, device);
  if (!signed.ok) return signed;
  // Last: that somebody signed with another history speaks against the server, and whoever may make up what they signed could say so.
  if (!namesHistory(checked.transcript as unknown as Transcript, person, device))
    return refuse("history.head");
  const { ok: _, ...signature } = signed;
  const facts = { transcript: checked.transcript, raw: proof, device, ...signature };
  return { ok: true, proof: facts as unknown as DeviceProof<P> };
}

/**
 * Whether the history that the device signed with is the one that is known here, as far as it went then. A sign-in of before there were
 * histories names none: it holds while there is only the registration.
 */
function namesHistory(transcript: Transcript, person: Person, device: PersonDevice): boolean {
  if (!("head" in transcript)) return true;
  const { head, purpose } = transcript;
  if (purpose === "sign-in" && head.length === 0) return person.digests.length === 1;
  return devicesAt(person, head)?.includes(device) === true;
}

/** The device that a proof names, where it is, or was, the person's. */
function signerAmong({ devices }: Person, transcript: Transcript | undefined): PersonDevice | undefined {
  if (transcript === undefined || !("deviceId" in transcript)) return undefined;
  return devices.find(({ deviceId }) => deviceId === transcript.deviceId);
}

/** The same for a signer of whom nothing is known but what is given here. Not exported by the package. */
export async function checkDeviceProof<P extends DevicePurpose>(
  proof: ProofIn,
  expected: Omit<DeviceProofExpectation<P>, "person"> & { readonly signer: Signer },
): Promise<ProofResult<P>> {
  const { signer, purpose, serverOrigin, time, fields } = expected;
  const { userId, deviceId } = signer;
  const transcript = decodeTranscript(proof.transcript);
  const checked = checkTranscript(transcript, { purpose, serverOrigin, userId, deviceId, time, fields });
  if (!checked.ok) return checked;
  const signed = await checkSignature(proof, serverOrigin, signer);
  if (!signed.ok) return signed;
  const { ok: _, ...signature } = signed;
  const facts = { transcript: checked.transcript, raw: proof, ...signature };
  return { ok: true, proof: facts as unknown as VerifiedProof<P> };
}

/** That the signer made this signature, whatever the transcript says. Not exported by the package. */
export async function checkSignature(
  { signature, transcript }: ProofIn,
  serverOrigin: string,
  signer: Omit<Signer, "userId" | "deviceId">,
): Promise<
  { readonly ok: true; readonly digest: Bytes; readonly authenticator?: AuthenticatorReport } | Refusal
> {
  const { algorithm, kind, publicKey, userVerification } = signer;
  if (signature.kind !== kind) return refuse("proof.signer");
  // Key files hold no RSA keys.
  if (signature.kind === "software" && (algorithm === "RS256" || algorithm === "PS256"))
    return refuse("proof.algorithm");
  const deviceKey = await importedOnce(algorithm, publicKey);
  if (deviceKey === undefined) return refuse("proof.algorithm");

  const digest: Bytes = await sha256(transcript);
  const result =
    signature.kind === "webauthn"
      ? await checkAssertion(signature, { digest, serverOrigin, algorithm, deviceKey, userVerification })
      : await checkRaw(algorithm, deviceKey, signature.signature, digest);
  return result.ok ? { ...result, digest } : result;
}

interface Imported {
  readonly algorithm: DeviceAlgorithm;
  readonly deviceKey: Promise<CryptoKey | undefined>;
}

/** By the very bytes of a key, which a device keeps for as long as it is known. */
const importedKeys = new WeakMap<Bytes, Imported>();

/** Importing costs as much as half a verification, and many proofs are checked against one device. */
function importedOnce(algorithm: DeviceAlgorithm, publicKey: Bytes): Promise<CryptoKey | undefined> {
  const known = importedKeys.get(publicKey);
  if (known?.algorithm === algorithm) return known.deviceKey;
  const deviceKey = importPublicKey(algorithm, publicKey);
  importedKeys.set(publicKey, { algorithm, deviceKey });
  return deviceKey;
}
