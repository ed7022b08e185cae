import type { SignatureDevice } from "@signet/device";
import type { DeviceId, ProofIn, UserId } from "@signet/protocol";

import type { KnownPerson } from "../people/directory.ts";
import type { Certification } from "../state.ts";

/** A person signed in on this terminal with a device. */
export interface Person {
  readonly userId: UserId;
  /** Of the device that is signed in. */
  readonly deviceId: DeviceId;
  /** As others know them: with all their devices. */
  readonly known: KnownPerson;
  readonly device: SignatureDevice;
  /** The `sign-in` or `register` proof: the device vouches for this terminal's key. */
  readonly binding: ProofIn;
  /** Where the device has one; validated here. */
  readonly certificate?: Certification;
}
