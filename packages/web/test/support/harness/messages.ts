import { writeMessageSound } from "@signet/terminal";
import type { DeviceId, MessagesApi } from "@signet/terminal";

/** Whom a message can be left for, and what is heard of one: silence. Keeps what was asked for. */
export function harnessMessages(asked: { method: string; args: unknown[] }[]): MessagesApi {
  const note =
    (method: keyof MessagesApi) =>
    async (...args: unknown[]) =>
      void asked.push({ method: `messages.${method}`, args });
  const device = { deviceId: "n4bQgYhMfWWaL-qgxVrQaw" as DeviceId, kind: "webauthn", name: "" } as const;
  return {
    earsOf: async () => ({ devices: [device, { ...device, name: "Phone" }], keptMs: 7 * 86_400_000 }),
    leave: note("leave"),
    // A frame of 20 ms of nothing, for as long as the scene says.
    sound: async () =>
      writeMessageSound({ packets: Array.from({ length: 60 }, () => Uint8Array.of(8)), preSkip: 312 }),
    heard: note("heard"),
    delete: note("delete"),
  };
}
