/** Statements by which a test terminal continues the history of its person. */
import { createSoftwareKey, sha256 } from "@signet/device";
import type { HistoryPurpose, SignatureDevice } from "@signet/device";
import { encodeStatement } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, RequestBody, Transcript } from "@signet/protocol";

import type { TestAuthenticator } from "./authenticator.ts";
import type { TestTerminal } from "./test-terminal.ts";
import { user } from "./test-terminal.ts";

type Device = SignatureDevice | TestAuthenticator;

export interface Made {
  readonly own: Record<string, unknown>;
  /** Whose history goes on; else that of who is at the terminal. */
  readonly of?: string;
  /** Signs; else the terminal's device. */
  readonly by?: Device;
  readonly second?: Device;
  readonly challenge?: Bytes;
  /** Beside the proofs. */
  readonly beside?: Partial<RequestBody<"history.append">["statement"]>;
}

/** In the place after what the server shows of the person. */
export async function historyStatement(
  terminal: TestTerminal,
  purpose: HistoryPurpose,
  { of, own, by, second, challenge, beside }: Made,
): Promise<RequestBody<"history.append">> {
  const userId = user(of ?? terminal.userId ?? "");
  const { people } = await terminal.request("directory.lookup", { userIds: [userId] });
  const entry = people[0]?.entry;
  if (entry === undefined) throw new Error("nobody is registered");
  const signer = by ?? terminal.device;
  if (signer === undefined) throw new Error("the terminal has no device");
  const transcript = {
    purpose,
    ...terminal.common(signer),
    userId,
    sequence: entry.statements.length + 1,
    previous: await headOf(entry),
    serverChallenge: challenge ?? (await terminal.request("history.begin", {})).challenge,
    ...own,
  } as unknown as Transcript;
  const proofs = [await signer.sign(transcript)];
  if (second !== undefined) proofs.push(await second.sign(transcript));
  const created =
    second !== undefined && "create" in second && "serverChallenge" in transcript
      ? { webauthn: await second.create(transcript.serverChallenge) }
      : {};
  return { statement: { proofs, ...beside }, ...created };
}

const headOf = ({ proof, statements }: DirectoryEntryIn): Promise<Bytes> =>
  sha256(encodeStatement(statements.at(-1)?.proofs ?? [proof]));

export const addition = (device: Device, name = "Phone") => ({
  newDeviceId: device.deviceId,
  newDevicePublicKey: device.publicKey,
  newDeviceAlgorithm: device.algorithm,
  newDeviceKind: device.kind,
  newDeviceName: name,
});

export const revocation = ({ deviceId }: Pick<Device, "deviceId">) => ({
  revokedDeviceId: deviceId,
  why: "lost",
  administrator: "",
  administratorHead: new Uint8Array(),
});

/** What an administrator at this terminal says of themselves. */
export async function authorityOf(terminal: TestTerminal) {
  const { people } = await terminal.request("directory.lookup", { userIds: [terminal.userId ?? user("")] });
  const entry = people[0]?.entry;
  if (entry === undefined) throw new Error("nobody is registered");
  return { administrator: String(terminal.userId), administratorHead: await headOf(entry) };
}

/** A software key of the person at the terminal, beside the one that they have. */
export async function addSoftwareKey(terminal: TestTerminal): Promise<SignatureDevice> {
  const device = await createSoftwareKey({ algorithm: "EdDSA" });
  const body = await historyStatement(terminal, "add-device", { own: addition(device), second: device });
  await terminal.request("history.append", body);
  return device;
}

export async function revoke(terminal: TestTerminal, device: Pick<Device, "deviceId">): Promise<void> {
  const body = await historyStatement(terminal, "revoke-device", { own: revocation(device) });
  await terminal.request("history.append", body);
}
