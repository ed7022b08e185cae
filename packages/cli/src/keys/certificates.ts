/** Certificates from files: those of the own key, and whose certificates are believed here. */
import { readFileSync } from "node:fs";

import type { SignatureDevice } from "@signet/device";
import {
  SignetError,
  holdsVersion1,
  readCrls,
  readPemCertificates,
  withCertificates,
} from "@signet/terminal";
import type { CertificateTrust } from "@signet/terminal";

import { Failure, exitCodes, wrongUse } from "../failure.ts";
import type { Identity } from "../run/identity.ts";

/** @throws Failure for a file that cannot be used, or that is for another key */
export function certified<D extends SignatureDevice>(device: D, { certificate }: Identity): D {
  if (certificate === undefined) return device;
  const chain = readWith("--certificate", certificate, readText);
  try {
    return withCertificates(device, chain);
  } catch (cause) {
    if (!(cause instanceof SignetError) || cause.code !== "certificate.otherKey") throw cause;
    throw new Failure(
      exitCodes.refused,
      `no certificate in ${certificate} is for the key that signs`,
      "give the certificate of this key, or choose its key with --key or --key-file",
      cause.code,
      cause,
    );
  }
}

/** undefined when the server's own trust anchors are to count. @throws Failure */
export function trustOf({
  trustAnchors,
  crl,
  userIdFrom = "email",
  userIdDomain,
}: Identity): CertificateTrust | undefined {
  if (trustAnchors === undefined) return undefined;
  return {
    anchors: readWith("--trust-anchors", trustAnchors, readText),
    ...(crl === undefined
      ? {}
      : { crls: readWith("--crl", crl, (path) => readCrls(new Uint8Array(readFileSync(path)))) }),
    userIdFrom,
    ...(userIdDomain === undefined ? {} : { userIdDomain }),
  };
}

function readText(path: string) {
  const text = readFileSync(path, "utf8");
  try {
    return readPemCertificates(text);
  } catch (cause) {
    if (!holdsVersion1(text)) throw cause;
    throw wrongUse(
      `${path} holds a certificate of X.509 version 1, and only version 3 says what a key is for`,
      "issue it with extensions: `openssl x509 -req` makes version 3 only with -extfile or -copy_extensions",
      cause,
    );
  }
}

function readWith<T>(name: string, path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
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
  "--crl": "revocation lists of version 2 in PEM or DER",
};
