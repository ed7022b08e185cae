/** This terminal as the server knows it, and what it signs without a touch. */
import type { TerminalKey } from "@signet/device";
import type { Bytes, DeviceId, ProofIn, ServerInfo, TerminalId, Transcript, UserId } from "@signet/protocol";

/** The fields that every transcript of a person begins with. */
export type CommonFields = Pick<Transcript<"resume">, "serverOrigin" | "userId" | "deviceId" | "issuedAtMs">;

/** Whom the terminal is bound to, and by which device. */
export interface BoundPerson {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

export class OwnTerminal {
  readonly #key: TerminalKey;
  readonly #nowMs: () => number;
  readonly #server: () => ServerInfo;

  /** @param server what it said of itself last; throws SignetError `connection.lost` before it did */
  constructor(key: TerminalKey, nowMs: () => number, server: () => ServerInfo) {
    this.#key = key;
    this.#nowMs = nowMs;
    this.#server = server;
  }

  /** Public, 32 bytes. */
  get terminalKey(): Bytes {
    return this.#key.publicKey;
  }

  get terminalId(): TerminalId {
    return this.#key.terminalId;
  }

  /** That this terminal holds its key. */
  prove(serverChallenge: Bytes): Promise<ProofIn> {
    const { serverOrigin } = this.#server();
    const { terminalId, terminalKey } = this;
    const issuedAtMs = this.#nowMs();
    return this.#key.sign({
      purpose: "terminal",
      serverOrigin,
      issuedAtMs,
      serverChallenge,
      terminalId,
      terminalKey,
    });
  }

  /** What a device signs to bind this terminal, beside whom it binds it to. */
  bindingFields(serverChallenge: Bytes) {
    const issuedAtMs = this.#nowMs();
    const { terminalId, terminalKey } = this;
    const expiresAtMs = issuedAtMs + this.#server().limits.bindingMs;
    return { issuedAtMs, serverChallenge, terminalId, terminalKey, expiresAtMs };
  }

  /** Signs with the terminal key, in the name of whom it is, or was, bound to. */
  sign({ userId, deviceId }: BoundPerson, make: (fields: CommonFields) => Transcript): Promise<ProofIn> {
    const issuedAtMs = this.#nowMs();
    const { serverOrigin } = this.#server();
    return this.#key.sign(make({ serverOrigin, userId, deviceId, issuedAtMs }));
  }
}
