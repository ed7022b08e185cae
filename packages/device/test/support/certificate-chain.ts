/** Alice's device with a right chain, and what validating another one gives. */
import assert from "node:assert/strict";

import { validateCertificates } from "@signet/device";
import type { CertificateResult, CertificateTrust } from "@signet/device";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { readCertificate } from "../../src/x509/certificate.ts";
import { checkPath, pathsTo } from "../../src/x509/path.ts";
import { makeIntermediate, makeLeaf, makeRoot } from "./certificates.ts";
import type { Authority, Wish } from "./certificates.ts";
import { assertRefused, nowMs } from "./people.ts";

export interface Chain {
  readonly root: Authority;
  readonly intermediate: Authority;
  readonly leaf: Authority;
}

/** Root, one intermediate, and Alice's; each with what a test wishes to be otherwise. */
export async function makeChain(
  wishes: { readonly root?: Wish; readonly intermediate?: Wish; readonly leaf?: Wish } = {},
): Promise<Chain> {
  const root = await makeRoot(wishes.root);
  const intermediate = await makeIntermediate(root, wishes.intermediate);
  return { root, intermediate, leaf: await makeLeaf(intermediate, wishes.leaf) };
}

export interface Validation {
  /** The device's own first. */
  readonly chain: readonly (Authority | Bytes)[];
  readonly anchors: readonly (Authority | Bytes)[];
  readonly trust?: Partial<CertificateTrust>;
  /** Of the first in the chain, where absent. */
  readonly publicKey?: Bytes;
  readonly atMs?: number;
  /** Whether this one is for pkijs to refuse; all others our own checks must refuse by themselves. */
  readonly onlyByPkijs?: boolean;
}

const derOf = (certificate: Authority | Bytes): Bytes =>
  certificate instanceof Uint8Array ? certificate : certificate.certificate;

export async function validate(validation: Validation): Promise<CertificateResult> {
  const { chain, anchors, trust, publicKey, atMs = nowMs, onlyByPkijs = false } = validation;
  const [first] = chain;
  const own = first instanceof Uint8Array ? undefined : first?.publicKey;
  const result = await validateCertificates(chain.map(derOf), {
    trust: { anchors: anchors.map(derOf), userIdFrom: "email", ...trust },
    publicKey: publicKey ?? own ?? new Uint8Array(),
    nowMs: atMs,
  });
  if (!result.ok && pathCodes.has(result.code)) {
    assert.equal(await isOwnRefusal(validation), !onlyByPkijs, "refused by our own checks");
  }
  return result;
}

const pathCodes: ReadonlySet<ErrorCode> = new Set([
  "certificate.untrusted",
  "certificate.order",
  "certificate.repeated",
  "certificate.badSignature",
  "certificate.weakAlgorithm",
  "certificate.weakKey",
  "certificate.notYetValid",
  "certificate.expired",
  "certificate.notAuthority",
  "certificate.pathTooLong",
  "certificate.authorityPurpose",
  "certificate.nameConstraints",
  "certificate.unknownExtension",
  "certificate.disputed",
  "certificate.keyUsage",
  "certificate.purpose",
  "certificate.ofAuthority",
]);

async function isOwnRefusal({ chain, anchors, atMs = nowMs }: Validation): Promise<boolean> {
  const read = (certificates: Validation["chain"]) =>
    certificates.map((one) => readCertificate(derOf(one))).filter((one) => one !== undefined);
  const paths = await pathsTo(read(chain), read(anchors));
  if (typeof paths === "string") return true;
  for (const path of paths) if ((await checkPath(path, atMs)) === undefined) return false;
  return true;
}

export const validateChain = async ({ root, intermediate, leaf }: Chain, rest: Partial<Validation> = {}) =>
  validate({ chain: [leaf, intermediate], anchors: [root], ...rest });

export async function assertValid(result: Promise<CertificateResult>): Promise<void> {
  const { ok, ...rest } = await result;
  assert.ok(ok, JSON.stringify(rest));
}

export async function assertCode(result: Promise<CertificateResult>, code: ErrorCode): Promise<void> {
  assertRefused(await result, code);
}
