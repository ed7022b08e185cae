import { createGuestKey } from "@signet/device";
import { SignetError } from "@signet/protocol";

import type { CreatedDevice, DeviceProvider } from "../environment.ts";

/** Of a terminal for one guest: one key, which was never anybody's before, and is gone with the page. */
export function guestDevices(): DeviceProvider {
  let only: Promise<CreatedDevice> | undefined;
  return {
    create: () => {
      only ??= createGuestKey().then((device) => ({ device }));
      return only;
    },
    // A guest signs in nowhere.
    open: () => Promise.reject(new SignetError("guest.notAllowed")),
  };
}
