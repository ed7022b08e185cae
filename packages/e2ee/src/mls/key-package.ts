import { equalBytes, type ErrorCode } from "@signet/protocol";
import {
  type CiphersuiteImpl,
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
} from "ts-mls";
import { verifyKeyPackage } from "ts-mls/keyPackage.js";
import { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";

import { type CredentialJudge } from "./credential.ts";
import { isEncryptionKey } from "./encryption-key.ts";
import { lifetimeHolds, newLifetime } from "./lifetime.ts";
import { type GroupMember, nameLeaf } from "./roster.ts";
import { capabilities, type LeafKey, type SigningSuite, suiteName } from "./suite.ts";

export interface OwnKeyPackage {
  readonly publicPackage: KeyPackage;
  readonly privatePackage: PrivateKeyPackage;
}

/** KeyPackage (RFC 9420 section 10) for one call, with the encoded proof as identity and a lifetime of 24 hours. */
export function makeKeyPackage(
  identity: Uint8Array,
  leafKey: LeafKey,
  { suite, handle }: SigningSuite,
  nowMs: number,
): Promise<OwnKeyPackage> {
  return generateKeyPackageWithKey(
    { credentialType: "basic", identity: new Uint8Array(identity) },
    capabilities,
    newLifetime(nowMs),
    [],
    { signKey: handle, publicKey: leafKey.publicKey },
    suite,
  );
}

export type KeyPackageVerdict = ({ ok: true } & Omit<GroupMember, "leaf">) | { ok: false; code: ErrorCode };

/** RFC 9420 section 10.1, with the lifetime bounded and the credential checked by the hook. Never throws. */
export async function checkKeyPackage(
  keyPackage: KeyPackage,
  judge: CredentialJudge,
  suite: CiphersuiteImpl,
  nowMs: number,
): Promise<KeyPackageVerdict> {
  const { leafNode } = keyPackage;
  if (keyPackage.version !== "mls10" || keyPackage.cipherSuite !== suiteName)
    return { ok: false, code: "mls.refused" };
  if (keyPackage.extensions.length > 0) return { ok: false, code: "mls.refused" };
  if (equalBytes(keyPackage.initKey, leafNode.hpkePublicKey)) return { ok: false, code: "mls.refused" };
  // A key that nothing can be encrypted to would make the whole Commit fail for all who join with it.
  if (!isEncryptionKey(keyPackage.initKey)) return { ok: false, code: "mls.refused" };
  if (!lifetimeHolds(leafNode.lifetime, nowMs)) return { ok: false, code: "mls.lifetime" };
  try {
    const [isLeafSigned, isPackageSigned] = await Promise.all([
      verifyLeafNodeSignatureKeyPackage(leafNode, suite.signature),
      verifyKeyPackage(keyPackage, suite.signature),
    ]);
    if (!isLeafSigned || !isPackageSigned) return { ok: false, code: "mls.refused" };
  } catch {
    return { ok: false, code: "mls.refused" };
  }
  const named = await nameLeaf(leafNode, judge);
  return named.ok ? { ...named, leafPublicKey: new Uint8Array(leafNode.signaturePublicKey) } : named;
}
