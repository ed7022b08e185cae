/** A value as JSON has it: bytes as base64url, what is undefined left out. */
import { toBase64Url } from "@signet/protocol";

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

export const plain = (value: unknown): Plain =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) => (one instanceof Uint8Array ? toBase64Url(one) : one)),
  ) as Plain;
