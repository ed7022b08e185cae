/** A real PKCS#11 token where SoftHSM2 is installed: in a folder of its own, under a random PIN, gone when the demo ends. */
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { generateTokenKey, usualModulePaths } from "@signet/device/pkcs11";
import type { Pkcs11Device } from "@signet/device/pkcs11";

export type DemoToken =
  | { readonly type: "made"; readonly device: Pkcs11Device; close(): Promise<void> }
  /** What has to be installed for a token. */
  | { readonly type: "missing"; readonly what: string };

export async function makeToken(): Promise<DemoToken> {
  const modulePath = usualModulePaths.find((path) => path.includes("softhsm") && existsSync(path));
  if (modulePath === undefined) return { type: "missing", what: "SoftHSM2" };
  const folder = await mkdtemp(join(tmpdir(), "signet-demo-token-"));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const pin = await initToken(folder);
    const choice = { modulePath, tokenLabel: label, keyLabel: label };
    const device = await generateTokenKey(choice, () => Promise.resolve(pin), { algorithm: "ES256" });
    const close = async (): Promise<void> => {
      device.close();
      await removeFolder();
    };
    return { type: "made", device, close };
  } catch (error) {
    await removeFolder();
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { type: "missing", what: "softhsm2-util" };
    if (code === "device.pkcs11Missing") return { type: "missing", what: "pkcs11js" };
    throw error;
  }
}

const label = "signet-demo";

/** @returns the PIN of the new token */
async function initToken(folder: string): Promise<string> {
  const tokens = join(folder, "tokens");
  const configuration = join(folder, "softhsm2.conf");
  await mkdir(tokens);
  await writeFile(configuration, `directories.tokendir = ${tokens}\n`);
  // The module looks for it when it is loaded: the tokens of whoever runs this are not touched.
  process.env["SOFTHSM2_CONF"] = configuration;
  const pin = String(randomInt(1e7, 1e8));
  const init = ["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", pin];
  await promisify(execFile)("softhsm2-util", init);
  return pin;
}
