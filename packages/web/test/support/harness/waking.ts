import type { WakingApi } from "@signet/terminal";

/** Keeps what was asked for. The key is no point of the curve: no browser subscribes with it. */
export const harnessWaking = (asked: { method: string; args: unknown[] }[]): WakingApi => ({
  key: () => Promise.resolve(new Uint8Array(65).fill(4)),
  subscribe: ({ endpoint }) =>
    Promise.resolve(void asked.push({ method: "waking.subscribe", args: [endpoint] })),
  unsubscribe: (endpoint) =>
    Promise.resolve(void asked.push({ method: "waking.unsubscribe", args: [endpoint] })),
});
