import type { Bytes, DeviceKind } from "@signet/protocol";

import { refuse } from "./verified.ts";
import type { Refusal } from "./verified.ts";
import type { CertificateNames, CertificateTrust } from "./x509/certificate-trust.ts";
import { validateCertificates } from "./x509/validate-certificates.ts";

export interface DirectoryEntryOptions {
  /** Absent: an entry with certificates is refused. */
  readonly trust?: CertificateTrust | undefined;
  /** For the dates of the certificates. */
  readonly nowMs: number;
}

/** The device that certificates are to be for, and whose it is. */
export interface CertifiedDevice {
  readonly userId: string;
  readonly kind: DeviceKind;
  readonly publicKey: Bytes;
}

/**
 * Whether certificates lead to an anchor that is trusted here, are for this very key, and name this user ID, at this time.
 * @returns refusal `certificate.notAccepted` without `trust`, or for a WebAuthn device, what validateCertificates gives, and
 *   `certificate.otherUser`
 */
export async function verifyCertificates(
  certificates: readonly Bytes[],
  { kind, publicKey, userId }: CertifiedDevice,
  options: DirectoryEntryOptions | undefined,
): Promise<{ readonly ok: true; readonly names: CertificateNames } | Refusal> {
  if (options?.trust === undefined || kind === "webauthn") return refuse("certificate.notAccepted");
  const { trust, nowMs } = options;
  const validated = await validateCertificates(certificates, { trust, publicKey, nowMs });
  if (!validated.ok) return validated;
  return validated.userId === userId ? { ok: true, names: validated.names } : refuse("certificate.otherUser");
}
