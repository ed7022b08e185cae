/** WebAuthn level 3, section 5.8.1: what the browser says about the request that the authenticator signed. */
import { fromUtf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

export interface ClientData {
  readonly type: string;
  /** base64url without padding. */
  readonly challenge: string;
  readonly origin: string;
  /** False where the browser leaves it out. */
  readonly crossOrigin: boolean;
}

/** @returns undefined unless `bytes` is well-formed UTF-8 and JSON with members of the right types */
export function parseClientData(bytes: Bytes): ClientData | undefined {
  const text = fromUtf8(bytes);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { type, challenge, origin, crossOrigin, topOrigin } = value as Readonly<Record<string, unknown>>;
  if (typeof type !== "string" || typeof challenge !== "string" || typeof origin !== "string")
    return undefined;
  if (crossOrigin !== undefined && typeof crossOrigin !== "boolean") return undefined;
  // Set only inside another site's frame, where Signet is never used.
  if (topOrigin !== undefined) return undefined;
  return { type, challenge, origin, crossOrigin: crossOrigin ?? false };
}
