/** Somebody with devices and terminals who really signs: registered, in the log, with a history that grows. */
import type { SignatureDevice } from "@signet/device";
import { statementDigestOf } from "@signet/directory";
import { UserId } from "@signet/protocol";
import type { Bytes, DeviceId, DirectoryEntryIn, ProofIn, StatementIn, Transcript } from "@signet/protocol";

import { named, seededDevice, seededTerminal } from "./seeded-keys.ts";
import type { SeededTerminal } from "./seeded-keys.ts";

export const serverOrigin = "https://signet.example";
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A terminal that a device of the person's signed in. */
export interface SignedIn {
  readonly device: SignatureDevice;
  readonly terminal: SeededTerminal;
  readonly binding: ProofIn;
}

type Own<P extends Transcript["purpose"]> = Omit<
  Extract<Transcript, { readonly purpose: P }>,
  "purpose" | "serverOrigin" | "userId" | "deviceId" | "issuedAtMs"
>;

export class WrittenPerson {
  readonly userId: UserId;
  readonly first: SignatureDevice;
  readonly #registered: DirectoryEntryIn;
  readonly #statements: StatementIn[] = [];

  private constructor(first: SignatureDevice, registered: DirectoryEntryIn) {
    this.userId = registered.userId;
    this.first = first;
    this.#registered = registered;
  }

  /** @param key which device, where it is not named as the person is */
  static async register(
    userId: string,
    displayName: string,
    atMs: number,
    { device, key = userId }: { readonly device?: SignatureDevice; readonly key?: string } = {},
  ): Promise<WrittenPerson> {
    const first = device ?? (await seededDevice(key));
    const terminal = seededTerminal(`${key} first`);
    const { algorithm, deviceId, kind, publicKey } = first;
    const transcript: Transcript = {
      purpose: "register",
      serverOrigin,
      userId,
      deviceId,
      issuedAtMs: atMs,
      serverChallenge: named(`challenge of ${userId}`),
      displayName,
      devicePublicKey: publicKey,
      terminalId: terminal.terminalId,
      terminalKey: terminal.publicKey,
      expiresAtMs: atMs + 12 * hourMs,
    };
    return new WrittenPerson(first, {
      userId: UserId.parse(userId),
      displayName,
      deviceId,
      kind,
      algorithm,
      publicKey,
      userVerification: false,
      registeredAtMs: atMs,
      ...(first.certificates === undefined ? {} : { certificates: [...first.certificates] }),
      proof: await first.sign(transcript),
      statements: [],
    });
  }

  get history(): DirectoryEntryIn {
    return { ...this.#registered, statements: [...this.#statements] };
  }

  get head(): Bytes {
    return statementDigestOf(this.#statements.at(-1)?.proofs ?? [this.#registered.proof]);
  }

  /** With the terminal that registered: its binding is the `register` proof. */
  get asRegistered(): SignedIn {
    const terminal = seededTerminal(`${this.userId} first`);
    return { device: this.first, terminal, binding: this.#registered.proof };
  }

  async signIn(atMs: number, device = this.first, name = "desk"): Promise<SignedIn> {
    const terminal = seededTerminal(`${this.userId} ${name}`);
    const binding = await this.signs(device, "sign-in", atMs, {
      serverChallenge: named(`sign-in of ${this.userId} ${name}`),
      terminalId: terminal.terminalId,
      terminalKey: terminal.publicKey,
      expiresAtMs: atMs + 12 * hourMs,
      head: this.head,
    });
    return { device, terminal, binding };
  }

  signs<P extends Transcript["purpose"]>(
    device: SignatureDevice,
    purpose: P,
    atMs: number,
    own: Own<P>,
  ): Promise<ProofIn> {
    return device.sign(this.#transcript(device.deviceId, purpose, atMs, own));
  }

  says<P extends Transcript["purpose"]>(by: SignedIn, purpose: P, atMs: number, own: Own<P>): ProofIn {
    return by.terminal.sign(this.#transcript(by.device.deviceId, purpose, atMs, own));
  }

  async add(device: SignatureDevice, atMs: number, name = "Telephone", by = this.first): Promise<void> {
    const transcript = this.#chained("add-device", by.deviceId, atMs, newDevice(device, name));
    this.#statements.push({ proofs: [await by.sign(transcript), await device.sign(transcript)] });
  }

  async revoke(device: SignatureDevice, atMs: number, by: SignatureDevice): Promise<void> {
    const transcript = this.#chained("revoke-device", by.deviceId, atMs, {
      revokedDeviceId: device.deviceId,
      why: "lost",
      administrator: "",
      administratorHead: new Uint8Array(),
    });
    this.#statements.push({ proofs: [await by.sign(transcript)] });
  }

  async recover(device: SignatureDevice, atMs: number, administrator: WrittenPerson): Promise<void> {
    const transcript = this.#chained("recover", administrator.first.deviceId, atMs, {
      ...newDevice(device, "New"),
      administrator: administrator.userId,
      administratorHead: administrator.head,
    });
    this.#statements.push({
      proofs: [await administrator.first.sign(transcript), await device.sign(transcript)],
    });
  }

  #chained(purpose: string, deviceId: DeviceId, atMs: number, own: object): Transcript {
    const sequence = this.#statements.length + 1;
    const chained = {
      sequence,
      previous: this.head,
      serverChallenge: named(`statement ${sequence} of ${this.userId}`),
    };
    return this.#transcript(deviceId, purpose as never, atMs, { ...chained, ...own } as never);
  }

  #transcript<P extends Transcript["purpose"]>(
    deviceId: DeviceId,
    purpose: P,
    issuedAtMs: number,
    own: Own<P>,
  ): Transcript {
    const common = { purpose, serverOrigin, userId: this.userId, deviceId, issuedAtMs };
    return { ...common, ...own } as unknown as Transcript;
  }
}

const newDevice = ({ algorithm, deviceId, kind, publicKey }: SignatureDevice, name: string) => ({
  newDeviceId: deviceId,
  newDevicePublicKey: publicKey,
  newDeviceAlgorithm: algorithm,
  newDeviceKind: kind,
  newDeviceName: name,
});
