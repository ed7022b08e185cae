/** States worth looking at. */
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

import { certificate, deviceId, id, minuteMs, person, verified } from "./people.ts";
import { changedKeyOf, ownDevice, withNews, withSeveralDevices } from "./own-devices.ts";

const serverAt = (nowMs: number, registration: ServerInfo["registration"] = "open"): ServerInfo => ({
  serverOrigin: "http://localhost:8080",
  serverTimeMs: nowMs,
  registration,
  limits: { callMembers: 31, messageBytes: 524_288, slots: 8, ringMs: 45_000, bindingMs: 12 * 60 * minuteMs },
});

const signedOut = (nowMs: number): TerminalState => ({
  connection: { status: "online" },
  server: serverAt(nowMs),
  session: { status: "signedOut" },
  ringing: [],
  joinable: [],
  warnings: [],
});

const signedIn = (nowMs: number): TerminalState => ({
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

const incoming = (nowMs: number, change: Partial<Verification> = {}): IncomingCall => ({
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

const self = (nowMs: number): Participant =>
  person("alice", "Alice Liddell", "joined", {
    isSelf: true,
    isInitiator: true,
    verification: verified(nowMs),
  });

const callAt = (nowMs: number, change: Partial<CallView> = {}): CallView => ({
  callId: "BBBBBBBBBBBBBBBBBBBBBB" as CallId,
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
  media: { status: "connected" },
  microphone: { status: "on" },
  ...change,
});

/** So many people, oneself among them. */
const crowd = (nowMs: number, count: number): CallView =>
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

const ended = (nowMs: number, end: CallEnd, change: Partial<CallView> = {}): TerminalState => {
  const { togetherSinceMs = nowMs, ...call } = callAt(nowMs);
  const over = { phase: "ended", endedAtMs: nowMs, togetherMs: nowMs - togetherSinceMs } as const;
  return { ...signedIn(nowMs), call: { ...call, ...over, media: { status: "off" }, end, ...change } };
};

const calling = (nowMs: number): CallView => {
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

export const scenes = {
  firstVisit: signedOut,
  connecting: (nowMs) => ({ ...signedOut(nowMs), connection: { status: "connecting" } }),
  invite: (nowMs) => ({ ...signedOut(nowMs), server: serverAt(nowMs, "invite") }),
  closed: (nowMs) => ({ ...signedOut(nowMs), server: serverAt(nowMs, "closed") }),
  takenOver: (nowMs) => ({ ...signedOut(nowMs), session: { status: "signedOut", reason: "takenOver" } }),
  expired: (nowMs) => ({ ...signedOut(nowMs), session: { status: "signedOut", reason: "expired" } }),
  home: signedIn,
  severalDevices: (nowMs) => withSeveralDevices(signedIn(nowMs), nowMs),
  news: (nowMs) => withNews(withSeveralDevices(signedIn(nowMs), nowMs), nowMs),
  softwareKey: (nowMs) => ({
    ...signedIn(nowMs),
    session: {
      status: "signedIn",
      userId: id("alice"),
      displayName: "Alice Liddell",
      device: { kind: "software", deviceId },
      devices: [ownDevice(nowMs, { kind: "software" })],
      expiresAtMs: nowMs + 12 * minuteMs,
    },
  }),
  neverConnected: (nowMs) => {
    const { server: _server, ...state } = signedOut(nowMs);
    return {
      ...state,
      connection: { status: "offline", retryAtMs: nowMs + 8000, code: "connection.lost" },
    };
  },
  serverGone: (nowMs) => ({
    ...signedIn(nowMs),
    connection: { status: "offline", retryAtMs: nowMs + 8000, code: "connection.lost" },
  }),
  clockOff: (nowMs) => ({ ...signedIn(nowMs), clockOffMs: 10 * minuteMs }),
  warned: (nowMs) => ({
    ...signedIn(nowMs),
    warnings: [{ id: 0, code: "directory.keyChanged", userId: id("bob"), atMs: nowMs }],
  }),
  unrung: (nowMs) => ({
    ...signedIn(nowMs),
    warnings: [
      {
        id: 0,
        code: "proof.time",
        userId: id("bob"),
        clock: { offMs: -5 * minuteMs, whose: "theirs" },
        atMs: nowMs,
      },
    ],
  }),
  joinable: (nowMs) => ({
    ...signedIn(nowMs),
    joinable: [
      {
        ...incoming(nowMs),
        others: [{ userId: id("carol"), displayName: "Carol Danvers", state: "joined" }],
      },
    ],
  }),
  incoming: (nowMs) => ({ ...signedIn(nowMs), ringing: [incoming(nowMs)] }),
  incomingFirstSeen: (nowMs) => ({
    ...signedIn(nowMs),
    ringing: [incoming(nowMs, { firstSeen: true, kind: "software", userVerified: false })],
  }),
  incomingCertified: (nowMs) => ({
    ...signedIn(nowMs),
    ringing: [
      incoming(nowMs, {
        firstSeen: true,
        kind: "pkcs11",
        userVerified: false,
        // Names as long as they are shown, with nothing to break them at.
        certificate: certificate(nowMs, { subject: "W".repeat(64), issuer: "M".repeat(64) }),
      }),
    ],
  }),
  calling: (nowMs) => ({ ...signedIn(nowMs), call: calling(nowMs) }),
  joining: (nowMs) => ({
    ...signedIn(nowMs),
    call: { ...calling(nowMs), phase: "joining", isInitiator: false },
  }),
  active: (nowMs) => ({ ...signedIn(nowMs), call: callAt(nowMs) }),
  waiting: (nowMs) => {
    const ring = incoming(nowMs);
    const from = { ...ring.from, userId: id("ivan"), displayName: "Ivan" };
    return { ...signedIn(nowMs), call: callAt(nowMs), ringing: [{ ...ring, from, waiting: true }] };
  },
  activeGuest: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      isInitiator: false,
      participants: [
        person("bob", "Bob Builder", "joined", {
          isInitiator: true,
          verification: verified(nowMs),
          unheard: "noMicrophone",
        }),
        { ...self(nowMs), isInitiator: false, unheard: "muted" },
      ],
      microphone: { status: "muted" },
    }),
  }),
  six: (nowMs) => ({ ...signedIn(nowMs), call: crowd(nowMs, 6) }),
  thirty: (nowMs) => ({ ...signedIn(nowMs), call: crowd(nowMs, 30) }),
  longNames: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      participants: [
        self(nowMs),
        person("b".repeat(32), "W".repeat(64), "joined", { verification: verified(nowMs) }),
        person("zalgo", `Z${"\u0301\u0316".repeat(31)}`, "joined", {
          verification: verified(nowMs),
          looksLike: id("bob"),
        }),
      ],
      microphone: { status: "muted" },
    }),
  }),
  microphoneGone: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { microphone: { status: "on", instead: "gone" } }),
  }),
  alone: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      participants: [
        self(nowMs),
        person("bob", "Bob Builder", "left", { stateSigned: true, verification: verified(nowMs) }),
      ],
    }),
  }),
  certified: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      participants: [
        self(nowMs),
        person("bob", "Bob Builder", "joined", {
          verification: verified(nowMs, {
            kind: "pkcs11",
            userVerified: false,
            certificate: certificate(nowMs),
          }),
        }),
        person("carol", "Carol Danvers", "left", {
          leaveReason: "deviceRemoved",
          stateSigned: true,
          verification: verified(nowMs, {
            kind: "pkcs11",
            userVerified: false,
            certificate: certificate(nowMs, { subject: "Carol Danvers", anchoredBy: "terminal" }),
          }),
        }),
        person("dora", "Dora Maar", "left", { leaveReason: "deviceRemoved" }),
      ],
    }),
  }),
  reconnecting: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      participants: [
        self(nowMs),
        person("bob", "Bob Builder", "left", {
          leaveReason: "pageGone",
          stateSigned: true,
          reconnecting: true,
          verification: verified(nowMs),
        }),
        person("carol", "Carol Danvers", "joined", { verification: verified(nowMs) }),
      ],
    }),
  }),
  noMicrophone: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { microphone: { status: "unavailable", code: "media.microphoneDenied" } }),
  }),
  mediaFailed: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { media: { status: "failed", code: "media.connectionFailed" } }),
  }),
  audioRestarts: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { media: { status: "restarting" } }),
  }),
  framesStopped: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { media: { status: "failed", code: "frames.plaintextDetected" } }),
  }),
  summary: (nowMs) => ended(nowMs, { type: "left" }),
  summaryDeviceRemoved: (nowMs) => ({
    ...ended(nowMs, { type: "unbound", reason: "deviceRemoved" }),
    session: { status: "signedOut", reason: "deviceRemoved" },
  }),
  warnedOfCertificate: (nowMs) => ({
    ...signedIn(nowMs),
    warnings: [
      { id: 0, code: "certificate.expired", userId: id("bob"), atMs: nowMs },
      { id: 1, code: "certificate.missing", userId: id("carol"), atMs: nowMs },
    ],
  }),
  summaryNoAnswer: (nowMs) => ({
    ...signedIn(nowMs),
    call: {
      ...calling(nowMs),
      phase: "ended",
      endedAtMs: nowMs,
      participants: [
        self(nowMs),
        person("bob", "Bob Builder", "noAnswer"),
        person("dora", "Dora Maar", "offline"),
      ],
      end: { type: "ended", reason: "noAnswer", signed: false },
    },
  }),
  summaryKeyChanged: (nowMs) => ({
    ...ended(nowMs, { type: "failed", code: "directory.keyChanged", userId: id("carol") }),
    warnings: [{ id: 0, code: "directory.keyChanged", userId: id("carol"), atMs: nowMs }],
  }),
  summaryAway: (nowMs) => {
    const state = ended(nowMs, { type: "failed", code: "call.away" });
    const { callId } = callAt(nowMs);
    return { ...state, joinable: [{ ...incoming(nowMs), callId }] };
  },
  summaryRejected: (nowMs) =>
    ended(nowMs, { type: "failed", code: "call.rejectedMember", userId: id("carol") }),
  endedByTakeOver: (nowMs) => ({
    ...ended(nowMs, { type: "unbound", reason: "takenOver" }),
    session: { status: "signedOut", reason: "takenOver" },
  }),
} satisfies Record<string, (nowMs: number) => TerminalState>;

export type SceneName = keyof typeof scenes;
