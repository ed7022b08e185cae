/** A certificate database of NSS in a folder of its own, which its softokn shows as a token: a module that wants parameters. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface NssDatabase {
  readonly modulePath: string;
  /** What C_Initialize is given as pReserved. */
  readonly moduleParameters: string;
  readonly pin: string;
  remove(): void;
}

const places = [
  "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
  "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
  "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
  "/usr/lib/aarch64-linux-gnu/nss/libsoftokn3.so",
  "/usr/lib64/libsoftokn3.so",
];

/** Makes databases; of Debian's libnss3-tools. */
const certutilPath = "/usr/bin/certutil";

/** @returns the module of NSS; undefined where it, or the tool that makes a database, is not installed */
export function findNss(): string | undefined {
  return existsSync(certutilPath) ? places.find((place) => existsSync(place)) : undefined;
}

/** With one P-256 key and a certificate for it. @throws Error when NSS or its tools are missing */
export function makeNssDatabase(): NssDatabase {
  const modulePath = findNss();
  if (modulePath === undefined)
    throw new Error("NSS is not installed; `apt-get install libnss3 libnss3-tools`");
  const pin = "nss-1234";
  const folder = mkdtempSync(join(tmpdir(), "signet-nss-"));
  const database = join(folder, "db");
  mkdirSync(database);
  writeFileSync(join(folder, "pin"), `${pin}\n`);
  writeFileSync(join(folder, "noise"), randomBytes(64));
  const certutil = (...args: readonly string[]): void => {
    const done = spawnSync(certutilPath, [...args, "-d", `sql:${database}`, "-f", join(folder, "pin")], {
      encoding: "utf8",
    });
    if (done.status !== 0) throw new Error(`certutil failed: ${done.error?.message ?? done.stderr}`);
  };
  certutil("-N");
  const key = ["-k", "ec", "-q", "nistp256", "-z", join(folder, "noise")];
  certutil("-S", "-n", "anna", "-s", "CN=anna", "-x", "-t", ",,", ...key);
  return {
    modulePath,
    moduleParameters: `configdir='sql:${database}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=readOnly`,
    pin,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}
