import type { MessagesApi } from "@signet/terminal";

/** Whom a message can be left for, and what is heard of one; keeps what was asked for. */
export function harnessMessages(asked: { method: string; args: unknown[] }[]): MessagesApi {
  const note =
    (method: keyof MessagesApi) =>
    async (...args: unknown[]) =>
      void asked.push({ method: `messages.${method}`, args });
  return {
    earsOf: async () => ({ devices: [], keptMs: 7 * 86_400_000 }),
    leave: note("leave"),
    sound: async () => new Uint8Array(),
    heard: note("heard"),
    delete: note("delete"),
  };
}
