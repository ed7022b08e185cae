/** Node, the libraries that come as programs, and the profile folder. */
import { accessSync, constants, statSync } from "node:fs";

import { SignetError } from "@signet/terminal";
import { listTokens } from "@signet/device/pkcs11";
import { FilePinStore, selfTest } from "@signet/terminal/node";
import type { UserId } from "@signet/terminal";

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
        `${version.replace(/^v/, "")} is too old`,
        `install Node.js ${leastNode}, or use the one that \`npm ci\` installs`,
      );
}

export async function checkLibraries(): Promise<CheckResult> {
  const broken = (await selfTest()).filter(({ works }) => !works).map(({ part }) => part);
  if (broken.length > 0)
    return failed(
      exitCodes.usage,
      `${broken.map((part) => libraryNames[part]).join(" and ")} cannot be used on this machine`,
      "run `npm ci` again on this machine: each platform has its own packages",
    );
  const rest = `${libraryNames.webrtc} and ${libraryNames.opus} work`;
  return (await hasPkcs11())
    ? ok(`${rest}, pkcs11js is there`)
    : warning(
        `${rest}; pkcs11js is not there, so smart cards and tokens cannot be used`,
        "for those run `npm ci` again, with a C++ compiler installed",
      );
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
  if (stats === undefined) return ok(`${folder} is not there yet; \`signet register\` makes it`);
  if (!stats.isDirectory())
    return failed(exitCodes.usage, `${folder} is not a folder`, "give another one with --profile");
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return failed(exitCodes.usage, `${folder} cannot be written`, "mend its permissions, or give --profile");
  }
  if (pinsFile !== undefined && !canReadPins(pinsFile))
    return failed(
      exitCodes.usage,
      `${pinsFile} was damaged, and with it who this terminal has met before`,
      "restore it; take it away only if you mean to meet everybody anew",
    );
  // Windows has no such bits.
  const others = process.platform === "win32" ? 0 : stats.mode & 0o077;
  return others === 0
    ? ok(folder)
    : warning(
        `${folder} can be read by others on this machine (mode ${(stats.mode & 0o777).toString(8)})`,
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
