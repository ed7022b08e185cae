import type { DirectoryEntry, SignatureDevice } from "@signet/device";

import type { Certification } from "../state.ts";

/** A person signed in on this terminal with a device. */
export interface Person {
  readonly entry: DirectoryEntry;
  readonly device: SignatureDevice;
  /** Where the entry has certificates; validated here. */
  readonly certificate?: Certification;
}
