/** People as their administrator sees them, and the traces of what administrators did. */
import type {
  AdministeredPerson,
  DeviceId,
  OpenRecovery,
  ShownDevice,
  TerminalState,
  UserId,
} from "@signet/terminal";

import { ownDevice } from "./own-devices.ts";
import { deviceId, id, minuteMs } from "./people.ts";

const dayMs = 24 * 60 * minuteMs;
const formerId = "KioqKioqKioqKioqKioqKg" as DeviceId;
const newId = "q83vEjRWeJCrze8SNFZ4kA" as DeviceId;

function withAdministration(state: TerminalState): TerminalState {
  const { session } = state;
  return session.status === "signedIn" ? { ...state, session: { ...session, administers: true } } : state;
}

/** Somebody who lost one, and has another one by an administrator. */
function recoveredDevices(nowMs: number): readonly ShownDevice[] {
  const by = { userId: "ada" as UserId, deviceId };
  const atMs = nowMs - 20 * dayMs;
  return [
    {
      deviceId: formerId,
      name: "",
      kind: "webauthn",
      addedAtMs: nowMs - 200 * dayMs,
      revoked: { atMs, by, why: "lost" },
    },
    { deviceId: newId, name: "Blue key", kind: "webauthn", addedAtMs: atMs, addedBy: by },
  ];
}

/** What stands in the list of one's own for good. */
function withRecovery(state: TerminalState, nowMs: number): TerminalState {
  const { session } = state;
  if (session.status !== "signedIn") return state;
  const devices = recoveredDevices(nowMs).map((device) => ({
    ...ownDevice(nowMs),
    ...device,
    isThisOne: device.deviceId === newId,
  }));
  return { ...state, session: { ...session, devices } };
}

export function administeredAt(nowMs: number): {
  readonly people: readonly AdministeredPerson[];
  readonly recoveries: readonly OpenRecovery[];
} {
  const only = (kind: ShownDevice["kind"], name = ""): readonly ShownDevice[] => [
    { deviceId, kind, name, addedAtMs: nowMs - 90 * dayMs },
  ];
  const person = (
    userId: string,
    displayName: string,
    change: Partial<AdministeredPerson> = {},
  ): AdministeredPerson => ({
    userId: id(userId),
    displayName,
    reachable: false,
    devices: only("webauthn"),
    appointments: [],
    administers: false,
    ...change,
  });
  return {
    people: [
      person("alice", "Alice Liddell", { administers: true, reachable: true }),
      person("ben", "Ben", { devices: recoveredDevices(nowMs), reachable: true }),
      person("carla", "Carla", {
        administers: true,
        devices: only("pkcs11", "Smart card at the office, in the drawer on the left"),
        appointments: [
          {
            bySequence: 1,
            atMs: nowMs - dayMs,
            by: { userId: id("alice"), deviceId: newId },
            administers: true,
          },
        ],
      }),
      person("dora", "Dora Maar", { devices: only("software", "Door bot") }),
      person("eve", "eve", { devices: [], refused: "history.administrator" }),
      person("w".repeat(32), "W".repeat(64)),
      person("frank", "Frank"),
      person("greta", "Greta"),
    ],
    recoveries: [
      {
        userId: id("dora"),
        kind: "webauthn",
        algorithm: "ES256",
        publicKey: new Uint8Array(91),
        name: "Key from the drawer",
        code: "0234 5678 9012 3456 7890",
        askedAtMs: nowMs - 2 * minuteMs,
        expiresAtMs: nowMs + 13 * minuteMs,
      },
    ],
  };
}

export const administrativeScenes = (signedIn: (nowMs: number) => TerminalState) => ({
  recovered: (nowMs: number): TerminalState => withRecovery(signedIn(nowMs), nowMs),
  administration: (nowMs: number): TerminalState => withAdministration(signedIn(nowMs)),
  nobodyAdministered: (nowMs: number): TerminalState => withAdministration(signedIn(nowMs)),
  newAdministrator: (nowMs: number): TerminalState => ({
    ...signedIn(nowMs),
    // Who was known, and somebody brought another device in since.
    newAdministrators: [
      {
        userId: id("mallory"),
        code: "admin.lapsed",
        head: new Uint8Array(32).fill(7),
        devices: recoveredDevices(nowMs),
      },
    ],
    warnings: [{ id: 0, code: "admin.lapsed", userId: id("mallory"), atMs: nowMs }],
  }),
});
