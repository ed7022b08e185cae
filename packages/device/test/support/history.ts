/** Key histories that tests write: every statement is really signed, right or as wrong as a test asks for. */
import assert from "node:assert/strict";

import {
  administratorDevicesOf,
  createTerminalKey,
  deviceIdOf,
  devicesAt,
  foldHistory,
  sha256,
} from "@signet/device";
import type {
  FoldOptions,
  FoldResult,
  HistoryPurpose,
  Person,
  PersonDevice,
  SignatureDevice,
} from "@signet/device";
import { UserId, encodeStatement } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ErrorCode, ProofIn, StatementIn, Transcript } from "@signet/protocol";

import { hourMs, makeEntry, nowMs, serverOrigin, transcriptsOf } from "./people.ts";

type Own<P extends HistoryPurpose> = Partial<Omit<Transcript<P>, "purpose">>;

export interface Written {
  /** Signs; unless given, the first device. */
  readonly by?: SignatureDevice;
  /** Signs as well. */
  readonly second?: SignatureDevice | undefined;
  /** Beside the proofs. */
  readonly beside?: Partial<StatementIn>;
}

/** A history of alice's that grows. Nothing is checked while it is written. */
export class HistoryWriter {
  readonly userId: UserId;
  readonly first: SignatureDevice;
  entry: DirectoryEntryIn;
  readonly statements: StatementIn[] = [];

  private constructor(userId: UserId, first: SignatureDevice, entry: DirectoryEntryIn) {
    this.userId = userId;
    this.first = first;
    this.entry = entry;
  }

  static async begin(first: SignatureDevice, userId = "alice"): Promise<HistoryWriter> {
    const terminal = await createTerminalKey();
    const register = { ...transcriptsOf(first, terminal).register, userId };
    const entry = {
      ...(await makeEntry(first, terminal, first.kind === "webauthn")),
      userId: UserId.parse(userId),
      proof: await first.sign(register),
    };
    return new HistoryWriter(UserId.parse(userId), first, entry);
  }

  get history(): DirectoryEntryIn {
    return { ...this.entry, statements: [...this.statements] };
  }

  async head(): Promise<Bytes> {
    const last = this.statements.at(-1)?.proofs ?? [this.entry.proof];
    return sha256(encodeStatement(last));
  }

  /** A statement in its place, an hour after the one before. @param own what differs from that */
  async make<P extends HistoryPurpose>(purpose: P, own: Own<P>, written: Written = {}): Promise<StatementIn> {
    const { by = this.first, second, beside } = written;
    const sequence = this.statements.length + 1;
    const transcript = {
      purpose,
      serverOrigin,
      userId: this.userId,
      deviceId: by.deviceId,
      issuedAtMs: nowMs + sequence * hourMs,
      sequence,
      previous: await this.head(),
      serverChallenge: new Uint8Array(32).fill(1),
      ...own,
    } as unknown as Transcript;
    const proofs: ProofIn[] = [await by.sign(transcript)];
    if (second !== undefined) proofs.push(await second.sign(transcript));
    return { proofs, ...beside };
  }

  async write<P extends HistoryPurpose>(purpose: P, own: Own<P>, written: Written = {}): Promise<this> {
    this.statements.push(await this.make(purpose, own, written));
    return this;
  }

  async add(device: SignatureDevice, by = this.first, name = "Desk"): Promise<this> {
    return this.write("add-device", await newDevice(device, name), { by, second: device });
  }

  async revoke(device: SignatureDevice, by = this.first): Promise<this> {
    return this.write("revoke-device", ownRevocation(device), { by });
  }

  async rename(name: string, device?: SignatureDevice, by = this.first): Promise<this> {
    return this.write("rename", { renamedDeviceId: device?.deviceId ?? "", name }, { by });
  }

  async recover(device: SignatureDevice, administrator: HistoryWriter): Promise<this> {
    return this.write(
      "recover",
      { ...(await newDevice(device)), ...(await administrator.signature()) },
      { by: administrator.first, second: device },
    );
  }

  /** @param administrator who appoints this person, or dismisses them; undefined where they step down */
  async appoint(
    purpose: "appoint" | "dismiss",
    administrator: HistoryWriter | undefined,
    by = (administrator ?? this).first,
  ): Promise<this> {
    const signature = (await administrator?.signature()) ?? noAdministrator;
    return this.write(purpose, signature, { by });
  }

  /** What a statement says of who signs it as administrator. */
  async signature() {
    return { administrator: String(this.userId), administratorHead: await this.head() };
  }
}

export async function newDevice(device: SignatureDevice, name = "Desk") {
  return {
    newDeviceId: await deviceIdOf(device.publicKey),
    newDevicePublicKey: device.publicKey,
    newDeviceAlgorithm: device.algorithm,
    newDeviceKind: device.kind,
    newDeviceName: name,
  };
}

const noAdministrator = { administrator: "", administratorHead: new Uint8Array() };

export const ownRevocation = (device: Pick<SignatureDevice, "deviceId">) => ({
  revokedDeviceId: device.deviceId,
  why: "lost",
  ...noAdministrator,
});

const nobodyAdministers: FoldOptions["administratorDevices"] = async () => undefined;

export const fold = (
  history: DirectoryEntryIn,
  administratorDevices: FoldOptions["administratorDevices"] = nobodyAdministers,
): Promise<FoldResult> => foldHistory(history, { serverOrigin, administratorDevices });

export async function folded(
  history: DirectoryEntryIn,
  administratorDevices?: FoldOptions["administratorDevices"],
): Promise<Person> {
  const result = await fold(history, administratorDevices);
  assert.ok(result.ok, result.ok ? "" : `${result.code} at ${result.sequence}`);
  return result.person;
}

/** A server that names these administrators, and shows whatever of these histories there is now. */
export const administeredAt = (
  writers: readonly HistoryWriter[],
  named: readonly string[],
): FoldOptions["administratorDevices"] =>
  administratorDevicesOf({
    serverOrigin: () => serverOrigin,
    isNamed: (userId) => named.includes(userId),
    historyOf: async (userId) => writers.find((writer) => writer.userId === userId)?.history,
  });

/** A server with one administrator. */
export const administeredBy =
  (administrator: Person): FoldOptions["administratorDevices"] =>
  async (userId, head) =>
    userId === administrator.userId ? devicesAt(administrator, head) : undefined;

export function assertFold(result: FoldResult, code: ErrorCode, sequence: number): void {
  assert.deepEqual(result.ok ? { ok: true } : result, { ok: false, code, sequence });
}

export function deviceOf(person: Person, { deviceId }: Pick<SignatureDevice, "deviceId">): PersonDevice {
  const device = person.devices.find((device) => device.deviceId === deviceId);
  assert.ok(device !== undefined, "the person has that device");
  return device;
}
