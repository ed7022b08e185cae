import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

import { StartError } from "./start-error.ts";

/** PEM, as it stands in the files. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws StartError when one is missing or unreadable, or when they do not belong together */
export function readTls(certPath: string | undefined, keyPath: string | undefined): TlsFiles | undefined {
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined) {
    throw new StartError("--tls-cert and --tls-key belong together", "give both files, or neither");
  }
  const tls = { cert: read(certPath), key: read(keyPath) };
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new StartError(
      `${certPath} and ${keyPath} are not a certificate and its key`,
      "both must be PEM, the certificate with its chain, the key without passphrase",
      cause,
    );
  }
  return tls;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new StartError(`cannot read ${path}`, "check the path and who may read it", cause);
  }
}
