import { createWebAuthnDevice, openWebAuthnDevice } from "@signet/device";
import { SignetError } from "@signet/protocol";

import type { DeviceProvider } from "../environment.ts";

/** Security keys and passkeys of the browser. The RP ID is the host name of the server's origin. */
export const webAuthnDevices: DeviceProvider = {
  async create({ serverOrigin, userId, displayName, challenge, signal }) {
    const { device, registration } = await createWebAuthnDevice({
      serverOrigin,
      userId,
      displayName,
      challenge,
      ...(signal === undefined ? {} : { signal }),
    });
    const { credentialId, attestationObject, clientDataJson } = registration;
    return { device, webauthn: { credentialId, attestationObject, clientDataJson } };
  },

  async open(serverOrigin, entries) {
    for (const { kind, algorithm, publicKey, credentialId, userVerification } of entries) {
      if (kind === "webauthn" && credentialId !== undefined) {
        return openWebAuthnDevice({ algorithm, publicKey, credentialId, userVerification }, serverOrigin);
      }
    }
    // Whoever signs in with it has to know that no touch here will help.
    throw new SignetError("device.notInBrowser");
  },
};
