import type { DirectoryEntryIn, ErrorCode, UserId } from "@signet/protocol";

import { Directory } from "../../src/people/directory.ts";
import type { HistoryListener, OnContinued } from "../../src/people/met-keys.ts";
import { MemoryPinStore } from "../../src/index.ts";
import type { PinStore } from "../../src/index.ts";
import { ServerLink } from "../../src/session/server-link.ts";
import type { ServerRequests } from "../../src/server-requests.ts";
import { ownSystem } from "../../src/system.ts";
import { serverOrigin } from "./people.ts";

export interface OfflineDirectoryOptions {
  readonly pins?: PinStore;
  readonly onContinued?: OnContinued;
  readonly check?: NonNullable<HistoryListener["check"]>;
  readonly onRefused?: (userId: UserId, code: ErrorCode) => void;
  /** Milliseconds since 1970; default the system's clock. */
  readonly nowMs?: () => number;
  /** What a server says of whoever it is asked for; without it there is none to ask. */
  readonly lookUp?: (userId: UserId) => DirectoryEntryIn | undefined;
}

/** A directory without a connection: it knows whom a test has it accept. */
export function offlineDirectory({
  pins = new MemoryPinStore(),
  onRefused = () => undefined,
  nowMs = () => Date.now(),
  onContinued,
  check,
  lookUp,
}: OfflineDirectoryOptions = {}): Directory {
  const nowhere = new ServerLink("ws://localhost:9", ownSystem, {
    opened: () => undefined,
    closed: () => undefined,
    event: () => undefined,
  });
  const link = lookUp === undefined ? nowhere : answering(lookUp);
  const directory = new Directory(link, pins, onRefused, nowMs, {
    onContinued,
    ...(check === undefined ? {} : { check }),
  });
  directory.serverOrigin = serverOrigin;
  return directory;
}

function answering(lookUp: (userId: UserId) => DirectoryEntryIn | undefined): ServerRequests {
  const request = async (_type: string, { userIds }: { readonly userIds: readonly UserId[] }) => ({
    people: userIds.map((userId) => {
      const entry = lookUp(userId);
      return { userId, reachable: true, ...(entry === undefined ? {} : { entry }) };
    }),
  });
  return { request, ask: request } as unknown as ServerRequests;
}
