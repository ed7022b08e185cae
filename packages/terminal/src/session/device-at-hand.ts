import type { SignatureDevice } from "@signet/device";
import { SignetError } from "@signet/protocol";

import type { DeviceProvider } from "../environment.ts";

/** A signature device that is at hand already, such as an opened software key: it registers itself and signs in. */
export function deviceAtHand(device: SignatureDevice): DeviceProvider {
  return {
    create: () => Promise.resolve({ device }),
    open: (_serverOrigin, entries) =>
      entries.some(({ deviceId }) => deviceId === device.deviceId)
        ? Promise.resolve(device)
        : Promise.reject(new SignetError("proof.device")),
  };
}
