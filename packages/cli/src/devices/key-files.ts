import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describeKeyFile } from "@signet/device";
import { SignetError, UserId } from "@signet/terminal";
import type { DeviceId } from "@signet/terminal";

export interface KeyFileFound {
  readonly path: string;
  /** By the name of the file, as `signet register` makes it. */
  readonly userId?: UserId;
  /** Absent for what is no key file, or cannot be read. */
  readonly key?: { readonly algorithm: string; readonly deviceId: DeviceId };
}

/** The key files of a profile by name; none when the folder is not there. */
export async function findKeyFiles(folder: string): Promise<readonly KeyFileFound[]> {
  return Promise.all(
    namesIn(folder)
      .filter((name) => name.endsWith(".key"))
      .toSorted((one, other) => (one < other ? -1 : 1))
      .map(async (name) => {
        const path = join(folder, name);
        const user = UserId.safeParse(name.slice(0, -".key".length));
        const key = await describe(path);
        return {
          path,
          ...(user.success ? { userId: user.data } : {}),
          ...(key === undefined ? {} : { key }),
        };
      }),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

async function describe(path: string): Promise<KeyFileFound["key"]> {
  try {
    return await describeKeyFile(readFileSync(path, "utf8"));
  } catch (error) {
    const isUnreadable = typeof (error as NodeJS.ErrnoException).code === "string";
    if (error instanceof SignetError || isUnreadable) return undefined;
    throw error;
  }
}
