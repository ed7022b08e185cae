/** What a person changes of their own history at this terminal, by the device that is signed in. */
import type { DeviceId, RevocationReason } from "@signet/protocol";

import type { Terminal } from "../terminal-api.ts";
import type { Session } from "./session.ts";

export class OwnChanges {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async addDevice(input: Parameters<Terminal["addDevice"]>[0]): Promise<DeviceId> {
    const { devices } = await this.#session.changeHistory({ type: "addDevice", ...input }, input.signal);
    return devices.at(-1)?.deviceId as DeviceId;
  }

  async nameDevice(deviceId: DeviceId, name: string, signal?: AbortSignal): Promise<void> {
    await this.#session.changeHistory({ type: "nameDevice", deviceId, name }, signal);
  }

  async revokeDevice(deviceId: DeviceId, why: RevocationReason, signal?: AbortSignal): Promise<void> {
    await this.#session.changeHistory({ type: "revokeDevice", deviceId, why }, signal);
  }

  async rename(displayName: string, signal?: AbortSignal): Promise<void> {
    await this.#session.changeHistory({ type: "rename", displayName }, signal);
  }
}
