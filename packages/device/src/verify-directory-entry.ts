import type { RegistrationIn } from "@signet/protocol";

import { deviceIdOf } from "./device.ts";
import { refuse } from "./verified.ts";
import type { DirectoryEntry, Refusal, VerifiedProof } from "./verified.ts";
import { verifyCertificates } from "./verify-certificates.ts";
import type { DirectoryEntryOptions } from "./verify-certificates.ts";
import { checkDeviceProof } from "./verify-device-proof.ts";
import type { CertificateNames } from "./x509/certificate-trust.ts";

export interface VerifiedDirectoryEntry {
  readonly ok: true;
  readonly entry: DirectoryEntry;
  readonly proof: VerifiedProof<"register">;
  /** Who certifies the device; absent for an entry without certificates. */
  readonly certificate?: CertificateNames;
}

/**
 * A registration alone; what followed it, {@link foldHistory} reads. The device itself says whose it is: the `register` proof verifies with the key in the entry and names the same user
 * ID, display name and key. What the proof cannot say is whether this is the person one means; a certificate can.
 *
 * `userVerification` must be what the register proof shows, so that a server cannot take the requirement away later;
 * a software key checks nobody, so there it is false.
 *
 * An entry with certificates is only as good as these: they must lead to an anchor that is trusted here, be for the entry's own key,
 * and name its user ID.
 * @returns refusal `proof.device` when the device ID is not the key's hash, `proof.userVerification` as above,
 *   otherwise as verifyDeviceProof; then for the certificates what verifyCertificates refuses
 */
export async function verifyDirectoryEntry(
  entry: RegistrationIn,
  serverOrigin: string,
  options?: DirectoryEntryOptions,
): Promise<VerifiedDirectoryEntry | Refusal> {
  const { displayName, publicKey, certificates } = entry;
  if (entry.deviceId !== (await deviceIdOf(publicKey))) return refuse("proof.device");
  const fields = { displayName, devicePublicKey: publicKey };
  const expected = { purpose: "register", serverOrigin, signer: entry, time: "any", fields } as const;
  const result = await checkDeviceProof(entry.proof, expected);
  if (!result.ok) return result;
  const verifiesUser = result.proof.authenticator?.userVerified ?? false;
  if (entry.userVerification !== verifiesUser) return refuse("proof.userVerification");
  const verified = { ok: true, entry: entry as DirectoryEntry, proof: result.proof } as const;
  if (certificates === undefined) return verified;

  const validated = await verifyCertificates(certificates, entry, options);
  return validated.ok ? { ...verified, certificate: validated.names } : validated;
}
