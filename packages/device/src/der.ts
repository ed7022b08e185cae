/** ECDSA signatures of P-256: strict DER (X.690 section 10, RFC 3279 section 2.2.3) to r||s as WebCrypto wants it. */
import { fromHex } from "./hex.ts";
import type { Bytes } from "@signet/protocol";

/** Order n of the P-256 group (FIPS 186-5, SP 800-186 section 3.2.1.3). */
const order = fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const scalarLength = 32;

/**
 * Accepts exactly one encoding of each (r, s): short-form lengths, minimal and positive integers, nothing after
 * them, both in 1..n-1.
 * @returns 64 bytes, or undefined
 */
export function derToRaw(der: Bytes): Bytes | undefined {
  // The longest contents are 2 * (2 + 33) = 70 bytes, so that the long form of a length is never minimal.
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 72) return undefined;
  const raw = new Uint8Array(2 * scalarLength);
  const afterR = readScalar(der, 2, raw.subarray(0, scalarLength));
  if (afterR === undefined) return undefined;
  const afterS = readScalar(der, afterR, raw.subarray(scalarLength));
  return afterS === der.length && hasValidScalars(raw) ? raw : undefined;
}

/** Whether `raw` is r||s of 32 bytes each with both in 1..n-1 (FIPS 186-5 section 6.4.2). */
export function hasValidScalars(raw: Uint8Array): boolean {
  return (
    raw.length === 2 * scalarLength &&
    isScalar(raw.subarray(0, scalarLength)) &&
    isScalar(raw.subarray(scalarLength))
  );
}

/** @param raw r||s @returns the one encoding that {@link derToRaw} accepts */
export function rawToDer(raw: Bytes): Bytes {
  const scalars = [raw.subarray(0, scalarLength), raw.subarray(scalarLength)].flatMap((scalar) => {
    const value = scalar.subarray(scalar.findIndex((byte) => byte !== 0));
    const padding = (value[0] ?? 0) >= 0x80 ? [0] : [];
    return [0x02, padding.length + value.length, ...padding, ...value];
  });
  return Uint8Array.of(0x30, scalars.length, ...scalars);
}

/** Writes the INTEGER at `at` right-aligned into `out`. @returns the offset after it, or undefined */
function readScalar(der: Bytes, at: number, out: Uint8Array): number | undefined {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length === 0) return undefined;
  const end = at + 2 + length;
  if (end > der.length) return undefined;
  const first = der[at + 2] ?? 0;
  const second = der[at + 3] ?? 0;
  if (first >= 0x80) return undefined;
  const padded = first === 0 && length > 1;
  if (padded && second < 0x80) return undefined;
  const value = der.subarray(padded ? at + 3 : at + 2, end);
  if (value.length > out.length) return undefined;
  out.set(value, out.length - value.length);
  return end;
}

function isScalar(value: Uint8Array): boolean {
  if (value.every((byte) => byte === 0)) return false;
  for (let i = 0; i < order.length; i++) {
    const difference = (value[i] ?? 0) - (order[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
