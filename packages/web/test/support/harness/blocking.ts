import { SignetError } from "@signet/terminal";
import type { BlockingApi, ErrorCode, UserId } from "@signet/terminal";

/** Keeps whom somebody blocks, and what was asked for. */
export function harnessBlocking(asked: { method: string; args: unknown[] }[]): HarnessBlocking {
  let blocked: readonly UserId[] = [];
  const harness: HarnessBlocking = {
    list: async () => {
      fail(harness.listFails);
      return blocked;
    },
    block: async (userId) => {
      fail(harness.blockFails);
      asked.push({ method: "blocking.block", args: [userId] });
      blocked = [...blocked, userId];
    },
    unblock: async (userId) => {
      asked.push({ method: "blocking.unblock", args: [userId] });
      blocked = blocked.filter((one) => one !== userId);
    },
  };
  return harness;
}

export interface HarnessBlocking extends BlockingApi {
  listFails?: ErrorCode | undefined;
  blockFails?: ErrorCode | undefined;
}

function fail(code: ErrorCode | undefined): void {
  if (code !== undefined) throw new SignetError(code);
}
