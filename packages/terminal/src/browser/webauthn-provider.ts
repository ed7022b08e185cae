import { countsNow, createWebAuthnDevice, openWebAuthnDevice } from "@signet/device";
import type { PersonDevice } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { CreatedDevice, DeviceProvider } from "../environment.ts";
import { UnregisteredKeys } from "./unregistered-keys.ts";

/**
 * Security keys and passkeys of the browser. The RP ID is the host name of the server's origin.
 * @param storage what a key that was made and not registered yet is kept in, beyond a reload of the page
 */
export function webAuthnDevices(storage: Storage | undefined): DeviceProvider {
  const unregistered = new UnregisteredKeys(storage, Date.now);
  return {
    async create({ beside, ...input }) {
      if (beside !== undefined) return createBeside(beside, input);
      const { serverOrigin, userId, challenge, anew } = input;
      const settled = (): void => unregistered.forget();
      if (anew === true) settled();
      const kept = await unregistered.find(serverOrigin, userId);
      if (kept !== undefined) {
        const { creation, madeFor } = kept;
        const { credentialId, attestationObject, clientDataJson, userVerified: userVerification } = creation;
        const device = await openWebAuthnDevice({ ...creation, userVerification }, serverOrigin);
        const webauthn = { credentialId, attestationObject, clientDataJson, madeFor };
        return { device, webauthn, isKept: true, settled };
      }
      const created = await createKey(input);
      const { attestationObject, clientDataJson } = created.webauthn;
      unregistered.keep({ serverOrigin, userId, challenge, attestationObject, clientDataJson });
      return { ...created, settled };
    },

    async open(serverOrigin, devices, choose) {
      const usable = devices.filter((one) => countsNow(one) && one.kind === "webauthn");
      // What is signed names the device, so that has to be known before it is touched.
      const chosen = usable.length > 1 ? await choose?.(usable) : undefined;
      const device = usable.find(({ deviceId }) => deviceId === chosen) ?? usable[0];
      // Whoever signs in with it has to know that no touch here will help.
      if (device?.credentialId === undefined) throw new SignetError("device.notInBrowser");
      const { algorithm, credentialId, publicKey, userVerification } = device;
      return openWebAuthnDevice({ algorithm, publicKey, credentialId, userVerification }, serverOrigin);
    },
  };
}

/** What a server is told of a device that joins others is made with its own challenge: nothing is kept for another try. */
async function createBeside(
  beside: readonly Pick<PersonDevice, "credentialId">[],
  input: Parameters<DeviceProvider["create"]>[0],
): Promise<CreatedDevice> {
  try {
    return await createKey(
      input,
      beside.flatMap(({ credentialId }) => credentialId ?? []),
    );
  } catch (error) {
    // To sign in with it, as who registers anew is told, helps nobody who wants another one.
    const isTheirs = error instanceof SignetError && error.code === "device.alreadyRegistered";
    throw isTheirs ? new SignetError("history.deviceTaken", error) : error;
  }
}

async function createKey(
  { challenge, displayName, onTouch, serverOrigin, signal, userId }: Parameters<DeviceProvider["create"]>[0],
  excludeCredentialIds?: readonly Bytes[],
) {
  onTouch?.();
  const { device, registration } = await createWebAuthnDevice({
    serverOrigin,
    userId,
    displayName,
    challenge,
    ...(excludeCredentialIds === undefined ? {} : { excludeCredentialIds }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { credentialId, attestationObject, clientDataJson } = registration;
  return { device, webauthn: { credentialId, attestationObject, clientDataJson } };
}
