import { readFileSync, unlinkSync, writeFileSync } from "node:fs";

import { createSoftwareKey, exportKeyFile, isNewerKeyFile, openSoftwareKey } from "@signet/device";
import type { SoftwareDevice } from "@signet/device";
import { SignetError } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

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
    throw new Failure(exitCodes.device, texts().trouble.newerKeyFile(path), texts().trouble.updateLeft);
  for (let attempt = 1; ; attempt++) {
    const text = await passphrase.ask(texts().trouble.passphraseOf(path));
    try {
      return await openSoftwareKey(content, text);
    } catch (error) {
      const isMistyped = error instanceof SignetError && error.code === "device.badPassphrase";
      if (!isMistyped || !passphrase.isAsked || attempt === attempts) throw error;
      process.stderr.write(`${texts().trouble.wrongPassphrase}\n`);
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
  const text = await passphrase.ask(texts().trouble.newPassphrase(path));
  if (text === "")
    throw new Failure(exitCodes.device, texts().trouble.passphraseEmpty, texts().trouble.choosePassphrase);
  if (Array.from(text).length < fewCharacters) process.stderr.write(`${texts().trouble.shortPassphrase}\n`);
  if (passphrase.isAsked && (await passphrase.ask(texts().trouble.samePassphrase)) !== text)
    throw new Failure(exitCodes.device, texts().trouble.passphrasesDiffer, texts().trouble.runAgain);
  const device = await createSoftwareKey({ algorithm, passphrase: text });
  try {
    writeFileSync(path, exportKeyFile(device), { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw wrongUse(texts().trouble.keyFileUnwritable(path), texts().trouble.nameOtherFile, cause);
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
      isMissing ? texts().trouble.noKeyFile(path) : texts().trouble.keyFileUnreadable(path),
      isMissing ? texts().trouble.makeOrName : texts().trouble.mendOrName,
      undefined,
      cause,
    );
  }
}
