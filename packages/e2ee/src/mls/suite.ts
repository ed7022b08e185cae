import { type Bytes, equalBytes, SignetError } from "@signet/protocol";
import {
  type Capabilities,
  type CiphersuiteImpl,
  type CiphersuiteName,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
} from "ts-mls";

import { callListExtensionType } from "./call-list-extension.ts";
import { hashing } from "./hashing.ts";
import { spokenExtensionType } from "./spoken-extension.ts";
import { SignatureChecks } from "./signature-checks.ts";

/** Suite 1 (RFC 9420 section 17.1), the mandatory one and the only one that Signet speaks. */
export const suiteName: CiphersuiteName = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";

/** The call list and no other extension, that it signs what it seals, no proposal beyond the RFC's own, no credential but `basic`. */
export const capabilities: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [suiteName],
  extensions: [callListExtensionType, spokenExtensionType],
  proposals: [],
  credentials: ["basic"],
};

/** Ed25519 signature key of one leaf in one call: made for the call, not extractable, thrown away after it. */
export interface LeafKey {
  /** 32 bytes (RFC 8032), the key that the `call` or `join` proof names. */
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
}

/** Makes the leaf key before the proof is signed, since the proof names it. */
export async function createLeafKey(): Promise<LeafKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    privateKey: pair.privateKey,
  };
}

/** The cipher suite with one leaf key built in; `handle` stands where the library expects the private key. */
export interface SigningSuite {
  readonly suite: CiphersuiteImpl;
  readonly handle: Bytes;
}

/**
 * The library wants private keys as bytes. It gets 16 random bytes instead, and the signing function knows which key
 * they stand for, so that the key itself stays inside WebCrypto.
 */
export async function signingSuite(leafKey: LeafKey): Promise<SigningSuite> {
  const base = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
  const handle = crypto.getRandomValues(new Uint8Array(16));
  const sign = async (key: Uint8Array, message: Uint8Array): Promise<Uint8Array> => {
    if (!equalBytes(key, handle)) throw new SignetError("mls.failed");
    return new Uint8Array(await crypto.subtle.sign("Ed25519", leafKey.privateKey, new Uint8Array(message)));
  };
  const checks = new SignatureChecks();
  const verify: typeof base.signature.verify = (...input) => checks.verify(...input);
  return { suite: { ...base, ...hashing, signature: { ...base.signature, sign, verify } }, handle };
}
