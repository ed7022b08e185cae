/** Guests: in the call, at its door, and in what is left of it. A test gives them names. */
import { addCall, emptyDocument, longestGuestName } from "@signet/protocol";
import type { PersonalDocument } from "@signet/protocol";
import type { AddedCall, CallEnd, CallView, Participant, TerminalState } from "@signet/terminal";

import { id, minuteMs, person, verified } from "./people.ts";
import { callAt, ended, incoming, self, signedIn } from "./scene-parts.ts";

/** What the guests of the scenes call themselves now. */
export const guestNames = { now: "Gus" };

export const guestOf = (n: number, more: Partial<Participant> = {}): Participant => ({
  userId: id(`~${"abcd"[n]}4dqobyha4dqobyha4dqobyha`),
  guest: { name: guestNames.now, invitedBy: id("bob") },
  state: "joined",
  isSelf: false,
  isInitiator: false,
  stateSigned: true,
  speaking: false,
  invitedBy: id("bob"),
  ...(more as object),
});

const withGuests = (nowMs: number, change: Partial<CallView> = {}): TerminalState => ({
  ...signedIn(nowMs),
  call: callAt(nowMs, {
    participants: [
      self(nowMs),
      person("bob", "Bob Builder", "joined", { verification: verified(nowMs) }),
      guestOf(0, { speaking: true }),
      guestOf(1, { state: "left", leaveReason: "left" }),
    ],
    mayRemove: true,
    guestsWaiting: [
      { userId: id("~c4dqobyha4dqobyha4dqobyhaa"), guest: { name: guestNames.now, invitedBy: id("bob") } },
    ],
    ...change,
  }),
});

export const guestScenes = {
  withGuests,
  guestAtDoor: (nowMs: number) => {
    const { mayRemove: _host, ...call } = withGuests(nowMs).call!;
    return { ...signedIn(nowMs), call };
  },
  incomingWithGuest: (nowMs: number) => {
    const ring = incoming(nowMs);
    const guest = { userId: guestOf(0).userId, guest: { name: guestNames.now, invitedBy: id("bob") } };
    return {
      ...signedIn(nowMs),
      ringing: [{ ...ring, others: [...ring.others, { ...guest, state: "joined" as const }] }],
    };
  },
  joinableWithGuest: (nowMs: number) => {
    const guest = { userId: guestOf(0).userId, guest: { name: guestNames.now, invitedBy: id("bob") } };
    return {
      ...signedIn(nowMs),
      joinable: [{ ...incoming(nowMs), others: [{ ...guest, state: "joined" as const }] }],
    };
  },
  /** At the page of the guest. */
  asGuest: (nowMs: number): TerminalState => {
    const { userId } = guestOf(0);
    return {
      ...signedIn(nowMs),
      session: { ...signedIn(nowMs).session, userId, displayName: userId } as TerminalState["session"],
      call: callAt(nowMs, {
        isInitiator: false,
        participants: [
          guestOf(0, { isSelf: true }),
          person("bob", "Bob Builder", "joined", { isInitiator: true, verification: verified(nowMs) }),
        ],
      }),
    };
  },
  historyWithGuest: signedIn,
  summaryWithGuest: (nowMs: number) => {
    const { call } = withGuests(nowMs);
    const end: CallEnd = { type: "left" };
    return { ...ended(nowMs, end), call: { ...call!, phase: "ended" as const, endedAtMs: nowMs, end } };
  },
} satisfies Record<string, (nowMs: number) => TerminalState>;

/** A call that is over, with bob and a guest. */
export const documentWithGuest = (nowMs: number): PersonalDocument =>
  addCall(emptyDocument, {
    callId: "QUFBQUFBQUFBQUFBQUFBQQ" as AddedCall["callId"],
    startedAtMs: nowMs - 60 * minuteMs,
    partMs: 5 * minuteMs,
    userIds: [id("bob")],
    direction: "out",
    outcome: "talked",
    verified: [id("bob")],
    guests: [{ name: guestNames.now.slice(0, longestGuestName), invitedBy: id("bob") }],
  });
