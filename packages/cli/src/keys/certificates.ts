/** Certificates from files: those of the own key, and whose certificates are believed here. */
import { readFileSync } from "node:fs";

import type { SignatureDevice } from "@signet/device";
import { SignetError, readCrls, readPemCertificates, withCertificates } from "@signet/terminal";
import type { CertificateTrust } from "@signet/terminal";

import { wrongUse } from "../failure.ts";
import type { Identity } from "../run/identity.ts";

/** @throws Failure for a file that cannot be used; SignetError `certificate.otherKey` */
export function certified<D extends SignatureDevice>(device: D, { certificate }: Identity): D {
  if (certificate === undefined) return device;
  return withCertificates(device, readWith("--certificate", certificate, readText));
}

/** undefined when the server's own trust anchors are to count. @throws Failure */
export function trustOf({ trustAnchors, crl, userIdFrom = "email" }: Identity): CertificateTrust | undefined {
  if (trustAnchors === undefined) return undefined;
  return {
    anchors: readWith("--trust-anchors", trustAnchors, readText),
    ...(crl === undefined
      ? {}
      : { crls: readWith("--crl", crl, (path) => readCrls(new Uint8Array(readFileSync(path)))) }),
    userIdFrom,
  };
}

const readText = (path: string) => readPemCertificates(readFileSync(path, "utf8"));

function readWith<T>(name: string, path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (cause) {
    const isMalformed = cause instanceof SignetError;
    throw wrongUse(
      isMalformed ? `${path} holds no ${contents[name]}` : `cannot read ${path}`,
      isMalformed ? `give the right file with ${name}` : `give a file that can be read with ${name}`,
      cause,
    );
  }
}

const contents: Readonly<Record<string, string>> = {
  "--certificate": "certificates in PEM",
  "--trust-anchors": "certificates in PEM",
  "--crl": "revocation lists in PEM or DER",
};
