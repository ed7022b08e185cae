import type { DeviceId, UserId } from "@signet/terminal";
import type { soundCard } from "@signet/terminal/node";

import type { KeyFileFound } from "./key-files.ts";
import type { ModuleFound } from "./modules.ts";

/** What `signet devices` found on this machine, and what the server says of it. */
export interface Found {
  readonly keyFiles: readonly KeyFileFound[];
  readonly modules: readonly ModuleFound[];
  readonly sound: ReturnType<typeof soundCard>;
  /** Absent when none is known. */
  readonly server?: ServerAnswer;
}

export interface ServerAnswer {
  readonly address: string;
  /** Absent when it could not be asked. */
  readonly owners?: ReadonlyMap<DeviceId, UserId>;
  /** Why it could not. */
  readonly problem?: string;
}
