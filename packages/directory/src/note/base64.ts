/** base64 with padding (RFC 4648 section 4), as notes have it; everywhere else Signet writes base64url. */
import { fromBase64Url, toBase64Url } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

export function toBase64(bytes: Uint8Array): string {
  const text = toBase64Url(bytes).replaceAll("-", "+").replaceAll("_", "/");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

/** @returns undefined unless `text` is exactly what {@link toBase64} writes */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return fromBase64Url(text.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_"));
}
