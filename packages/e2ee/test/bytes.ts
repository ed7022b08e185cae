import type { Bytes } from "@signet/protocol";

/** Bytes of a lower-case hex text, as vectors give them. */
export function fromHex(hex: string): Bytes {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export { someBytes } from "./browser/some-bytes.ts";
