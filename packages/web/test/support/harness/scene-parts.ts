/** What the scenes are made of. */
import type {
  CallEnd,
  CallId,
  CallView,
  IncomingCall,
  Participant,
  ServerInfo,
  TerminalState,
  Verification,
} from "@signet/terminal";

import { deviceId, id, minuteMs, person, verified } from "./people.ts";
import { changedKeyOf, ownDevice } from "./own-devices.ts";

export const serverAt = (nowMs: number, registration: ServerInfo["registration"] = "open"): ServerInfo => ({
  serverOrigin: "http://localhost:8080",
  serverTimeMs: nowMs,
  registration,
  limits: { callMembers: 31, messageBytes: 524_288, slots: 8, ringMs: 45_000, bindingMs: 12 * 60 * minuteMs },
});

/** As C2SP signed-note writes keys. */
export const shownLogKey = "calls.example.org/log+1d3f2f6c+ARGyI6yR0sPxIp5KQ3Aih9wxXf1HRG4Fr0lmGV9lv2pY";

export const signedOut = (nowMs: number): TerminalState => ({
  connection: { status: "online" },
  server: serverAt(nowMs),
  session: { status: "signedOut" },
  ringing: [],
  joinable: [],
  warnings: [],
});

export const signedIn = (nowMs: number): TerminalState => ({
  ...signedOut(nowMs),
  changedKeys: ["bob", "carol", "eve"].map(changedKeyOf),
  session: {
    status: "signedIn",
    userId: id("alice"),
    displayName: "Alice Liddell",
    device: { kind: "webauthn", deviceId },
    devices: [ownDevice(nowMs)],
    expiresAtMs: nowMs + 11 * 60 * minuteMs,
    kept: true,
  },
});

export const incoming = (nowMs: number, change: Partial<Verification> = {}): IncomingCall => ({
  callId: "AAAAAAAAAAAAAAAAAAAAAA" as CallId,
  from: {
    userId: id("bob"),
    displayName: "Bob Builder",
    verification: verified(nowMs, { signedAtMs: nowMs, ...change }),
  },
  others: [
    { userId: id("carol"), displayName: "Carol Danvers", state: "ringing" },
    { userId: id("dora"), displayName: "Dora Maar", state: "offline" },
  ],
  expiresAtMs: nowMs + 42_000,
});

export const self = (nowMs: number): Participant =>
  person("alice", "Alice Liddell", "joined", {
    isSelf: true,
    isInitiator: true,
    verification: verified(nowMs),
  });

export const callAt = (nowMs: number, change: Partial<CallView> = {}): CallView => ({
  callId: "BBBBBBBBBBBBBBBBBBBBBA" as CallId,
  phase: "active",
  isInitiator: true,
  participants: [
    self(nowMs),
    person("bob", "Bob Builder", "joined", { verification: verified(nowMs), speaking: true }),
    person("carol", "Carol Danvers", "joined", {
      verification: verified(nowMs, { kind: "software", userVerified: false, firstSeen: true }),
    }),
    person("erin", "Erin Brockovich", "ringing"),
    person("frank", "Frank", "declined", { stateSigned: true }),
    person("dora", "Dora Maar", "offline"),
    person("zed", "zed", "unknown"),
    person("greta", "Greta", "ringing", { waiting: true }),
    person("henri", "Henri", "noAnswer"),
  ],
  activeSinceMs: nowMs - 2 * minuteMs - 7000,
  togetherMs: 0,
  togetherSinceMs: nowMs - 2 * minuteMs - 7000,
  startedAtMs: nowMs - 3 * minuteMs,
  epoch: 3,
  safetyCode: "48213 90577 13046 66182 05931 77420",
  sameDirectory: 2,
  media: { status: "connected" },
  microphone: { status: "on" },
  ...change,
});

/** So many people, oneself among them. */
export const crowd = (nowMs: number, count: number): CallView =>
  callAt(nowMs, {
    participants: [
      self(nowMs),
      ...Array.from({ length: count - 1 }, (_, index) =>
        person(`person${index + 1}`, `Person Number ${index + 1}`, "joined", {
          verification: verified(nowMs),
          speaking: index === count - 3,
        }),
      ),
    ],
  });

export const ended = (nowMs: number, end: CallEnd, change: Partial<CallView> = {}): TerminalState => {
  const { togetherSinceMs = nowMs, ...call } = callAt(nowMs);
  const over = { phase: "ended", endedAtMs: nowMs, togetherMs: nowMs - togetherSinceMs } as const;
  return { ...signedIn(nowMs), call: { ...call, ...over, media: { status: "off" }, end, ...change } };
};

export const calling = (nowMs: number): CallView => {
  const {
    activeSinceMs: _activeSinceMs,
    togetherSinceMs: _togetherSinceMs,
    safetyCode: _safetyCode,
    epoch: _epoch,
    ...call
  } = callAt(nowMs);
  return {
    ...call,
    phase: "calling",
    participants: [
      self(nowMs),
      person("bob", "Bob Builder", "ringing"),
      person("carol", "Carol Danvers", "joining"),
      person("dora", "Dora Maar", "offline"),
    ],
    media: { status: "off" },
  };
};
