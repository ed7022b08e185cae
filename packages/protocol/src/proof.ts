/** Proofs as they travel: in messages as JSON, and as bytes in the MLS credential. */
import { z } from "zod";

import { fromBase64Url, fromUtf8, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { FieldReader, encodeFields } from "./fields.ts";

/** base64url on the wire, bytes in memory. @param most in bytes */
export const wireBytes = (most: number, least = 0) =>
  z
    .string()
    .max(Math.ceil((most * 4) / 3))
    .transform((text, context): Bytes => {
      const bytes = fromBase64Url(text);
      if (bytes === undefined || bytes.length < least) {
        context.addIssue({ code: "custom", message: "expected base64url" });
        return z.NEVER;
      }
      return bytes;
    });

/** How long the parts of a proof are, least and most, in bytes: on the wire and in a credential alike. */
const lengths = {
  transcript: { least: 1, most: 16_384 },
  authenticatorData: { least: 37, most: 1024 },
  clientDataJson: { least: 1, most: 2048 },
  signature: { least: 1, most: 1024 },
} as const;

const part = (name: keyof typeof lengths) => wireBytes(lengths[name].most, lengths[name].least);

/** What a stranger needs to check the signature, besides the public key. */
export const ProofSignature = z.discriminatedUnion("kind", [
  /** An assertion (WebAuthn level 3, section 6.3.3) whose challenge is the SHA-256 of the transcript. */
  z.strictObject({
    kind: z.literal("webauthn"),
    authenticatorData: part("authenticatorData"),
    clientDataJson: part("clientDataJson"),
    signature: part("signature"),
  }),
  /**
   * Signature over the SHA-256 of the transcript as message. P-256: 64 bytes r||s; Ed25519: 64 bytes. Another length is for
   * the verification to refuse, with a code of its own.
   */
  z.strictObject({ kind: z.literal("software"), signature: part("signature") }),
  /** By a token's key, over the same message. Ed25519 and P-256 as above; RSA: as long as the modulus. */
  z.strictObject({ kind: z.literal("pkcs11"), signature: part("signature") }),
  /** Ed25519 by the terminal key, over the SHA-256 of the transcript as message. */
  z.strictObject({ kind: z.literal("terminal"), signature: part("signature") }),
]);
export type ProofSignature = z.infer<typeof ProofSignature>;

/** A proof from outside: nothing in it is checked yet (see `verifyDeviceProof` in the device package). */
export const ProofIn = z.strictObject({ transcript: part("transcript"), signature: ProofSignature });
export type ProofIn = z.infer<typeof ProofIn>;

export const DeviceKind = z.enum(["webauthn", "pkcs11", "software"]);
export type DeviceKind = z.infer<typeof DeviceKind>;

/** As COSE names them (RFC 9053, RFC 8812): `RS256` is RSASSA-PKCS1-v1_5, `PS256` RSASSA-PSS with a salt of 32 bytes. */
export const DeviceAlgorithm = z.enum(["ES256", "EdDSA", "RS256", "PS256"]);
export type DeviceAlgorithm = z.infer<typeof DeviceAlgorithm>;

/**
 * X.509 certificates (RFC 5280), DER: the device's own first, then those that lead towards a trust anchor, which itself is left
 * out. Enough for two intermediate authorities and one to spare; a certificate of an RSA-4096 key takes about 2 kB.
 */
export const CertificateChain = z.array(wireBytes(4096, 1)).min(1).max(4);

/** The part of a certificate that gives the user ID. `email` and `upn`: what stands before the `@`. `serial`: the subject's. */
export const CertificateUserIdPart = z.enum(["email", "upn", "cn", "serial"]);
export type CertificateUserIdPart = z.infer<typeof CertificateUserIdPart>;

/** A host name of ASCII letters, digits, dots and hyphens: what has to stand behind the `@`. */
export const CertificateUserIdDomain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i);

/** Recorded of an authenticator. */
export const attestationFields = {
  format: z.string().max(32),
  aaguid: z.string().max(36),
  verified: z.literal(true).optional(),
};

const proofLabel = "signet/proof/v1";
const labelField = utf8(proofLabel);
const kindFields = {
  webauthn: utf8("webauthn"),
  software: utf8("software"),
  pkcs11: utf8("pkcs11"),
  terminal: utf8("terminal"),
} as const satisfies Record<ProofSignature["kind"], Bytes>;

/** The identity of an MLS basic credential: label, kind, transcript and the signature's parts as length-prefixed fields. */
export function encodeProof(proof: ProofIn): Bytes {
  const { transcript, signature } = proof;
  const fields: Bytes[] = [labelField, kindFields[signature.kind], transcript];
  if (signature.kind === "webauthn") fields.push(signature.authenticatorData, signature.clientDataJson);
  fields.push(signature.signature);
  return encodeFields(fields);
}

/**
 * How long {@link encodeProof} may become of the same transcript by the same device, in bytes: what a browser and an authenticator say beside
 * it is theirs.
 */
export function longestEncoding(proof: ProofIn): number {
  const { signature } = proof;
  const { length } = encodeProof(proof);
  if (signature.kind !== "webauthn") return length;
  const { authenticatorData, clientDataJson } = signature;
  const said = authenticatorData.length + clientDataJson.length;
  return length - said + lengths.authenticatorData.most + lengths.clientDataJson.most;
}

/** @returns undefined unless `bytes` is exactly what {@link encodeProof} writes of a {@link ProofIn} */
export function decodeProof(bytes: Bytes): ProofIn | undefined {
  const reader = new FieldReader(bytes, 0);
  const text = (): string | undefined => {
    const field = reader.field();
    return field === undefined ? undefined : fromUtf8(field);
  };
  const read = (name: keyof typeof lengths): Bytes | undefined => {
    const field = reader.field();
    const { least, most } = lengths[name];
    return field === undefined || field.length < least || field.length > most ? undefined : field;
  };
  if (text() !== proofLabel) return undefined;
  const kind = text();
  const transcript = read("transcript");
  const authenticatorData = kind === "webauthn" ? read("authenticatorData") : undefined;
  const clientDataJson = kind === "webauthn" ? read("clientDataJson") : undefined;
  const signature = read("signature");
  if (transcript === undefined || signature === undefined || !reader.atEnd) return undefined;
  if (kind === "webauthn") {
    if (authenticatorData === undefined || clientDataJson === undefined) return undefined;
    return { transcript, signature: { kind, authenticatorData, clientDataJson, signature } };
  }
  return kind === "software" || kind === "pkcs11" || kind === "terminal"
    ? { transcript, signature: { kind, signature } }
    : undefined;
}
