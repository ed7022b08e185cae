/** Certificates of a few minutes or days, and sign-ins with them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { SignatureDevice } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import { decodeTranscript } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, StatementIn } from "@signet/protocol";

import { changesNothing } from "./snapshot.ts";
import { tempDir } from "./test-server.ts";
import type { Cleanup, TestServer } from "./test-server.ts";
import { TestTerminal } from "./test-terminal.ts";

export const minuteMs = 60_000;
export const dayMs = 86_400_000;
export const authority = await Authority.create();

export function anchorsFile(test: Cleanup): string {
  const path = join(tempDir(test), "anchors.pem");
  writeFileSync(path, authority.pem);
  return path;
}

export const withChain = (device: SignatureDevice, ...certificates: Bytes[]): SignatureDevice => ({
  ...device,
  certificates,
});

/** The same key with a certificate that lasts so long from now. */
export async function lasting(
  device: SignatureDevice,
  durationMs: number,
  name = "alice",
): Promise<SignatureDevice> {
  const { certificate } = await authority.issue(device, name, { notAfterMs: Date.now() + durationMs });
  return withChain(device, certificate);
}

/** What the device is certified by, as a history states it. */
export function certificatesIn(
  entry: DirectoryEntryIn | undefined,
  { deviceId }: Pick<SignatureDevice, "deviceId">,
): readonly Bytes[] | undefined {
  const certifies = ({ proofs }: StatementIn): boolean => {
    const named = decodeTranscript(proofs[0]?.transcript ?? new Uint8Array());
    return named?.purpose === "certify" && named.deviceId === deviceId;
  };
  const registered = entry?.deviceId === deviceId ? entry.certificates : undefined;
  return entry?.statements.findLast(certifies)?.certificates ?? registered;
}

/** Signs in at a terminal of its own, at the time that the server has. */
export async function signIn(server: TestServer, device: SignatureDevice, aheadMs = 0) {
  const terminal = await TestTerminal.connect(server, () => Date.now() + aheadMs);
  const { entry } = await terminal.signIn("alice", device);
  return { terminal, entry, certificates: certificatesIn(entry, device) };
}

export async function refusal(server: TestServer, device: SignatureDevice, aheadMs = 0): Promise<string> {
  const terminal = await TestTerminal.connect(server, () => Date.now() + aheadMs);
  let code = "";
  await changesNothing(server, async () => {
    code = await terminal.signInRefusal("alice", device);
  });
  return code;
}
