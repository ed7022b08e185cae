import { readFileSync, unlinkSync, writeFileSync } from "node:fs";

import { createSoftwareKey, exportKeyFile, isNewerKeyFile, openSoftwareKey } from "@signet/device";
import type { SoftwareDevice } from "@signet/device";
import { SignetError } from "@signet/terminal";

import { Failure, exitCodes, wrongUse } from "../failure.ts";
import type { Secret } from "../secrets/secret.ts";

/** How often a person may mistype the passphrase. */
const attempts = 3;
/** Passphrases of fewer characters can all be tried, at the work that the key file's scrypt asks for. */
const fewCharacters = 8;

/** @throws Failure, SignetError `device.*` */
export async function openKeyFile(path: string, passphrase: Secret): Promise<SoftwareDevice> {
  const content = readKeyFile(path);
  if (isNewerKeyFile(content))
    throw new Failure(
      exitCodes.device,
      `the key file ${path} was made by a newer version of signet`,
      "update signet; the file was left as it is",
    );
  for (let attempt = 1; ; attempt++) {
    const text = await passphrase.ask(`passphrase of ${path}`);
    try {
      return await openSoftwareKey(content, text);
    } catch (error) {
      const isMistyped = error instanceof SignetError && error.code === "device.badPassphrase";
      if (!isMistyped || !passphrase.isAsked || attempt === attempts) throw error;
      process.stderr.write("the passphrase is wrong; try again\n");
    }
  }
}

export function isKeyFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    // Whatever else is in the way is said when the file is opened.
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

/** Makes a key and writes its encrypted file, which must not be there yet. @throws Failure */
export async function createKeyFile(
  path: string,
  algorithm: SoftwareDevice["algorithm"],
  passphrase: Secret,
): Promise<SoftwareDevice> {
  const text = await passphrase.ask(`new passphrase for ${path}`);
  if (text === "")
    throw new Failure(
      exitCodes.device,
      "the passphrase is empty",
      "choose one: it is all that protects the key when the file is copied",
    );
  if (Array.from(text).length < fewCharacters)
    process.stderr.write("warning: the passphrase is short: whoever copies the file can guess it\n");
  if (passphrase.isAsked && (await passphrase.ask("the same passphrase again")) !== text)
    throw new Failure(exitCodes.device, "the two passphrases differ", "run the command again");
  const device = await createSoftwareKey({ algorithm, passphrase: text });
  try {
    writeFileSync(path, exportKeyFile(device), { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw wrongUse(`cannot write the key file ${path}`, "name another one with --key-file", cause);
  }
  return device;
}

/** Of a key that no server took. */
export function removeKeyFile(path: string): void {
  unlinkSync(path);
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Failure(
      exitCodes.device,
      isMissing ? `there is no key file ${path}` : `cannot read the key file ${path}`,
      isMissing
        ? "make a key with `signet register`, or name yours with --key-file"
        : "mend its permissions, or name another one with --key-file",
      undefined,
      cause,
    );
  }
}
