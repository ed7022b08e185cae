/** Node, the libraries that come as programs, and the profile folder. */
import { accessSync, constants, statSync } from "node:fs";

import { SignetError } from "@signet/terminal";
import { listTokens } from "@signet/device/pkcs11";
import { FilePinStore, selfTest } from "@signet/terminal/node";
import type { UserId } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { exitCodes } from "../failure.ts";
import { failed, ok, warning } from "./check.ts";
import type { CheckResult } from "./check.ts";

/** Runs `.ts` as it is, has `WebSocket` and `node:sqlite`. */
const leastNode = 24;

export function checkNode(version: string): CheckResult {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1]);
  return major >= leastNode
    ? ok(version.replace(/^v/, ""))
    : failed(
        exitCodes.usage,
        texts().doctor.tooOld(version.replace(/^v/, "")),
        texts().doctor.installNode(leastNode),
      );
}

export async function checkLibraries(): Promise<CheckResult> {
  const broken = (await selfTest()).filter(({ works }) => !works).map(({ part }) => part);
  if (broken.length > 0)
    return failed(
      exitCodes.usage,
      texts().doctor.unusable(listOfNames(broken.map((part) => libraryNames[part]))),
      texts().doctor.reinstall,
    );
  const names = listOfNames([libraryNames.webrtc, libraryNames.opus]);
  return (await hasPkcs11())
    ? ok(texts().doctor.librariesAndPkcs11(names))
    : warning(texts().doctor.librariesOnly(names), texts().doctor.reinstallWithCompiler);
}

const libraryNames = { webrtc: "node-datachannel", opus: "libopus" } as const;

/** The library is looked for before the module is. */
async function hasPkcs11(): Promise<boolean> {
  try {
    await listTokens("/nonexistent");
    return true;
  } catch (error) {
    return error instanceof SignetError && error.code !== "device.pkcs11Missing";
  }
}

/** @param pinsFile of the server that is checked; undefined when none is known */
export function checkProfile(folder: string, pinsFile: string | undefined): CheckResult {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return ok(texts().doctor.profileNotThere(folder));
  if (!stats.isDirectory())
    return failed(exitCodes.usage, texts().doctor.profileNoFolder(folder), texts().doctor.otherProfile);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return failed(exitCodes.usage, texts().doctor.profileUnwritable(folder), texts().doctor.mendPermissions);
  }
  if (pinsFile !== undefined && !canReadPins(pinsFile))
    return failed(exitCodes.usage, texts().doctor.pinsDamaged(pinsFile), texts().doctor.restorePins);
  // Windows has no such bits.
  const others = process.platform === "win32" ? 0 : stats.mode & 0o077;
  return others === 0
    ? ok(folder)
    : warning(
        texts().doctor.readableByOthers(folder, (stats.mode & 0o777).toString(8)),
        `chmod 700 ${folder}`,
      );
}

function canReadPins(path: string): boolean {
  try {
    new FilePinStore(path).get("nobody" as UserId);
    return true;
  } catch (error) {
    if (error instanceof SignetError) return false;
    throw error;
  }
}
