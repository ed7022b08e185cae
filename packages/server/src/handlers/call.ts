import { verifyDeviceProof } from "@signet/device";
import type { Person } from "@signet/device";
import {
  areTooLarge,
  CallId,
  crossingRefusal,
  DeclineReason,
  defaultCallTimes,
  freeTerminals,
  guestsOf,
  invitedPerson,
  isBusyFor,
  OwnLeaveReason,
  listRefusal,
  loggable,
  requestedBefore,
  UserId,
} from "@signet/protocol";
import type { CallReply, InvitedPerson, ReplyBody, RequestType } from "@signet/protocol";

import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Answer, AnswerTo } from "../ws/answer.ts";
import { codeLike } from "./code-like.ts";
import { isStillSignedIn } from "./handler.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { verifyAnswer, verifyMove, verifyRejoin } from "./answer-proof.ts";
import { verifyStatement } from "./statement.ts";

/** The machine answers each input with the reply of the request that it was. */
export const answering =
  <T extends RequestType>(respond: (answer: AnswerTo<T>) => void) =>
  (answer: Answer<CallReply>): void =>
    respond(answer as Answer<ReplyBody<T>>);

/** Who sent the request, as the machine names them. */
export const senderOf = ({ session, terminalId }: SignedInAsker) => ({
  userId: session.stored.userId,
  terminalId,
});

export const request: Handler<"call.request", SignedInAsker> = async (
  services,
  asker,
  { proof },
  respond,
) => {
  const { calls, clock, directory, limits, originOf, store } = services;
  const { userId } = senderOf(asker);
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const expected = { purpose: "call", serverOrigin: originOf(), person, time: { nowMs: clock() } } as const;
  const result = await verifyDeviceProof(proof, expected);
  if (!result.ok) return respond(result);
  const { transcript } = result.proof;
  const callId = CallId.safeParse(transcript.callId);
  const invited = UserId.array().safeParse(transcript.memberUserIds);
  if (!callId.success || !invited.success) return respond(refuse("proof.malformed"));
  const running = calls.running.stateOf(callId.data);
  const repeated = running === undefined ? undefined : requestedBefore(running, proof);
  if (repeated !== undefined) return respond(accept(repeated));
  void services.signatureCounts.note(userId, result.proof);
  const refusal = listRefusal(invited.data, userId, limits.callMembers);
  if (refusal !== undefined) return respond(refuse(refusal));
  const known = new Map<UserId, Person | undefined>();
  await Promise.all(invited.data.map(async (id) => known.set(id, await directory.personOf(id))));
  const blockers = await store.blocks.whoBlocked(userId, invited.data);

  // From here to the start nothing else runs: what is found holds when the call begins.
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  if (calls.running.isEngaged(userId)) return respond(refuse("call.inCall"));
  if (calls.running.ringsBy(userId) >= limits.openRings) return respond(refuse("call.tooManyRings"));
  const people = invited.data.map((id) => findPerson(services, id, known.get(id), { userId, blockers }));
  if (areTooLarge([{ entry: person.history }, ...people])) return respond(refuse("call.tooLarge"));
  const invite = {
    callId: callId.data,
    initiator: person.history,
    proof,
    binding: asker.session.stored.proof,
  };
  const times = { ...defaultCallTimes, ringMs: limits.ringMs, lostMs: limits.lostMs };
  const { terminalId } = asker;
  const callDigest = result.proof.digest;
  await calls.start(
    { type: "start", invite, callDigest, terminalId, people, times },
    answering<"call.request">(respond),
  );
};

/**
 * What becomes of somebody whom the asker calls, or brings into a call.
 * @param asker `blockers`: who of those whom they call blocked them; `hasGuests`: the call names some, so that it can ring where guests are known alone
 */
export function findPerson(
  { calls, limits, pushes, sessions }: Services,
  userId: UserId,
  person: Person | undefined,
  asker: {
    readonly userId: UserId;
    readonly blockers: ReadonlySet<UserId>;
    readonly hasGuests?: boolean;
  },
): InvitedPerson {
  const entry = person?.history;
  const states = calls.running.statesOf(userId);
  const there = sessions
    .of(userId)
    .filter(
      ({ endpoint }) => endpoint !== undefined && (asker.hasGuests !== true || endpoint.hasFeature("guests")),
    );
  const terminalIds = there.map(({ stored }) => stored.terminalId);
  const free = freeTerminals(states, userId, terminalIds);
  const isAway = terminalIds.length > 0 && free.length === 0;
  const waits = isBusyFor(states, userId, asker.userId);
  const isBlocked = asker.blockers.has(userId);
  return invitedPerson(userId, {
    entry,
    isBlocked,
    terminalIds: isAway ? terminalIds : free,
    isBusy: isAway || calls.running.ringsFor(userId) >= limits.openRings,
    waits,
    // Who is in a call is told of it there; to whom they blocked they look away, and as if they could be woken all the same.
    wakes: person !== undefined && (isBlocked || !waits) && pushes.canWake(person, isBlocked),
  });
}

export const join: Handler<"call.join", SignedInAsker> = async (services, asker, body, respond) => {
  const { calls, clock, directory } = services;
  const { userId } = senderOf(asker);
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const result = await verifyAnswer(services, person, { ...body, ...senderOf(asker) }, clock());
  if (!result.ok) return respond(result);
  void services.signatureCounts.note(userId, result.proof);
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  // From here to the answer nothing else runs: of two who answer each other at once, the first one counts.
  const target = calls.running.stateOf(result.callId);
  if (target === undefined) return respond(refuse("call.notFound"));
  if (guestsOf(target.said).length > 0 && !asker.connection.hasFeature("guests"))
    return respond(refuse("protocol.version"));
  const concerned = [...calls.running.statesOf(userId), ...calls.running.statesOf(target.initiatorId)];
  const crossing = crossingRefusal(concerned, target, senderOf(asker));
  if (crossing !== undefined) return respond(refuse(crossing));
  const { keyPackage, proof } = body;
  const { leafKey } = result.transcript;
  // All that can be told of a KeyPackage without MLS; the committer reads it.
  if (!Buffer.from(keyPackage).includes(Buffer.from(leafKey))) return respond(refuse("proof.leafKey"));
  const known = { entry: person.history, proof, binding: asker.session.stored.proof, keyPackage, leafKey };
  const input = { type: "join", ...senderOf(asker), ...known } as const;
  await calls.submit(result.callId, input, answering<"call.join">(respond));
};

/** The person goes on here with a call that they are in at another terminal. */
export const move: Handler<"call.move", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const { calls, clock, directory, microphoneWords } = services;
  const { userId } = senderOf(asker);
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const result = await verifyMove(services, person, proof, clock());
  if (!result.ok) return respond(result);
  void services.signatureCounts.note(userId, result.proof);
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  const { callId, transcript } = result;
  const { leafKey } = transcript;
  const state = calls.running.stateOf(callId);
  const muted = state !== undefined && microphoneWords.isMuted(state, userId);
  const input = { type: "move", ...senderOf(asker), entry: person.history, proof, leafKey } as const;
  const tell = answering<"call.move">((answer) =>
    respond(answer.ok && muted ? accept({ ...answer.body, muted }) : answer),
  );
  await calls.submit(callId, input, tell);
};

export const moveEnd: Handler<"call.moveEnd", SignedInAsker> = ({ calls }, asker, { callId }, respond) =>
  calls.submit(callId, { type: "moveEnd", ...senderOf(asker) }, answering<"call.moveEnd">(respond));

export const decline: Handler<"call.decline", SignedInAsker> = async (
  services,
  asker,
  { proof },
  respond,
) => {
  const result = await verifyStatement(services, asker, proof, "decline");
  if (!result.ok) return respond(result);
  const reason = DeclineReason.safeParse(result.transcript.reason);
  if (!reason.success) return respond(refuse("proof.call"));
  const binding = asker.session.stored.proof;
  const input = { type: "decline", ...senderOf(asker), reason: reason.data, proof, binding } as const;
  await services.calls.submit(result.callId, input, answering<"call.decline">(respond));
};

export const leave: Handler<"call.leave", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const result = await verifyStatement(services, asker, proof, "leave");
  if (!result.ok) return respond(result);
  const reason = OwnLeaveReason.safeParse(result.transcript.reason);
  if (!reason.success) return respond(refuse("proof.call"));
  const binding = asker.session.stored.proof;
  const input = { type: "leave", ...senderOf(asker), reason: reason.data, proof, binding } as const;
  await services.calls.submit(result.callId, input, answering<"call.leave">(respond));
};

export const end: Handler<"call.end", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const result = await verifyStatement(services, asker, proof, "end");
  if (!result.ok) return respond(result);
  const binding = asker.session.stored.proof;
  const input = { type: "end", ...senderOf(asker), proof, binding } as const;
  await services.calls.submit(result.callId, input, answering<"call.end">(respond));
};

/** For words that go into the log. @param tell called where it changes the call: anybody could say the rest for ever, and fill a disk */
function submitTold<T extends RequestType>(
  calls: Services["calls"],
  callId: CallId,
  input: Parameters<Services["calls"]["submit"]>[1],
  respond: (answer: AnswerTo<T>) => void,
  tell: () => void,
): Promise<void> {
  const before = calls.running.stateOf(callId);
  const done = calls.submit(callId, input, answering<T>(respond));
  if (calls.running.stateOf(callId) !== before) tell();
  return done;
}

/** Nothing rang; who runs the server should know why. Once for each ring. */
export const ringRefused: Handler<"call.ringRefused", SignedInAsker> = (
  { calls, log },
  asker,
  { callId, code },
  respond,
) => {
  const sender = senderOf(asker);
  const { userId } = sender;
  const reason = codeLike(code);
  const input = { type: "ringRefused", ...sender, code: reason } as const;
  return submitTold<"call.ringRefused">(calls, callId, input, respond, () =>
    log.error({ userId, call: loggable(callId), reason }, "a terminal could not verify a ring"),
  );
};

export const commit: Handler<"call.commit", SignedInAsker> = ({ calls }, asker, body, respond) =>
  calls.submit(body.callId, { type: "commit", ...senderOf(asker), body }, answering<"call.commit">(respond));

export const refuseJoiner: Handler<"call.refuse", SignedInAsker> = ({ calls }, asker, body, respond) =>
  calls.submit(body.callId, { type: "refuse", ...senderOf(asker), body }, answering<"call.refuse">(respond));

export const judgeCommit: Handler<"call.judgeCommit", SignedInAsker> = (
  { calls, log },
  asker,
  body,
  respond,
) => {
  const { callId, number, code } = body;
  const sender = senderOf(asker);
  const { userId } = sender;
  return submitTold<"call.judgeCommit">(calls, callId, { type: "judge", ...sender, body }, respond, () => {
    if (code !== undefined)
      log.warn({ userId, call: loggable(callId), number, reason: codeLike(code) }, "a Commit is refused");
  });
};

export const sync: Handler<"call.sync", SignedInAsker> = (
  { calls },
  asker,
  { callId, epoch, number },
  respond,
) => calls.ask(callId, { type: "sync", ...senderOf(asker), epoch, number }, answering<"call.sync">(respond));

export const groupInfo: Handler<"call.groupInfo", SignedInAsker> = ({ calls }, asker, { callId }, respond) =>
  calls.ask(callId, { type: "groupInfo", ...senderOf(asker) }, answering<"call.groupInfo">(respond));

export const offerGroupInfo: Handler<"call.offerGroupInfo", SignedInAsker> = (
  { calls },
  asker,
  body,
  respond,
) =>
  calls.submit(
    body.callId,
    { type: "offerGroupInfo", ...senderOf(asker), body },
    answering<"call.offerGroupInfo">(respond),
  );

/** Whose it was is this terminal's word; nothing follows from it for them. */
export const refuseGiver: Handler<"call.refuseGiver", SignedInAsker> = (
  { calls, log },
  asker,
  body,
  respond,
) => {
  const { callId, giver, code } = body;
  const sender = senderOf(asker);
  const { userId } = sender;
  return submitTold<"call.refuseGiver">(
    calls,
    callId,
    { type: "refuseGiver", ...sender, body },
    respond,
    () =>
      log.warn(
        { userId, giver, call: loggable(callId), reason: codeLike(code) },
        "a Welcome or GroupInfo is refused, or does not come",
      ),
  );
};

export const rejoin: Handler<"call.rejoin", SignedInAsker> = async (services, asker, body, respond) => {
  const { calls, directory } = services;
  const person = await directory.personOf(senderOf(asker).userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const result = await verifyRejoin(services, person, body.callId, body.proof);
  if (!result.ok) return respond(result);
  await calls.submit(
    body.callId,
    { type: "rejoin", ...senderOf(asker), body },
    answering<"call.rejoin">(respond),
  );
};
