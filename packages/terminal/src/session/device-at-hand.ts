import { countsNow } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { SignetError } from "@signet/protocol";

import type { DeviceProvider } from "../environment.ts";

/** A signature device that is at hand already, such as an opened software key: it registers itself and signs in. */
export function deviceAtHand(device: SignatureDevice): DeviceProvider {
  return {
    create: () => Promise.resolve({ device }),
    open: async (_serverOrigin, devices) => {
      const own = devices.find(({ deviceId }) => deviceId === device.deviceId);
      if (own === undefined) throw new SignetError("proof.device");
      if (!countsNow(own)) throw new SignetError("history.deviceRevoked");
      return device;
    },
  };
}
