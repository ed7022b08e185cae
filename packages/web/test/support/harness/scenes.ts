/** What each scene shows. */
import type { TerminalState } from "@signet/terminal";

import { administrativeScenes } from "./administration.ts";
import { messageScenes } from "./message-scenes.ts";
import { resolutionScenes } from "./resolution-scenes.ts";
import { guestScenes } from "./guest-scenes.ts";
import { moveScenes } from "./move-scenes.ts";
import { ownDevice, withNews, withSeveralDevices } from "./own-devices.ts";
import { settingsScenes } from "./settings-scenes.ts";
import { certificate, deviceId, id, minuteMs, person, verified } from "./people.ts";
import {
  callAt,
  calling,
  crowd,
  ended,
  incoming,
  self,
  serverAt,
  shownLogKey,
  signedIn,
  signedOut,
} from "./scene-parts.ts";

export const scenes = {
  ...messageScenes,
  ...moveScenes,
  ...guestScenes,
  ...resolutionScenes,
  firstVisit: signedOut,
  connecting: (nowMs) => ({ ...signedOut(nowMs), connection: { status: "connecting" } }),
  invite: (nowMs) => ({ ...signedOut(nowMs), server: serverAt(nowMs, "invite") }),
  closed: (nowMs) => ({ ...signedOut(nowMs), server: serverAt(nowMs, "closed") }),
  takenOver: (nowMs) => ({ ...signedOut(nowMs), session: { status: "signedOut", reason: "takenOver" } }),
  expired: (nowMs) => ({ ...signedOut(nowMs), session: { status: "signedOut", reason: "expired" } }),
  home: signedIn,
  ...settingsScenes,
  soundSettings: (nowMs) => ({ ...signedIn(nowMs), server: { ...serverAt(nowMs), echo: id("echo") } }),
  loudspeakerGone: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      loudspeaker: "gone",
      microphone: { status: "muted", unmet: ["noiseSuppression"] },
    }),
  }),
  peopleKeptHere: signedIn,
  people: signedIn,
  severalDevices: (nowMs) => withSeveralDevices(signedIn(nowMs), nowMs),
  news: (nowMs) => withNews(withSeveralDevices(signedIn(nowMs), nowMs), nowMs),
  lostAll: signedOut,
  ...administrativeScenes(signedIn),
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
  logRolledBack: (nowMs) => ({
    ...signedIn(nowMs),
    server: { ...serverAt(nowMs), logKey: shownLogKey },
    log: { code: "log.rolledBack", verifierKey: shownLogKey },
    warnings: [{ id: 0, code: "log.rolledBack", atMs: nowMs }],
  }),
  logOtherView: (nowMs) => ({
    ...signedIn(nowMs),
    warnings: [
      { id: 0, code: "log.otherView", userId: id("bob"), atMs: nowMs },
      { id: 1, code: "log.unsignedView", userId: id("carol"), atMs: nowMs },
    ],
  }),
  logMissing: (nowMs) => ({
    ...signedIn(nowMs),
    log: { code: "log.missing", verifierKey: undefined },
    warnings: [{ id: 0, code: "log.missing", atMs: nowMs }],
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
  missed: (nowMs) => {
    const { expiresAtMs: _ends, others: _others, ...call } = incoming(nowMs);
    const carol = { userId: id("carol"), displayName: "Carol Danvers" };
    return {
      ...signedIn(nowMs),
      missed: [
        {
          ...call,
          callId: "c2Vjb25kIG1pc3NlZCBvbg" as typeof call.callId,
          startedBy: carol,
          atMs: nowMs - 26 * 60 * minuteMs,
        },
        { ...call, atMs: nowMs - 40 * minuteMs },
      ],
    };
  },
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
  host: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      mayRemove: true,
      participants: [
        { ...self(nowMs), isHost: true },
        person("bob", "Bob Builder", "joined", { verification: verified(nowMs) }),
        person("carol", "Carol Danvers", "joined", { verification: verified(nowMs), invitedBy: id("bob") }),
        person("erin", "Erin Brockovich", "ringing", { invitedBy: id("alice") }),
        person("frank", "Frank", "removed", { stateSigned: true, removedBy: id("alice") }),
      ],
    }),
  }),
  summaryRemoved: (nowMs) => ended(nowMs, { type: "removed", userId: id("bob") }),
  broughtIn: (nowMs) => ({
    ...signedIn(nowMs),
    ringing: [
      {
        ...incoming(nowMs),
        startedBy: { userId: id("dora"), displayName: "Dora Maar" },
        others: [
          { userId: id("dora"), displayName: "Dora Maar", state: "joined" },
          { userId: id("carol"), displayName: "Carol Danvers", state: "ringing" },
        ],
      },
    ],
  }),
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
  relayed: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      media: { status: "connected", way: { by: "relayTls", roundTripMs: 1_204, lost: 0.07, jitterMs: 48 } },
    }),
  }),
  relayRefused: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { media: { status: "connecting", code: "media.relayTlsFailed" } }),
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
  soundInterrupted: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { media: { status: "reconnecting", code: "media.nothingComes" } }),
  }),
  serverUnreached: (nowMs) => ({
    ...signedIn(nowMs),
    connection: { status: "connecting" },
    call: callAt(nowMs, { media: { status: "reconnecting", code: "media.serverUnreached" } }),
  }),
  soundOfOneLost: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      participants: [
        self(nowMs),
        person("bob", "Bob Builder", "joined", { verification: verified(nowMs), reconnecting: true }),
        person("carol", "Carol Danvers", "joined", { verification: verified(nowMs), speaking: true }),
      ],
    }),
  }),
  poorNetworks: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      participants: [
        { ...self(nowMs), poorNetwork: true },
        person("bob", "Bob Builder", "joined", {
          verification: verified(nowMs),
          poorNetwork: true,
          unheard: "muted",
        }),
        person("carol", "Carol Danvers", "joined", { verification: verified(nowMs), poorNetwork: true }),
      ],
    }),
  }),
  unprovenVoices: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, {
      participants: [
        self(nowMs),
        person("bob", "Bob Builder", "joined", { verification: verified(nowMs), voice: "forged" }),
        person("carol", "Carol Danvers", "joined", { verification: verified(nowMs), voice: "unproven" }),
        person("dave", "Dave Brubeck", "joined", { verification: verified(nowMs), voice: "unprovable" }),
        person("erin", "Erin Brockovich", "joined", { verification: verified(nowMs), voice: "unchecked" }),
      ],
    }),
  }),
  microphoneSilent: (nowMs) => ({
    ...signedIn(nowMs),
    call: callAt(nowMs, { microphone: { status: "on", silent: true } }),
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
