import type { BlockingApi, UserId } from "@signet/terminal";

/** Keeps whom somebody blocks, and what was asked for. */
export function harnessBlocking(asked: { method: string; args: unknown[] }[]): BlockingApi {
  let blocked: readonly UserId[] = [];
  return {
    list: () => Promise.resolve(blocked),
    block: async (userId) => {
      asked.push({ method: "blocking.block", args: [userId] });
      blocked = [...blocked, userId];
    },
    unblock: async (userId) => {
      asked.push({ method: "blocking.unblock", args: [userId] });
      blocked = blocked.filter((one) => one !== userId);
    },
  };
}
