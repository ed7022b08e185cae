/** States of a terminal as the live view may meet them, written out. */
import type {
  CallView,
  ChangedKey,
  MissedCall,
  NewAdministrator,
  Notice,
  PersonInCall,
  ShownResolution,
  TerminalState,
  UserId,
  Verification,
} from "@signet/terminal";

/** 2026-11-23T14:05:00Z */
export const nowMs = Date.UTC(2026, 10, 23, 14, 5);

/** IDs are branded; those here were parsed by nobody. */
const id = <T>(text: string): T => text as T;

export const userId = (text: string): UserId => id(text);

export const softwareKey: Verification = {
  kind: "software",
  deviceId: id("c29mdHdhcmU"),
  signedAtMs: nowMs,
  userVerified: false,
  firstSeen: false,
};
export const smartCard: Verification = {
  ...softwareKey,
  kind: "pkcs11",
  userVerified: true,
  certificate: {
    subject: "Ben Baker",
    issuer: "Example Issuing CA 2",
    validUntilMs: nowMs,
    anchoredBy: "terminal",
  },
};
export const securityKey: Verification = { ...softwareKey, kind: "webauthn", firstSeen: true };

export function person(name: string, displayName: string, more: Partial<PersonInCall> = {}): PersonInCall {
  return {
    userId: userId(name),
    displayName,
    state: "joined",
    isSelf: false,
    isInitiator: false,
    stateSigned: false,
    speaking: false,
    ...more,
  };
}

export const anna = person("anna", "Anna Arm", { isSelf: true, isInitiator: true });
export const ben = person("ben", "Ben Baker", { speaking: true, verification: smartCard });
export const carla = person("carla", "Carla Česká", { verification: securityKey });

export const changedKeyOf = (name: string): ChangedKey => ({
  userId: userId(name),
  deviceId: softwareKey.deviceId,
  head: new Uint8Array(32),
  how: "other",
  happened: [],
});

/** By ada, an administrator. */
export const recoveredKeyOf = (name: string): ChangedKey => ({
  ...changedKeyOf(name),
  how: "recovered",
  happened: [
    {
      type: "recovered",
      deviceId: softwareKey.deviceId,
      kind: "webauthn",
      deviceName: "Blue key",
      atMs: nowMs,
      by: { userId: userId("ada"), deviceId: id("YWRh") },
    },
  ],
});

/** One key that they registered with, one that they added and revoked again, and one that another administrator brought in. */
export const newAdministrator = (name: string): NewAdministrator => {
  const [first, lost, last] = ["Zmlyc3QgZGV2aWNlIGlkIQ", "bG9zdCBkZXZpY2UgaWQhIQ", "bGFzdCBkZXZpY2UgaWQhIQ"];
  const self = { userId: userId(name), deviceId: id<Verification["deviceId"]>(first) };
  const shared = { kind: "webauthn", addedAtMs: nowMs } as const;
  return {
    userId: self.userId,
    code: "admin.unknown",
    head: new Uint8Array(32),
    devices: [
      { ...shared, deviceId: self.deviceId, name: "" },
      {
        ...shared,
        deviceId: id(lost),
        name: "Red key",
        addedBy: self,
        revoked: { atMs: nowMs, by: self, why: "lost" },
      },
      {
        ...shared,
        deviceId: id(last),
        name: "Blue key",
        addedBy: { userId: userId("ada"), deviceId: id("YWRhcyBkZXZpY2UgaWQhIQ") },
      },
    ],
  };
};

/** What ben's first device signed. */
export const benAdded: Notice = {
  id: 3,
  userId: userId("ben"),
  displayName: "Ben Baker",
  head: new Uint8Array(32),
  atMs: nowMs,
  happened: [
    {
      type: "deviceAdded",
      deviceId: softwareKey.deviceId,
      kind: "webauthn",
      deviceName: "Blue key",
      atMs: nowMs,
      by: { userId: userId("ben"), deviceId: softwareKey.deviceId, name: "" },
    },
  ],
};

/** A call that reached no terminal of anna's. */
export const missedOf = (name: string, displayName: string, atMs: number): MissedCall => ({
  callId: id(`bWlzc2Vk${name}${atMs}`),
  atMs,
  from: {
    userId: userId(name),
    displayName,
    verification: { ...securityKey, signedAtMs: atMs, firstSeen: false },
  },
});

export const idle: TerminalState = {
  connection: { status: "online" },
  server: {
    serverOrigin: "https://calls.example.org",
    serverTimeMs: nowMs,
    registration: "invite",
    limits: { callMembers: 100, messageBytes: 524_288, slots: 8, ringMs: 45_000, bindingMs: 43_200_000 },
  },
  session: {
    status: "signedIn",
    userId: userId("anna"),
    displayName: "Anna Arm",
    device: { kind: "software", deviceId: id("c29mdHdhcmU") },
    devices: [],
    expiresAtMs: nowMs + 12 * 3_600_000,
  },
  ringing: [],
  joinable: [],
  warnings: [],
};

export const call: CallView = {
  callId: id("Y2FsbA"),
  phase: "active",
  isInitiator: true,
  participants: [
    anna,
    ben,
    carla,
    person("dan", "Dan", { state: "left", leaveReason: "deviceRemoved", stateSigned: true }),
    person("eve", "Eve", { state: "ringing" }),
  ],
  startedAtMs: nowMs - 760_000,
  activeSinceMs: nowMs - 754_000,
  togetherMs: 0,
  togetherSinceMs: nowMs - 754_000,
  epoch: 4,
  safetyCode: "04519 33720 81146 20957 66213 90482",
  media: { status: "connected" },
  microphone: { status: "on" },
};

export const inCall: TerminalState = { ...idle, call };

export const rings = (
  name: string,
  displayName: string,
  verification: Verification,
  others: readonly [string, string][] = [],
): TerminalState["ringing"][number] => ({
  callId: id(`call of ${name}`),
  from: { userId: userId(name), displayName, verification },
  others: others.map(([other, otherName]) => ({
    userId: userId(other),
    displayName: otherName,
    state: "ringing",
  })),
  expiresAtMs: nowMs + 31_000,
});

/** By ben, and nobody has said anything of it yet. */
export const proposed = (own: Partial<ShownResolution> = {}): ShownResolution => ({
  id: "id",
  number: 1,
  proposer: userId("ben"),
  subject: { type: "text", text: "Release 5" },
  whole: "Release 5",
  rule: { type: "all", userIds: [], needed: 1 },
  proposedAtMs: 0,
  state: "open",
  approvedBy: [],
  rejectedBy: [],
  cms: [],
  missing: [],
  mayDecide: false,
  mayWithdraw: false,
  ...own,
});
