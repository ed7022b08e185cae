import { SignetError } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, ErrorCode } from "@signet/protocol";

import { rawToDer } from "../der.ts";
import type { SignCmsOptions, SignatureDevice } from "../device.ts";
import { sha256 } from "../digest.ts";
import { certificateFault } from "../x509/certificate-fault.ts";
import { chainFault } from "../x509/certificate-chain.ts";
import { readCertificate } from "../x509/certificate.ts";
import type { CertificateIn } from "../x509/certificate.ts";
import { isFor, signingFault } from "../x509/path.ts";
import { cmsAlgorithm, documentDigest } from "./algorithms.ts";
import { encodeSignedAttributes } from "./signed-attributes.ts";
import type { SignedAttributes } from "./signed-attributes.ts";
import { encodeSignedData, signerOf } from "./signed-data.ts";

/**
 * Has the device's key sign these attributes, of which it makes sure by their type: a device has no way to sign bytes that somebody brings.
 * @returns r||s for `ES256`
 */
export type AttributeSigner = (
  attributes: SignedAttributes,
  options: Pick<SignCmsOptions, "signal">,
) => Promise<Bytes>;

interface Signing {
  readonly algorithm: DeviceAlgorithm;
  readonly publicKey: Bytes;
  /** DER, the device's own first. */
  readonly certificates: readonly Bytes[];
  readonly sign: AttributeSigner;
}

/** `signCms` of a device with these certificates. */
export function cmsSigner(signing: Signing): NonNullable<SignatureDevice["signCms"]> {
  return async (document, { signedAtMs, ...options }) => {
    const { certificates } = signing;
    const own = mustBeUsable(signing, signedAtMs);
    const algorithm = cmsAlgorithm(signing.algorithm);
    const attributes = encodeSignedAttributes({
      documentDigest: await documentDigest(algorithm, document),
      certificateHash: await sha256(own.bytes),
      signedAtMs,
    });
    const raw = await signing.sign(attributes, options);
    const signature = signing.algorithm === "ES256" ? rawToDer(raw) : raw;
    return encodeSignedData({ algorithm, certificates, signer: signerOf(own), attributes, signature });
  };
}

/** Before a person enters a PIN for what nobody would accept; whether the chain leads anywhere is for those to say who verify. */
function mustBeUsable(
  { certificates, publicKey }: Pick<Signing, "certificates" | "publicKey">,
  signedAtMs: number,
): CertificateIn {
  const refuse = (code: ErrorCode | undefined): void => {
    if (code !== undefined) throw new SignetError(code);
  };
  refuse(chainFault(certificates));
  const [own] = certificates.map((bytes) => {
    const read = readCertificate(bytes);
    if (read === undefined) throw new SignetError(certificateFault(bytes));
    return read;
  });
  if (own === undefined || !isFor(own, publicKey)) throw new SignetError("certificate.otherKey");
  refuse(signingFault(own));
  if (signedAtMs < own.notBeforeMs) refuse("certificate.notYetValid");
  if (signedAtMs > own.notAfterMs) refuse("certificate.expired");
  return own;
}

/** How each device that came to be here signs attributes; what others make of the interface of a device does not. */
const signers = new WeakMap<SignatureDevice, AttributeSigner>();

/** @returns the same device, whose copies with other certificates can sign documents too */
export function signsAttributes<D extends SignatureDevice>(device: D, sign: AttributeSigner): D {
  signers.set(device, sign);
  return device;
}

export const attributeSignerOf = (device: SignatureDevice): AttributeSigner | undefined =>
  signers.get(device);
