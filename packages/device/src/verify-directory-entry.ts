import type { DirectoryEntryIn } from "@signet/protocol";

import { deviceIdOf } from "./device.ts";
import { importPublicKey } from "./public-key.ts";
import { refuse } from "./verified.ts";
import type { DirectoryEntry, Refusal } from "./verified.ts";
import { checkDeviceProof, keepDeviceKey } from "./verify-device-proof.ts";
import type { CertificateNames, CertificateTrust } from "./x509/certificate-trust.ts";
import { validateCertificates } from "./x509/validate-certificates.ts";

export interface DirectoryEntryOptions {
  /** Absent: an entry with certificates is refused. */
  readonly trust?: CertificateTrust | undefined;
  /** For the dates of the certificates. */
  readonly nowMs: number;
}

export interface VerifiedDirectoryEntry {
  readonly ok: true;
  readonly entry: DirectoryEntry;
  /** Who certifies the device; absent for an entry without certificates. */
  readonly certificate?: CertificateNames;
}

/**
 * The device itself says whose it is: the `register` proof verifies with the key in the entry and names the same user
 * ID, display name and key. What the proof cannot say is whether this is the person one means; a certificate can.
 *
 * `userVerification` must be what the register proof shows, so that a server cannot take the requirement away later;
 * a software key checks nobody, so there it is false.
 *
 * An entry with certificates is only as good as these: they must lead to an anchor that is trusted here, be for the entry's own key,
 * and name its user ID.
 * @returns refusal `proof.device` when the device ID is not the key's hash, `proof.userVerification` as above,
 *   otherwise as verifyDeviceProof; then for the certificates `certificate.notAccepted` without `trust`, or for a WebAuthn device,
 *   what validateCertificates gives, and `certificate.otherUser`
 */
export async function verifyDirectoryEntry(
  entry: DirectoryEntryIn,
  serverOrigin: string,
  options?: DirectoryEntryOptions,
): Promise<VerifiedDirectoryEntry | Refusal> {
  const { displayName, publicKey, certificates } = entry;
  if (entry.deviceId !== (await deviceIdOf(publicKey))) return refuse("proof.device");
  const imported = importPublicKey(entry.algorithm, publicKey);
  const fields = { displayName, devicePublicKey: publicKey };
  const expected = { purpose: "register", serverOrigin, entry, time: "any", fields } as const;
  const result = await checkDeviceProof(entry.proof, expected, imported);
  if (!result.ok) return result;
  const verifiesUser = result.proof.authenticator?.userVerified ?? false;
  if (entry.userVerification !== verifiesUser) return refuse("proof.userVerification");
  const verified = { ok: true, entry: entry as DirectoryEntry } as const;
  keepDeviceKey(verified.entry, imported);
  if (certificates === undefined) return verified;

  if (options?.trust === undefined || entry.kind === "webauthn") return refuse("certificate.notAccepted");
  const { trust, nowMs } = options;
  const validated = await validateCertificates(certificates, { trust, publicKey, nowMs });
  if (!validated.ok) return validated;
  if (validated.userId !== entry.userId) return refuse("certificate.otherUser");
  return { ...verified, certificate: validated.names };
}
