/** Signature devices of the person at the terminal. */
import type {
  ChangedKey,
  DeviceId,
  DeviceUse,
  Notice,
  OwnDevice,
  TerminalState,
  UserId,
} from "@signet/terminal";

const dayMs = 24 * 60 * 60_000;
const deviceId = "n4bQgYhMfWWaL-qgxVrQaw" as DeviceId;

export const ownDevice = (nowMs: number, change: Partial<OwnDevice> = {}): OwnDevice => ({
  deviceId,
  name: "",
  kind: "webauthn",
  addedAtMs: nowMs - 90 * dayMs,
  isThisOne: true,
  ...change,
});

/** Of somebody who has had several, and lost one. */
function severalDevices(nowMs: number): readonly OwnDevice[] {
  const by = { userId: "alice" as UserId, deviceId };
  const others = { isThisOne: false, addedBy: by };
  return [
    ownDevice(nowMs, { name: "Key ring" }),
    ownDevice(nowMs, {
      ...others,
      deviceId: "KioqKioqKioqKioqKioqKg" as DeviceId,
      name: "Old telephone",
      addedAtMs: nowMs - 80 * dayMs,
      revoked: { atMs: nowMs - 40 * dayMs, by, why: "lost" },
    }),
    ownDevice(nowMs, {
      ...others,
      deviceId: "q83vEjRWeJCrze8SNFZ4kA" as DeviceId,
      name: "Smart card at the office, in the drawer on the left",
      kind: "pkcs11",
      addedAtMs: nowMs - 30 * dayMs,
    }),
    ownDevice(nowMs, {
      ...others,
      deviceId: "ASNFZ4mrze8BI0VniavN7w" as DeviceId,
      name: "Door bot",
      kind: "software",
      addedAtMs: nowMs - 2 * dayMs,
    }),
  ];
}

/** Of them: here, elsewhere, and nowhere. */
export function usesAt(nowMs: number): readonly DeviceUse[] {
  const signedIn = { sinceMs: nowMs - 3_600_000, untilMs: nowMs + 11 * 3_600_000, isConnected: true };
  return [
    { deviceId, lastUsedAtMs: nowMs - 3_600_000, signedIn: { ...signedIn, isHere: true } },
    {
      deviceId: "q83vEjRWeJCrze8SNFZ4kA" as DeviceId,
      lastUsedAtMs: nowMs - 3_600_000,
      signedIn: { ...signedIn, isHere: false, isConnected: false },
    },
    { deviceId: "ASNFZ4mrze8BI0VniavN7w" as DeviceId, lastUsedAtMs: nowMs - 2 * dayMs },
  ];
}

/** Another key than the one that was met. */
export const changedKeyOf = (name: string): ChangedKey => ({
  userId: name as UserId,
  deviceId,
  head: new Uint8Array(32),
  how: "other",
  happened: [],
});

/** Of a friend who has another device now, and of one's own. */
export function withNews(state: TerminalState, nowMs: number): TerminalState {
  const [bob, alice] = ["bob" as UserId, "alice" as UserId];
  const added = { type: "deviceAdded", deviceId, kind: "webauthn", atMs: nowMs - dayMs } as const;
  const notice = { head: new Uint8Array(32), atMs: nowMs };
  const notices: readonly Notice[] = [
    {
      ...notice,
      id: 0,
      userId: bob,
      displayName: "Bob Builder",
      happened: [
        { ...added, deviceName: "Blue key", by: { userId: bob, deviceId, name: "" } },
        {
          ...added,
          type: "deviceRevoked",
          kind: "software",
          deviceName: "Old laptop",
          why: "lost",
          by: { userId: bob, deviceId, name: "Blue key" },
        },
      ],
    },
    {
      ...notice,
      id: 1,
      userId: alice,
      displayName: "Alice Liddell",
      happened: [{ ...added, deviceName: "Telephone", by: { userId: alice, deviceId, name: "Key ring" } }],
    },
  ];
  return { ...state, notices };
}

export function withSeveralDevices(state: TerminalState, nowMs: number): TerminalState {
  const { session } = state;
  if (session.status !== "signedIn") return state;
  return { ...state, session: { ...session, devices: severalDevices(nowMs) } };
}
