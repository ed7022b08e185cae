import type { ErrorCode, UserId } from "@signet/protocol";

import { Directory } from "../../src/people/directory.ts";
import { MemoryPinStore } from "../../src/index.ts";
import type { PinStore } from "../../src/index.ts";
import { ServerLink } from "../../src/session/server-link.ts";
import { ownSystem } from "../../src/system.ts";
import { serverOrigin } from "./people.ts";

export interface OfflineDirectoryOptions {
  readonly pins?: PinStore;
  readonly onRefused?: (userId: UserId, code: ErrorCode) => void;
  /** Milliseconds since 1970; default the system's clock. */
  readonly nowMs?: () => number;
}

/** A directory that can ask no server: it knows whom a test has it accept. */
export function offlineDirectory({
  pins = new MemoryPinStore(),
  onRefused = () => undefined,
  nowMs = () => Date.now(),
}: OfflineDirectoryOptions = {}): Directory {
  const nowhere = new ServerLink("ws://localhost:9", ownSystem, {
    opened: () => undefined,
    closed: () => undefined,
    event: () => undefined,
  });
  const directory = new Directory(nowhere, pins, onRefused, nowMs);
  directory.serverOrigin = serverOrigin;
  return directory;
}
