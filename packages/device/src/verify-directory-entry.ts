import type { DirectoryEntryIn } from "@signet/protocol";

import { deviceIdOf } from "./device.ts";
import { refuse } from "./verified.ts";
import type { DirectoryEntry, Refusal } from "./verified.ts";
import { checkDeviceProof } from "./verify-device-proof.ts";

/**
 * The device itself says whose it is: the `register` proof verifies with the key in the entry and names the same user
 * ID, display name and key. What the proof cannot say is whether this is the person one means.
 *
 * `userVerification` must be what the register proof shows, so that a server cannot take the requirement away later;
 * a software key checks nobody, so there it is false.
 * @returns refusal `proof.device` when the device ID is not the key's hash, `proof.userVerification` as above,
 *   otherwise as verifyDeviceProof
 */
export async function verifyDirectoryEntry(
  entry: DirectoryEntryIn,
  serverOrigin: string,
): Promise<{ readonly ok: true; readonly entry: DirectoryEntry } | Refusal> {
  const { displayName, publicKey } = entry;
  if (entry.deviceId !== (await deviceIdOf(publicKey))) return refuse("proof.device");
  const result = await checkDeviceProof(entry.proof, {
    purpose: "register",
    serverOrigin,
    entry,
    time: "any",
    fields: { displayName, devicePublicKey: publicKey },
  });
  if (!result.ok) return result;
  const verifiesUser = result.proof.authenticator?.userVerified ?? false;
  if (entry.userVerification !== verifiesUser) return refuse("proof.userVerification");
  return { ok: true, entry: entry as DirectoryEntry };
}
