import assert from "node:assert/strict";
import { test } from "node:test";

import { calledName, sentenceFor, spokenDuration } from "@signet/words";
import { UserId } from "@signet/terminal";
import type { CallView, Participant } from "@signet/terminal";

import { announcements } from "../../src/lib/announcements.ts";

import { meterShare } from "../../src/lib/level.ts";
import { isRingingOut, soundOf } from "../../src/lib/call-sounds.ts";
import { pageTitle } from "../../src/lib/title.ts";
import {
  afterRemovalSentence,
  aloneSentence,
  callEndSentence,
  callStatus,
  finalStateWords,
  firstTimeSentence,
  goingOnSentence,
  refusalsSentence,
  rejoinedSentence,
  stateWords,
  userVerifiedWords,
} from "../../src/lib/words.ts";
import { guestOf } from "../support/harness/guest-scenes.ts";
import { verified } from "../support/harness/people.ts";
import { scenes } from "../support/harness/scenes.ts";

const nowMs = Date.UTC(2026, 10, 22, 12);

function callIn(
  scene: "active" | "alone" | "certified" | "framesStopped" | "guestAtDoor" | "summary",
): CallView {
  const { call } = scenes[scene](nowMs);
  assert.ok(call);
  return call;
}

test("an echo that is not there was not spelt wrongly, and whoever runs it is named; others may have been", () => {
  const call = callIn("summary");
  const [first] = call.participants.filter(({ isSelf }) => !isSelf);
  const said = (state: "unknown" | "offline" | "declined", echo?: string): string =>
    callEndSentence(
      {
        ...call,
        end: { type: "ended", reason: "noAnswer", signed: false },
        participants: [...call.participants.filter(({ isSelf }) => isSelf), { ...first!, state }],
      },
      echo as UserId | undefined,
    );
  const { userId } = first!;
  for (const state of ["unknown", "offline"] as const) {
    assert.match(said(state, userId), /starts it with the command signet echo\.$/);
    for (const other of [undefined, "another"]) assert.doesNotMatch(said(state, other), /signet echo/);
  }
  assert.match(said("unknown"), /Check the spelling/);
  assert.doesNotMatch(said("declined", userId), /signet echo/);
});

test("durations as one says them", () => {
  assert.deepEqual([1_000, 42_000, 60_000, 754_000, 3_600_000, 3_725_000].map(spokenDuration), [
    "1 second",
    "42 seconds",
    "1 minute",
    "13 minutes",
    "1 hour",
    "1 hour 2 minutes",
  ]);
});

test("the meter is empty in silence and full at full level", () => {
  assert.equal(meterShare(0), 0);
  assert.equal(meterShare(0.0001), 0);
  assert.equal(meterShare(1), 1);
  assert.ok(meterShare(0.1) > 0.5);
});

test("the head of a call says what holds", () => {
  assert.deepEqual(callStatus(callIn("active")), { tone: "good", words: "End-to-end encrypted" });
  assert.deepEqual(callStatus(callIn("alone")), { tone: "wait", words: "You are alone here" });
  assert.deepEqual(callStatus(callIn("framesStopped")), { tone: "bad", words: "Your sound is stopped" });
  // Nothing is called good in which nobody can be heard.
  const media: readonly CallView["media"][] = [
    { status: "off" },
    { status: "connecting" },
    { status: "restarting" },
    { status: "reconnecting", code: "media.nothingComes" },
    { status: "failed", code: "media.connectionFailed" },
  ];
  for (const one of media) {
    const status = callStatus({ ...callIn("active"), media: one });
    assert.notEqual(status.tone, "good", one.status);
    assert.doesNotMatch(status.words, /encrypted/, one.status);
  }
});

test("sound that restarts is announced, and that it is back", () => {
  const before = scenes.active(nowMs);
  const during = scenes.audioRestarts(nowMs);
  assert.deepEqual(announcements(before, during), [
    "Your sound restarts. Its encryption stopped and is started again. Until then nothing is sent, and you hear nothing.",
  ]);
  assert.deepEqual(announcements(during, before), ["The sound is back."]);
});

test("sound that is interrupted is announced with its reason, and so is who is reconnecting; and that they are back", () => {
  const before = scenes.active(nowMs);
  const during = scenes.soundInterrupted(nowMs);
  assert.deepEqual(announcements(before, during), [sentenceFor("media.nothingComes")]);
  assert.deepEqual(announcements(during, scenes.serverUnreached(nowMs)), [
    sentenceFor("media.serverUnreached"),
  ]);
  assert.deepEqual(announcements(during, before), ["The sound is back."]);
  const lost = scenes.soundOfOneLost(nowMs);
  const [self, bob, ...others] = lost.call?.participants ?? [];
  assert.ok(lost.call !== undefined && self !== undefined && bob !== undefined);
  const { reconnecting: _over, ...back } = bob;
  const found = { ...lost, call: { ...lost.call, participants: [self, back, ...others] } };
  assert.deepEqual(announcements(found, lost), ["Bob Builder: reconnecting."]);
  assert.deepEqual(announcements(lost, found), ["Bob Builder is back."]);
  const interrupted = { ...found, call: { ...found.call, media: during.call.media } };
  assert.deepEqual(
    announcements(lost, interrupted),
    [sentenceFor("media.nothingComes")],
    "of Bob nothing is known",
  );
  assert.equal(callStatus(lost.call).tone, "good");
  // Nobody is heard, whatever the own connection is.
  const alone = { ...lost.call, participants: [self, bob] };
  assert.deepEqual(callStatus(alone), { tone: "wait", words: "Waiting for their sound" });
});

test("an end that nobody signed is told apart from one that the initiator signed", () => {
  const call = { ...callIn("summary"), isInitiator: false };
  const signed = callEndSentence({ ...call, end: { type: "ended", reason: "ended", signed: true } });
  const unsigned = callEndSentence({ ...call, end: { type: "ended", reason: "ended", signed: false } });
  assert.equal(signed, "Alice Liddell, who started it, ended it for all.");
  assert.equal(
    unsigned,
    "The server ended it. No signature of Alice Liddell, who started it, came with that.",
  );
  const nobody = callEndSentence({
    ...call,
    participants: [],
    end: { type: "ended", reason: "ended", signed: true },
  });
  assert.equal(nobody, "The person who started it ended it for all.");
});

test("who was away too long is told when they left", () => {
  const away: CallView = { ...callIn("summary"), end: { type: "failed", code: "call.away" } };
  assert.match(callEndSentence(away), /^You left the call at \d+:\d\d.*: your connection was away too long/);
});

test("who was removed is told what to do, by whether the host signed it", () => {
  const removed = (userId?: UserId): CallView => ({
    ...callIn("summary"),
    end: { type: "removed", ...(userId === undefined ? {} : { userId }) },
  });
  assert.match(callEndSentence(removed("bob" as UserId)), /^Bob Builder removed you .* signed that\.$/);
  assert.match(
    afterRemovalSentence(removed("bob" as UserId)) ?? "",
    /^Ask somebody who is in it to invite you/,
  );
  assert.match(callEndSentence(removed()), /says the server\. No signature of the host came/);
  assert.match(afterRemovalSentence(removed()) ?? "", /^Ask them in another way whether that is so\./);
  assert.equal(afterRemovalSentence(callIn("summary")), undefined);
});

test("a guest is announced as somebody who is not verified, and what lets one in as no call", () => {
  const call = callIn("guestAtDoor");
  const coming = (person: Participant): Participant =>
    person.guest === undefined ? person : { ...person, state: "ringing" };
  const before = { ...call, participants: call.participants.map(coming) };
  const state = scenes.guestAtDoor(nowMs);
  const said = announcements({ ...state, call: before }, { ...state, call }).join(" ");
  assert.match(said, /guest “Gus”.*not verified/);
  assert.doesNotMatch(said, /Gus[^.]*, verified/);
  const ringing = scenes.incoming(nowMs);
  const { session } = ringing;
  assert.ok(session.status === "signedIn");
  const userId = UserId.parse(`~${"a".repeat(26)}`);
  const quiet = { ...ringing, session: { ...session, userId } };
  assert.deepEqual(announcements({ ...quiet, ringing: [] }, quiet), []);
  assert.notDeepEqual(announcements({ ...ringing, ringing: [] }, ringing), []);
});

test("joins, leaves and the microphone are announced, speaking is not", () => {
  const before = scenes.active(nowMs);
  const call = callIn("active");
  const silent = call.participants.map((person) => ({ ...person, speaking: false }));
  assert.deepEqual(announcements(before, { ...before, call: { ...call, participants: silent } }), []);
  const changed = call.participants.map((person) =>
    person.userId === "erin" && person.guest === undefined
      ? { ...person, state: "joined" as const, verification: verified(nowMs) }
      : person.userId === "bob"
        ? { ...person, state: "left" as const }
        : person,
  );
  const after = {
    ...before,
    call: { ...call, participants: changed, microphone: { status: "muted" as const } },
  };
  assert.deepEqual(announcements(before, after), [
    "Bob Builder: left.",
    "Erin Brockovich joined, verified.",
    "Microphone muted.",
  ]);
  // By the server's word alone nobody is verified.
  const claimed = call.participants.map((person) =>
    person.userId === "erin" ? { ...person, state: "joined" as const } : person,
  );
  assert.deepEqual(announcements(before, { ...before, call: { ...call, participants: claimed } }), [
    "Erin Brockovich: in the call.",
  ]);
});

test("who is brought in, removed and made host is announced, with who did it", () => {
  const after = scenes.host(nowMs);
  const { call } = after;
  assert.ok(call);
  const before = {
    ...call,
    participants: call.participants.flatMap((person) => {
      const { removedBy: _removed, isHost: _host, ...rest } = person;
      if (person.userId === "erin") return [];
      if (person.userId === "frank") return [{ ...rest, state: "joined" as const }];
      return [person.userId === "bob" ? { ...rest, isHost: true as const } : rest];
    }),
  };
  assert.deepEqual(announcements({ ...after, call: before }, after), [
    "You are the host now.",
    "Erin Brockovich: added by you.",
    "Frank: removed from the call by you.",
  ]);
});

test("the title of the page tells what goes on while nobody looks", () => {
  assert.equal(pageTitle(scenes.home(nowMs)), "Signet");
  assert.equal(pageTitle(scenes.incoming(nowMs)), "Bob Builder calls - Signet");
  assert.equal(pageTitle(scenes.active(nowMs)), "In a call - Signet");
  assert.equal(pageTitle(scenes.serverGone(nowMs)), "No connection - Signet");
});

test("that a device was removed is heard and read, and whether its person signed it", () => {
  const after = callIn("certified");
  const before = {
    ...after,
    participants: after.participants.map((person) => ({ ...person, state: "joined" as const })),
  };
  const base = scenes.certified(nowMs);
  assert.deepEqual(announcements({ ...base, call: before }, { ...base, call: after }), [
    "Carol Danvers left: device removed.",
    "Dora Maar left: device removed.",
  ]);
  assert.deepEqual(after.participants.map((person) => stateWords(person)).slice(1), [
    "in the call",
    "device removed",
    "device removed, says the server",
  ]);
  const lost = { ...after.participants[2]!, leaveReason: "lost" as const };
  assert.equal(stateWords(lost), "connection lost");
  const own = { ...callIn("summary"), end: { type: "unbound", reason: "deviceRemoved" } as const };
  assert.equal(callEndSentence(own), "The signature device was removed.");
});

test("a certificate under an authority that the server named does not take the care out of a first time", () => {
  const verification = callIn("certified").participants[1]?.verification;
  const certificate = verification?.certificate;
  assert.ok(verification !== undefined && certificate !== undefined);
  const sentence = (anchoredBy: "server" | "terminal"): string =>
    firstTimeSentence("bob", { ...verification, certificate: { ...certificate, anchoredBy } });
  assert.match(
    sentence("server"),
    /certifies .* the server's word, so make sure that it is who you think\.$/,
  );
  assert.doesNotMatch(sentence("terminal"), /server|make sure/);
  const { certificate: _none, ...plain } = verification;
  assert.equal(
    firstTimeSentence("bob", plain),
    "You have not met this key before. The server says that this is bob; make sure that it is who you think.",
  );
});

test("who is alone is told who can come back: nobody who was removed", () => {
  const call = callIn("alone");
  const [self, bob] = call.participants;
  assert.ok(self !== undefined && bob !== undefined);
  const hal = { ...bob, userId: "hal" as UserId, displayName: "Hal", state: "removed" } as const;
  const told = (...others: readonly Participant[]) => aloneSentence({ participants: [self, ...others] });
  assert.match(told(bob), /invited can come back for as long as you stay\. You can add people\.$/);
  assert.match(told(bob, hal), /can come back for as long as you stay; Hal only when added again\./);
  assert.equal(told(hal), "You are alone. You can add people, also whom you removed.");
  const gus = guestOf(0, { state: "left" });
  assert.equal(told(gus), "You are alone. A guest comes back only with a new link. You can add people.");
  assert.match(told(bob, gus), /invited can come back .* A guest comes back only with a new link\.$/);
  assert.doesNotMatch(aloneSentence({ participants: [{ ...gus, isSelf: true }, bob] }), /add people/);
});

test("who started a call that goes on without them is told who is host meanwhile", () => {
  assert.equal(
    goingOnSentence(["Bob"], true),
    "You started it; Bob joined. Until its host is back, whoever is in it longest is host.",
  );
  assert.equal(goingOnSentence([], false), "started it.");
});

test("nothing is claimed of a token's PIN", () => {
  const { verification } = callIn("certified").participants[1] ?? {};
  assert.ok(verification);
  assert.match(userVerifiedWords(verification), /^not known/);
  assert.equal(userVerifiedWords({ ...verification, kind: "software" }), "not asked for");
  assert.equal(
    userVerifiedWords({ ...verification, kind: "webauthn", userVerified: true }),
    "checked by the device",
  );
});

test("a terminal that came back into a group of others says who came and who went", () => {
  const call = callIn("active");
  const others = call.participants.filter(({ isSelf }) => !isSelf);
  const [first, second] = others;
  assert.ok(first && second);
  assert.equal(rejoinedSentence(call), undefined);
  const both: CallView = { ...call, rejoined: { entered: [first.userId], gone: [second.userId] } };
  assert.match(
    rejoinedSentence(both) ?? "",
    new RegExp(`Meanwhile ${calledName(first)} came in, and ${calledName(second)} went, as the group says`),
  );
  const one: CallView = { ...call, rejoined: { entered: [], gone: others.map(({ userId }) => userId) } };
  assert.match(rejoinedSentence(one) ?? "", /Meanwhile .+ and .+ went, as/);
  const state = scenes.active(nowMs);
  assert.deepEqual(announcements({ ...state, call }, { ...state, call: both }), [rejoinedSentence(both)]);
  assert.deepEqual(announcements({ ...state, call: both }, { ...state, call: both }), []);
});

test("whose Welcome or GroupInfo did not hold is named, once, with what stands behind it", () => {
  const call = callIn("active");
  const [first, second] = call.participants.filter(({ isSelf }) => !isSelf);
  assert.ok(first && second);
  assert.equal(refusalsSentence(call), undefined);
  const byServer = { userId: first.userId, what: "groupInfo", code: "mls.refused", signed: false } as const;
  const bySignature = { ...byServer, userId: second.userId, signed: true } as const;
  const both: CallView = { ...call, refusals: [byServer, byServer, bySignature] };
  assert.equal(
    refusalsSentence(both),
    `What this terminal was given to come into the group did not hold, and another member was asked. It was from ${calledName(second)}, as the signature says, and from ${calledName(first)}, as the server says.`,
  );
  const state = scenes.active(nowMs);
  assert.deepEqual(announcements({ ...state, call }, { ...state, call: both }), [refusalsSentence(both)]);
  assert.deepEqual(announcements({ ...state, call: both }, { ...state, call: both }), []);
});

test("who signed that they left and is in the group still is neither called there nor verified", () => {
  const call = callIn("active");
  const someone = call.participants.find(({ isSelf, state }) => !isSelf && state === "joined");
  assert.ok(someone);
  const { verification: _verification, ...unverified } = someone;
  assert.equal(stateWords({ ...unverified, leaving: true }), "left, but the group still holds their key");
  const state = scenes.active(nowMs);
  const asJoining = { ...unverified, state: "joining" as const };
  const withPerson = (person: typeof someone): CallView => ({
    ...call,
    participants: call.participants.map((one) => (one.userId === person.userId ? person : one)),
  });
  assert.deepEqual(
    announcements(
      { ...state, call: withPerson(asJoining) },
      { ...state, call: withPerson({ ...unverified, leaving: true }) },
    ),
    [`${calledName(someone)}: in the group, not verified.`],
  );
});

test("who comes, who goes and the end are heard, and that it rings elsewhere", () => {
  const call = callIn("active");
  const as = (userId: string, state: Participant["state"]): CallView => ({
    ...call,
    participants: call.participants.map((one) => (one.userId === userId ? { ...one, state } : one)),
  });
  assert.equal(soundOf(call, as("erin", "joined")), "join");
  assert.equal(soundOf(call, as("bob", "left")), "leave");
  assert.equal(soundOf(call, callIn("summary")), "end");
  assert.equal(soundOf(call, as("erin", "noAnswer")), undefined, "nobody came or went");
  assert.equal(soundOf(undefined, call), undefined);
  assert.equal(soundOf(callIn("summary"), callIn("summary")), undefined, "it is over once");
  assert.ok(isRingingOut(scenes.calling(nowMs).call));
  assert.equal(isRingingOut(call), false);
  assert.equal(isRingingOut({ ...scenes.calling(nowMs).call, requesting: true }), false);
});

test("of who started a call that one did not get into it is not said that they did not come", () => {
  const person = { isInitiator: false, state: "left" } as const;
  assert.equal(finalStateWords({ ...person, isInitiator: true }), "started the call");
  assert.equal(finalStateWords(person), "did not come in");
});
