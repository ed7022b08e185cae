/** Certificates for servers, which nobody but their maker knows. */
import "reflect-metadata";

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  cryptoProvider,
} from "@peculiar/x509";

cryptoProvider.set(crypto);

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

export interface ServerCertificateFiles {
  /** Also what NODE_EXTRA_CA_CERTS takes, since it is its own issuer. */
  readonly tlsCert: string;
  readonly tlsKey: string;
}

/**
 * @param days from now to its end; negative for one that has expired
 * @param host whom it is for
 */
export async function writeServerCertificate(
  folder: string,
  days: number,
  host = "localhost",
): Promise<ServerCertificateFiles> {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${host}`,
    notBefore: new Date(Date.now() - 400 * dayMs),
    // An hour more, so that the days are whole.
    notAfter: new Date(Date.now() + days * dayMs + 3_600_000),
    signingAlgorithm: ecdsa,
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: host }])],
  });
  const tlsCert = join(folder, `server-${days}.pem`);
  const tlsKey = join(folder, `server-${days}.key`);
  writeFileSync(tlsCert, certificate.toString("pem"));
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  writeFileSync(tlsKey, PemConverter.encode(key, "PRIVATE KEY"), { mode: 0o600 });
  return { tlsCert, tlsKey };
}

/** A browser of this `home` takes the certificate from its next start on, by the database of NSS that Chromium reads on Linux. */
export function trustInBrowser(home: string, { tlsCert }: ServerCertificateFiles): void {
  const database = join(home, ".pki/nssdb");
  mkdirSync(database, { recursive: true });
  const certutil = (...args: readonly string[]): void =>
    void execFileSync("certutil", ["-d", `sql:${database}`, ...args], { stdio: "ignore" });
  certutil("-N", "--empty-password");
  certutil("-A", "-n", "signet", "-t", "C,,", "-i", tlsCert);
}
