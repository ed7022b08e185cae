/** This terminal as the server knows it, and what it signs without a touch. */
import type { DirectoryEntry, TerminalKey } from "@signet/device";
import { toBase64Url } from "@signet/protocol";
import type { Bytes, ProofIn, ServerInfo, TerminalId, Transcript } from "@signet/protocol";

/** The fields that every transcript begins with. */
export type CommonFields = Pick<Transcript, "serverOrigin" | "userId" | "deviceId" | "issuedAtMs">;

export class OwnTerminal {
  readonly terminalId: TerminalId = toBase64Url(crypto.getRandomValues(new Uint8Array(16))) as TerminalId;
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

  /** What a device signs to bind this terminal, beside whom it binds it to. */
  bindingFields(serverChallenge: Bytes) {
    const issuedAtMs = this.#nowMs();
    const { terminalId, terminalKey } = this;
    const expiresAtMs = issuedAtMs + this.#server().limits.bindingMs;
    return { issuedAtMs, serverChallenge, terminalId, terminalKey, expiresAtMs };
  }

  /** Signs with the terminal key, in the name of whom it is, or was, bound to. */
  sign({ userId, deviceId }: DirectoryEntry, make: (fields: CommonFields) => Transcript): Promise<ProofIn> {
    const issuedAtMs = this.#nowMs();
    const { serverOrigin } = this.#server();
    return this.#key.sign(make({ serverOrigin, userId, deviceId, issuedAtMs }));
  }
}
