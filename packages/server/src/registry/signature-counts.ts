import type { AuthenticatorReport, DeviceProof } from "@signet/device";
import { loggable } from "@signet/protocol";
import type { UserId } from "@signet/protocol";
import type { Logger } from "pino";

import type { Store } from "../store/store.ts";
import type { Sessions } from "./sessions.ts";

type Counted = Pick<DeviceProof, "device" | "digest"> & {
  readonly authenticator?: Pick<AuthenticatorReport, "signCount"> | undefined;
};

/**
 * Authenticators count their signatures, where they do (WebAuthn level 3, section 6.1.1). A count that does not grow may mean that there is a copy
 * of the device, or that it was put back; the person is told, and nothing is refused: only they know.
 */
export class SignatureCounts {
  readonly #store: Pick<Store, "raiseSignatureCount">;
  readonly #sessions: Pick<Sessions, "of">;
  readonly #log: Logger;

  constructor(store: Pick<Store, "raiseSignatureCount">, sessions: Pick<Sessions, "of">, log: Logger) {
    this.#store = store;
    this.#sessions = sessions;
    this.#log = log;
  }

  /** @param proof was verified, and is fresh: one that is kept says nothing new */
  async note(userId: UserId, { authenticator, device, digest }: Counted): Promise<void> {
    const { deviceId } = device;
    if (authenticator === undefined) return;
    const { signCount } = authenticator;
    // What waits for it has been answered: a store that fails says so by itself.
    const known = await this.#store.raiseSignatureCount(deviceId, signCount, digest).catch(() => undefined);
    if (known === undefined) return;
    this.#log.warn({ userId, device: loggable(deviceId), signCount, known }, "a signature counter went back");
    for (const { endpoint } of this.#sessions.of(userId))
      endpoint?.send({ type: "device.counterBack", body: { deviceId } });
  }
}
