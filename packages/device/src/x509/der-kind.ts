import type { Bytes } from "@signet/protocol";

import { toHex } from "../hex.ts";
import { readLength } from "./der-tree.ts";

export type DerKind = "certificate" | "list" | "pkcs7" | "pkcs12" | "privateKey" | "request" | "other";

/**
 * What a file in DER, or BER, seems to be, by how it begins: enough to say what to do with one that is not taken. Certificates, requests
 * and lists all begin with what was signed: `[0]` or a serial number and an algorithm, version 0, or version 1 and an algorithm.
 */
export function derKindOf(bytes: Bytes): DerKind {
  const start = inside(bytes, 0);
  const head = toHex(bytes.subarray(start, start + 11));
  if (head === "06092a864886f70d010702") return "pkcs7";
  if (head.startsWith("020103")) return "pkcs12";
  if (head.startsWith("02010")) return "privateKey";
  if (bytes[start] !== 0x30) return "other";
  const signed = inside(bytes, start);
  const first = toHex(bytes.subarray(signed, signed + 4));
  if (first.startsWith("a0")) return "certificate";
  if (first.startsWith("020100")) return "request";
  // The serial number of a certificate of version 1, or the version 2 of a list.
  if (first.startsWith("02")) return first.startsWith("020101") ? "list" : "certificate";
  return first.startsWith("30") ? "list" : "other";
}

/** Where the contents of the constructed value at `at` begin; some programs write indefinite lengths. */
const inside = (bytes: Bytes, at: number): number =>
  bytes[at + 1] === 0x80 ? at + 2 : (readLength(bytes, at + 1)?.start ?? bytes.length);
