import { createGuestKey } from "@signet/device";
import { SignetError } from "@signet/protocol";

import type { CreatedDevice, DeviceProvider } from "../environment.ts";

/** Of a terminal for guests: a key each time that one asks to come in, which was never anybody's before. Whoever vouches does it for one key, once. */
export function guestDevices(): DeviceProvider {
  let asked: Promise<CreatedDevice> | undefined;
  return {
    create: ({ anew }) => {
      if (anew === true || asked === undefined) asked = createGuestKey().then((device) => ({ device }));
      return asked;
    },
    // A guest signs in nowhere.
    open: () => Promise.reject(new SignetError("guest.notAllowed")),
  };
}
