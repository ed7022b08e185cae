import { attestationChainHolds } from "@signet/device";
import type { Bytes } from "@signet/protocol";
import { verifyRegistrationResponse } from "@simplewebauthn/server";
import type { VerifyRegistrationResponseOpts } from "@simplewebauthn/server";

/**
 * The formats of security keys, passkeys and TPMs whose statements are verified. For the others the library follows certificates to
 * addresses that stand in them: they are recorded as they came, and not verified.
 */
const verifiedFormats: ReadonlySet<unknown> = new Set(["packed", "fido-u2f", "tpm"]);

export interface Attestation {
  readonly format: unknown;
  readonly statement: unknown;
}

/**
 * Whether an attestation holds: the credential's own key signed it, or the key of a certificate whose chain holds in itself
 * ({@link attestationChainHolds}). No maker's certificates are known, so it does not say who the maker is. Opens no socket, and is bounded
 * by what the wire takes and by the chain's bounds. Never throws: what cannot be read does not hold.
 * @param response as the library takes it; must be for this very attestation
 */
export async function attestationHolds(
  { format, statement }: Attestation,
  response: VerifyRegistrationResponseOpts,
  nowMs: number,
): Promise<boolean> {
  if (!verifiedFormats.has(format) || !(statement instanceof Map)) return false;
  const chain: unknown = statement.get("x5c");
  if (chain !== undefined && !(isChain(chain) && (await attestationChainHolds(chain, nowMs)))) return false;
  try {
    return (await verifyRegistrationResponse(response)).verified;
  } catch {
    return false;
  }
}

const isChain = (value: unknown): value is readonly Bytes[] =>
  Array.isArray(value) && value.every((certificate) => certificate instanceof Uint8Array);
