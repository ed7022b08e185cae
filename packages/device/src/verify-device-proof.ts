import type { Bytes, DirectoryEntryIn, ProofIn } from "@signet/protocol";

import { sha256 } from "./digest.ts";
import { importPublicKey } from "./public-key.ts";
import { checkAssertion, checkRaw } from "./signature-check.ts";
import { checkTranscript } from "./transcript-check.ts";
import type { ExpectedFields, ProofTime } from "./transcript-check.ts";
import { refuse } from "./verified.ts";
import type { AuthenticatorReport, DirectoryEntry, ProofResult, Refusal, VerifiedProof } from "./verified.ts";

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
  | "certify"
  | "recover"
  | "invite";

/** What a signature is held against. */
export type Signer = Pick<
  DirectoryEntryIn,
  "userId" | "deviceId" | "kind" | "algorithm" | "publicKey" | "userVerification"
>;

export interface DeviceProofExpectation<P extends DevicePurpose> {
  readonly purpose: P;
  /** As the server names itself, for example `http://localhost:8080`. Also gives the RP ID. */
  readonly serverOrigin: string;
  /** Whose proof it must be. Says too whether user verification is required. */
  readonly entry: DirectoryEntry;
  readonly time: ProofTime;
  readonly fields?: ExpectedFields<P>;
}

/**
 * Checks a proof by a signature device. Whether its challenge is open, and used for the first time, is the server's
 * bookkeeping: pass the open one in `fields`.
 *
 * Codes, in the order of the checks: `proof.malformed`, `purpose`, `origin`, `user`, `device`, `challenge`, `terminal`,
 * `terminalKey`, `call`, `leafKey`, `lifetime`, `time`, `signer`, `algorithm`; then for WebAuthn `clientData`, `origin`,
 * `encoding`, `rpId`, `userPresence`, `userVerification`; then `encoding` and `signature`.
 */
export async function verifyDeviceProof<P extends DevicePurpose>(
  proof: ProofIn,
  expected: DeviceProofExpectation<P>,
): Promise<ProofResult<P>> {
  const { entry } = expected;
  const imported = deviceKeys.get(entry) ?? importPublicKey(entry.algorithm, entry.publicKey);
  keepDeviceKey(entry, imported);
  return checkDeviceProof(proof, expected, imported);
}

/** For the proofs to come. Not exported by the package. */
export function keepDeviceKey(entry: DirectoryEntry, imported: Promise<CryptoKey | undefined>): void {
  deviceKeys.set(entry, imported);
}

/** Importing costs as much as half a verification, and a server checks many proofs against one entry. */
const deviceKeys = new WeakMap<DirectoryEntry, Promise<CryptoKey | undefined>>();

/** The same for an entry that is itself still to be verified by this very proof. Not exported by the package. */
export async function checkDeviceProof<P extends DevicePurpose>(
  proof: ProofIn,
  expected: Omit<DeviceProofExpectation<P>, "entry"> & { readonly entry: Signer },
  imported = importPublicKey(expected.entry.algorithm, expected.entry.publicKey),
): Promise<ProofResult<P>> {
  const { entry, purpose, serverOrigin, time, fields } = expected;
  const { userId, deviceId } = entry;
  const checked = checkTranscript(proof, { purpose, serverOrigin, userId, deviceId, time, fields });
  if (!checked.ok) return checked;
  const result = await checkSignature(proof, serverOrigin, entry, imported);
  if (!result.ok) return result;
  const { authenticator, digest } = result;
  const facts = { transcript: checked.transcript, digest, raw: proof };
  return {
    ok: true,
    proof: (authenticator === undefined ? facts : { ...facts, authenticator }) as VerifiedProof<P>,
  };
}

/** That the signer made this signature, whatever the transcript says. Not exported by the package. */
export async function checkSignature(
  { signature, transcript }: ProofIn,
  serverOrigin: string,
  signer: Omit<Signer, "userId" | "deviceId">,
  imported = importPublicKey(signer.algorithm, signer.publicKey),
): Promise<
  { readonly ok: true; readonly digest: Bytes; readonly authenticator?: AuthenticatorReport } | Refusal
> {
  const { algorithm, kind, userVerification } = signer;
  if (signature.kind !== kind) return refuse("proof.signer");
  // Key files hold no RSA keys.
  if (signature.kind === "software" && (algorithm === "RS256" || algorithm === "PS256"))
    return refuse("proof.algorithm");
  const deviceKey = await imported;
  if (deviceKey === undefined) return refuse("proof.algorithm");

  const digest: Bytes = await sha256(transcript);
  const result =
    signature.kind === "webauthn"
      ? await checkAssertion(signature, { digest, serverOrigin, algorithm, deviceKey, userVerification })
      : await checkRaw(algorithm, deviceKey, signature.signature, digest);
  return result.ok ? { ...result, digest } : result;
}
