/**
 * What a terminal keeps of its binding beyond its own end, so that a page that is loaded anew is still the terminal that it was. What is
 * read is believed no more than a server's word: it is verified as the reply to a sign-in is, and what does not hold is thrown away.
 */
import { foldHistory, openTerminalKey } from "@signet/device";
import type { TerminalKey } from "@signet/device";
import { CallId, DirectoryEntryIn, ProofIn, decodeTranscript, encodeMessage } from "@signet/protocol";

import type { Environment } from "../environment.ts";
import type { Administrators } from "../people/administrators.ts";
import { trustOf } from "../people/trust.ts";
import type { KeptBinding } from "./binding-place.ts";
import { verifyOwnEntry } from "./own-entry.ts";
import type { Person } from "./person.ts";

const version = 1;

/** A terminal that goes on. */
export interface Restored {
  readonly terminalKey: TerminalKey;
  readonly person: Person;
  readonly expiresAtMs: number;
  /** It was in it when the page went: the others may not have heard that it left. */
  readonly callId?: CallId;
}

/** @returns undefined where nothing is kept, or not what verifies: then it is forgotten */
export async function restore(
  environment: Environment,
  administrators: Administrators,
): Promise<Restored | undefined> {
  const { bindingPlace } = environment;
  const found = await bindingPlace?.take();
  if (found === undefined) return undefined;
  const opened = await open(found.kept, environment, administrators).catch(() => undefined);
  if (opened === undefined) {
    bindingPlace?.forget();
    return undefined;
  }
  const callId = CallId.safeParse(found.callId);
  return callId.success ? { ...opened, callId: callId.data } : opened;
}

/** @throws SignetError and others for what does not hold */
async function open(
  kept: unknown,
  environment: Environment,
  administrators: Administrators,
): Promise<Restored | undefined> {
  const { certificates, devices, nowMs } = environment;
  const { serverOrigin, privateKey, publicKey, expiresAtMs, ...stored } = Object(
    kept,
  ) as Partial<KeptBinding>;
  if (stored.version !== version || serverOrigin === undefined || serverOrigin !== environment.serverOrigin)
    return undefined;
  if (!Number.isSafeInteger(expiresAtMs) || expiresAtMs === undefined || expiresAtMs <= nowMs())
    return undefined;
  if (!(publicKey instanceof Uint8Array)) return undefined;
  const terminalKey = await openTerminalKey(privateKey, Uint8Array.from(publicKey));
  if (terminalKey === undefined) return undefined;
  const entry = DirectoryEntryIn.parse(JSON.parse(stored.entry ?? ""));
  const proof = ProofIn.parse(JSON.parse(stored.binding ?? ""));
  administrators.serverOrigin = serverOrigin;
  administrators.know(DirectoryEntryIn.array().parse(JSON.parse(stored.administrators ?? "[]")));
  const administratorDevices = administrators.ownDevicesAt;
  const folded = await foldHistory(entry, { serverOrigin, administratorDevices });
  if (!folded.ok) return undefined;
  const named = decodeTranscript(proof.transcript);
  const device = folded.person.devices.find(
    ({ deviceId }) => named !== undefined && "deviceId" in named && named.deviceId === deviceId,
  );
  if (device === undefined) return undefined;
  const person = await verifyOwnEntry(entry, {
    serverOrigin,
    administratorDevices,
    userId: entry.userId,
    device: await devices.open(serverOrigin, [device]),
    proof,
    terminalId: terminalKey.terminalId,
    terminalKey: terminalKey.publicKey,
    trust: trustOf(certificates, undefined),
    nowMs: nowMs(),
  });
  return { terminalKey, person, expiresAtMs };
}

/** What {@link restore} takes up. */
export function keptBinding(
  serverOrigin: string,
  { privateKey, publicKey }: TerminalKey,
  { known, binding }: Person,
  expiresAtMs: number,
  administrators: readonly DirectoryEntryIn[],
): KeptBinding {
  return {
    version,
    serverOrigin,
    privateKey,
    publicKey,
    entry: encodeMessage(known.person.history),
    binding: encodeMessage(binding),
    ...(administrators.length === 0 ? {} : { administrators: encodeMessage(administrators) }),
    expiresAtMs,
  };
}
