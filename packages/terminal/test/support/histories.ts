/** Histories that go on: each statement is really signed, by whichever device a test asks for. Nothing is checked. */
import { statedHead } from "@signet/device";
import type { HistoryPurpose, SignatureDevice } from "@signet/device";
import type { DirectoryEntryIn, StatementIn, Transcript } from "@signet/protocol";

import { randomBytes, serverOrigin } from "./people.ts";

type Own<P extends HistoryPurpose> = Omit<
  Transcript<P>,
  | "purpose"
  | "serverOrigin"
  | "userId"
  | "deviceId"
  | "issuedAtMs"
  | "sequence"
  | "previous"
  | "serverChallenge"
>;

/** @param second signs as well */
async function goOn<P extends HistoryPurpose>(
  entry: DirectoryEntryIn,
  purpose: P,
  own: Own<P>,
  by: SignatureDevice,
  second?: SignatureDevice,
): Promise<DirectoryEntryIn> {
  const transcript = {
    purpose,
    serverOrigin,
    userId: entry.userId,
    deviceId: by.deviceId,
    issuedAtMs: Date.now(),
    sequence: entry.statements.length + 1,
    previous: await statedHead(entry),
    serverChallenge: randomBytes(32),
    ...own,
  } as unknown as Transcript;
  const proofs = [await by.sign(transcript)];
  if (second !== undefined) proofs.push(await second.sign(transcript));
  const statement: StatementIn = { proofs };
  return { ...entry, statements: [...entry.statements, statement] };
}

const naming = (device: SignatureDevice, name: string) => ({
  newDeviceId: device.deviceId,
  newDevicePublicKey: device.publicKey,
  newDeviceAlgorithm: device.algorithm,
  newDeviceKind: device.kind,
  newDeviceName: name,
});

export const withDevice = (
  entry: DirectoryEntryIn,
  by: SignatureDevice,
  added: SignatureDevice,
  name = "Blue",
) => goOn(entry, "add-device", naming(added, name), by, added);
export const withoutDevice = (entry: DirectoryEntryIn, by: SignatureDevice, revoked: SignatureDevice) =>
  goOn(
    entry,
    "revoke-device",
    {
      revokedDeviceId: revoked.deviceId,
      why: "lost",
      administrator: "",
      administratorHead: new Uint8Array(),
    },
    by,
  );

export const renamed = (entry: DirectoryEntryIn, by: SignatureDevice, name: string) =>
  goOn(entry, "rename", { renamedDeviceId: "", name }, by);

/** @param administrator whose history it is, and the device that signs */
export async function recovered(
  entry: DirectoryEntryIn,
  administrator: { readonly entry: DirectoryEntryIn; readonly device: SignatureDevice },
  brought: SignatureDevice,
): Promise<DirectoryEntryIn> {
  const own = {
    ...naming(brought, "New"),
    administrator: administrator.entry.userId,
    administratorHead: await statedHead(administrator.entry),
  };
  return goOn(entry, "recover", own, administrator.device, brought);
}

/** By an administrator as they were when their history ended so. */
export const appointed = async (
  entry: DirectoryEntryIn,
  purpose: "appoint" | "dismiss",
  administrator: { readonly entry: DirectoryEntryIn; readonly device: SignatureDevice },
): Promise<DirectoryEntryIn> =>
  goOn(
    entry,
    purpose,
    {
      administrator: administrator.entry.userId,
      administratorHead: await statedHead(administrator.entry),
    },
    administrator.device,
  );
