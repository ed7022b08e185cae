/** Which keys a server has for whom. A sign-in begins with the server naming them; here it ends there, and nobody signs. */
import { SignetError } from "@signet/terminal";
import type { DeviceId, UserId } from "@signet/terminal";
import { createNodeTerminal } from "@signet/terminal/node";

import { waitFor } from "../run/wait-for.ts";

/**
 * @returns the user ID of each key that the server has for one of these people; nobody checks what it says
 * @throws SignetError when the server cannot be reached, or calls itself by another address
 */
export async function registeredKeys(
  server: string,
  userIds: readonly UserId[],
  signal: AbortSignal,
): Promise<ReadonlyMap<DeviceId, UserId>> {
  let named: readonly DeviceId[] = [];
  const terminal = await createNodeTerminal({
    server,
    device: {
      create: () => Promise.reject(new SignetError("device.cancelled")),
      open: (_origin, entries) => {
        named = entries.map(({ deviceId }) => deviceId);
        return Promise.reject(new SignetError("device.cancelled"));
      },
    },
  });
  try {
    await waitFor(
      terminal,
      ({ connection }) => {
        if (connection.status === "offline") throw new SignetError(connection.code);
        return connection.status === "online" || undefined;
      },
      [signal],
    );
    const owners = new Map<DeviceId, UserId>();
    for (const userId of userIds) {
      named = [];
      await terminal.signIn({ userId }).catch((error: unknown) => {
        const isExpected = error instanceof SignetError && expected.has(error.code);
        if (!isExpected) throw error;
      });
      for (const deviceId of named) owners.set(deviceId, userId);
    }
    return owners;
  } finally {
    terminal.close();
  }
}

const expected: ReadonlySet<string> = new Set(["device.cancelled", "user.unknown"]);
