import type { DeviceAlgorithm, ErrorCode } from "@signet/protocol";

/** A published signature, and what our verification must say to it. All bytes in hexadecimal digits. */
export interface Vector {
  /** Its number in the source. */
  readonly id: string;
  /** In the words of the source: why it is valid, or must fail. */
  readonly why: string;
  readonly message: string;
  readonly signature: string;
  readonly expected: "valid" | Extract<ErrorCode, "proof.encoding" | "proof.signature">;
}

export interface VectorSet {
  readonly source: string;
  readonly algorithm: DeviceAlgorithm;
  /** How an ES256 signature is written: DER as in WebAuthn assertions, r||s as from tokens. */
  readonly form: "der" | "raw";
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string;
  readonly vectors: readonly Vector[];
}

type Row = readonly [
  id: string,
  why: string,
  message: string,
  signature: string,
  expected: Vector["expected"],
];

export const toVectors = (rows: readonly Row[]): readonly Vector[] =>
  rows.map(([id, why, message, signature, expected]) => ({ id, why, message, signature, expected }));
