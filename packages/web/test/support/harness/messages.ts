import { SignetError, writeMessageSound } from "@signet/terminal";
import type { DeviceId, ErrorCode, MessageEars, MessagesApi, UserId } from "@signet/terminal";

const device = { deviceId: "n4bQgYhMfWWaL-qgxVrQaw" as DeviceId, kind: "webauthn", name: "" } as const;

/** Whom a message can be left for, and what is heard of one: silence. Keeps what was asked for. */
export class HarnessMessages implements MessagesApi {
  /** Why none can be left. */
  refusals: Readonly<Record<string, ErrorCode>> = {};
  isDamaged = false;
  readonly #asked: { method: string; args: unknown[] }[];

  constructor(asked: { method: string; args: unknown[] }[]) {
    this.#asked = asked;
  }

  async earsOf(userId: UserId): Promise<MessageEars> {
    const code = this.refusals[userId];
    if (code !== undefined) throw new SignetError(code);
    return { devices: [device, { ...device, name: "Phone" }], keptMs: 7 * 86_400_000 };
  }

  async sound(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.isDamaged) return new Uint8Array(9);
    // Frames of 20 ms of nothing.
    return writeMessageSound({ packets: Array.from({ length: 60 }, () => Uint8Array.of(8)), preSkip: 312 });
  }

  leave: MessagesApi["leave"] = async (...args) => {
    await this.#note("leave", args);
    return [];
  };
  heard: MessagesApi["heard"] = (...args) => this.#note("heard", args);
  delete: MessagesApi["delete"] = (...args) => this.#note("delete", args);

  async #note(method: keyof MessagesApi, args: unknown[]): Promise<void> {
    this.#asked.push({ method: `messages.${method}`, args });
  }
}
