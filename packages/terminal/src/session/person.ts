import type { DirectoryEntry, SignatureDevice } from "@signet/device";
import type { ProofIn } from "@signet/protocol";

import type { Certification } from "../state.ts";

/** A person signed in on this terminal with a device. */
export interface Person {
  readonly entry: DirectoryEntry;
  readonly device: SignatureDevice;
  /** The `sign-in` or `register` proof: the device vouches for this terminal's key. */
  readonly binding: ProofIn;
  /** Where the entry has certificates; validated here. */
  readonly certificate?: Certification;
}
