/** From one state of the terminal to the next: what happened in between. Pure, but for the time of day, by which somebody is quiet. */
import { isDeepStrictEqual } from "node:util";

import { isGone, isQuietCall, toBase64Url } from "@signet/terminal";
import type {
  CallView,
  HistoryEvent,
  IncomingCall,
  MicrophoneState,
  NewAdministrator,
  Participant,
  TerminalState,
  SoundWay,
} from "@signet/terminal";

import { isoTime, soundAdviceWords } from "@signet/words";

import { connectionEvents } from "./connection-events.ts";
import { warningLines } from "./error-words.ts";
import type { AdministratorKey, CommandEvent } from "./events.ts";
import type { SignedChange } from "./signed-change.ts";
import { inSeconds } from "./in-seconds.ts";
import { messageEvent } from "./message-event.ts";
import { resolutionEvents } from "./resolution-events.ts";
import { callerOf, certificateOf, namedAs, namedOf, verifiedBy } from "./named.ts";

export function eventsBetween(before: TerminalState, after: TerminalState): readonly CommandEvent[] {
  return [
    ...connectionEvents(before, after),
    ...sessionEvents(before, after),
    ...warningEvents(before, after),
    ...newsEvents(before, after),
    ...ringEvents(before, after),
    ...elsewhereEvents(before, after),
    ...callEvents(before.call, after.call),
  ];
}

function* sessionEvents(before: TerminalState, after: TerminalState): Generator<CommandEvent> {
  const [former, session] = [before.session, after.session];
  if (session.status === former.status) return;
  if (session.status === "signedIn") {
    const { userId, displayName, device, expiresAtMs } = session;
    yield {
      event: "signedIn",
      userId,
      displayName,
      device: device.kind,
      deviceId: device.deviceId,
      until: isoTime(expiresAtMs),
      ...(device.certificate === undefined ? {} : { certificate: certificateOf(device.certificate) }),
    };
  } else if (former.status === "signedIn") {
    const reason = session.reason ?? "released";
    yield reason === "released"
      ? { event: "released", userId: former.userId }
      : { event: "signedOut", reason };
  }
}

function* warningEvents(before: TerminalState, after: TerminalState): Generator<CommandEvent> {
  for (const warning of after.warnings) {
    const { id, clock, code, device, userId } = warning;
    if (before.warnings.some((known) => known.id === id)) continue;
    const changed =
      code === "directory.keyChanged" ? after.changedKeys?.find((key) => key.userId === userId) : undefined;
    const administrator = after.newAdministrators?.find((one) => one.code === code && one.userId === userId);
    yield {
      event: "warning",
      ...warningLines(warning),
      code,
      ...(userId === undefined ? {} : { userId }),
      ...(changed === undefined
        ? {}
        : {
            deviceId: changed.deviceId,
            head: toBase64Url(changed.head),
            how: changed.how,
            ...(changed.happened.length === 0 ? {} : { happened: changed.happened.map(signed) }),
          }),
      ...(administrator === undefined ? {} : countingOf(administrator)),
      ...(device === undefined ? {} : { deviceId: device.deviceId }),
      ...(after.log?.code === code ? { logKey: after.log.verifierKey ?? "none" } : {}),
      ...(clock === undefined ? {} : { clock: { offSeconds: inSeconds(clock.offMs), whose: clock.whose } }),
    };
  }
}

/** What would count if they are accepted. */
export function countingOf({ devices, head }: NewAdministrator): {
  readonly head: string;
  readonly keys: readonly AdministratorKey[];
} {
  const keys = devices
    .filter(({ revoked }) => revoked === undefined)
    .map(({ addedAtMs, addedBy, deviceId, kind, name }) => ({
      deviceId,
      ...(name === "" ? {} : { name }),
      device: kind,
      addedAt: isoTime(addedAtMs),
      ...(addedBy === undefined ? {} : { addedBy }),
    }));
  return { head: toBase64Url(head), keys };
}

function* newsEvents(
  before: TerminalState,
  { notices = [], session }: TerminalState,
): Generator<CommandEvent> {
  for (const { displayName, happened, head, id, userId } of notices) {
    if (before.notices?.some((known) => known.id === id) === true) continue;
    yield {
      event: "historyContinued",
      userId,
      displayName,
      self: session.status === "signedIn" && session.userId === userId,
      head: toBase64Url(head),
      happened: happened.map(signed),
    };
  }
}

function* ringEvents(before: TerminalState, after: TerminalState): Generator<CommandEvent> {
  const isNew = (calls: readonly IncomingCall[], { callId }: IncomingCall): boolean =>
    !calls.some((call) => call.callId === callId);
  for (const call of before.ringing) {
    const isAnswered = after.call?.callId === call.callId;
    if (isNew(after.ringing, call) && !isAnswered)
      yield { event: "ringEnded", callId: call.callId, from: call.from.userId };
  }
  const answered = after.answeredElsewhere;
  if (answered !== undefined && answered.callId !== before.answeredElsewhere?.callId) {
    const { deviceId, kind, name } = answered.device;
    const { callId, from } = answered;
    const named = name === "" ? {} : { name };
    yield { event: "answeredElsewhere", callId, from, deviceId, ...named, device: kind };
  }
  for (const call of after.ringing) {
    if (!isNew(before.ringing, call)) continue;
    yield {
      event: "ringing",
      callId: call.callId,
      from: callerOf(call),
      others: call.others.map((other) => ({ ...namedOf(other), state: other.state })),
      ...(call.startedBy === undefined ? {} : { startedBy: call.startedBy }),
      until: isoTime(call.expiresAtMs),
      ...(after.call !== undefined && after.call.phase !== "ended" ? { inCall: true } : {}),
      ...(isQuietCall(after, call.from.userId) ? { quiet: true } : {}),
    };
  }
  for (const message of after.messages ?? []) {
    if (message.isHeard || before.messages?.some(({ id }) => id === message.id) === true) continue;
    yield messageEvent(message);
  }
  for (const call of after.missed ?? []) {
    if (before.missed?.some(({ callId }) => callId === call.callId) === true) continue;
    const { atMs, callId, startedBy } = call;
    const of = startedBy === undefined ? {} : { startedBy };
    yield { event: "missed", callId, calledAt: isoTime(atMs), from: callerOf(call), ...of };
  }
  // Whoever left a call knows that it goes on.
  const left = after.call?.end?.type === "left" ? after.call.callId : undefined;
  for (const call of after.joinable) {
    if (call.callId !== left && isNew(before.joinable, call))
      yield { event: "joinable", callId: call.callId, from: callerOf(call) };
  }
}

function* elsewhereEvents(before: TerminalState, { elsewhere }: TerminalState): Generator<CommandEvent> {
  if (elsewhere === undefined || elsewhere.callId === before.elsewhere?.callId) return;
  const { callId, device } = elsewhere;
  yield {
    event: "elsewhere",
    callId,
    from: callerOf(elsewhere),
    ...(device === undefined ? {} : { device: device.kind, deviceId: device.deviceId }),
    ...(device === undefined || device.name === "" ? {} : { name: device.name }),
  };
}

function* callEvents(before: CallView | undefined, after: CallView | undefined): Generator<CommandEvent> {
  if (after === undefined) return;
  const { callId } = after;
  const former = before?.callId === callId ? before : undefined;
  if (former === undefined) {
    const userIds = after.participants.filter(({ isSelf }) => !isSelf).map(({ userId }) => userId);
    if (after.moving === true) yield { event: "moving", callId };
    else yield after.isInitiator ? { event: "calling", callId, userIds } : { event: "joining", callId };
  }
  yield* listEvents(after, former);
  for (const person of after.participants) {
    if (!person.isSelf) yield* personEvents(after, former, person);
    else if (after.activeSinceMs !== undefined && former?.activeSinceMs === undefined)
      yield joined(after, person);
  }
  const { epoch, heldUntilMs, rejoined, safetyCode } = after;
  if (heldUntilMs !== undefined && former?.heldUntilMs === undefined)
    yield { event: "held", callId, until: isoTime(heldUntilMs) };
  if (rejoined !== undefined && rejoined !== former?.rejoined)
    yield { event: "rejoined", callId, entered: rejoined.entered, gone: rejoined.gone };
  for (const refusal of after.refusals?.slice(former?.refusals?.length ?? 0) ?? [])
    yield { event: "groupRefused", callId, ...refusal };
  const isRekeyed = former?.epoch !== epoch || former?.safetyCode !== safetyCode;
  if (isRekeyed && epoch !== undefined && safetyCode !== undefined)
    yield { event: "rekeyed", callId, epoch, safetyCode };
  yield* resolutionEvents(after, former);
  yield* soundEvents(after, former);
  if (after.phase === "ended" && former?.phase !== "ended") yield ended(after);
}

/** What the call list says that it did not say before. */
function* listEvents(call: CallView, former: CallView | undefined): Generator<CommandEvent> {
  const { callId } = call;
  const hostOf = (view: CallView | undefined) => view?.participants.find(({ isHost }) => isHost === true);
  for (const person of call.participants) {
    const { invitedBy, userId } = person;
    const earlier = former?.participants.find((other) => other.userId === userId);
    if (invitedBy !== undefined && earlier?.invitedBy !== invitedBy)
      yield { event: "invited", callId, ...namedOf(person), by: invitedBy };
  }
  for (const guest of call.guestsWaiting ?? [])
    if (former?.guestsWaiting?.some(({ userId }) => userId === guest.userId) !== true)
      yield { event: "guestWaiting", callId, ...namedOf(guest) };
  const [host, before] = [hostOf(call), hostOf(former)];
  if (host !== undefined && before !== undefined && host.userId !== before.userId)
    yield { event: "host", callId, ...namedOf(host), self: host.isSelf };
}

function* personEvents(
  call: CallView,
  former: CallView | undefined,
  person: Participant,
): Generator<CommandEvent> {
  const { callId, phase } = call;
  const { userId, state, stateSigned, leaveReason, refusal, waiting } = person;
  // Before the server took the request nobody rings, and whoever it does not know never will.
  if (call.requesting === true && state === "ringing") return;
  const before = former?.requesting === true ? undefined : former;
  const previous = before?.participants.find((other) => other.userId === userId);
  // Once the call is over the states of people are no longer news, but for why nobody came.
  if (phase === "ended" && (state === "left" || !isGone(state))) return;
  if (state === "joined") {
    // Of a guest nothing is ever verified.
    const isThere = ({ guest, verification }: Participant) =>
      guest !== undefined || verification !== undefined;
    const wasJoined = previous?.state === "joined" && isThere(previous);
    if (isThere(person) && !wasJoined) yield joined(call, person);
    const { moved, verification } = person;
    if (moved !== undefined && moved.atMs !== previous?.moved?.atMs)
      yield {
        event: "moved",
        callId,
        ...namedOf(person),
        otherDevice: moved.isOtherDevice,
        ...(verification === undefined ? {} : { verifiedBy: verifiedBy(verification) }),
      };
    return;
  }
  const { removedBy: by } = person;
  if (state === "removed") {
    if (previous?.state !== state)
      yield { event: "removed", callId, userId, ...namedAs(person), ...(by === undefined ? {} : { by }) };
  } else if (previous?.state !== state || previous.waiting !== waiting)
    yield state === "left"
      ? {
          event: "left",
          callId,
          userId,
          ...namedAs(person),
          ...(leaveReason === undefined ? {} : { reason: leaveReason }),
        }
      : {
          event: "member",
          callId,
          userId,
          ...namedAs(person),
          state,
          ...(refusal === undefined ? {} : { code: refusal }),
          ...(waiting === undefined ? {} : { waiting }),
        };
  if (stateSigned && (previous?.state !== state || !previous.stateSigned))
    yield { event: "stateSigned", callId, userId, state };
}

function joined({ callId }: CallView, person: Participant): CommandEvent {
  const { isSelf, isInitiator, verification } = person;
  return {
    event: "joined",
    callId,
    ...namedOf(person),
    self: isSelf,
    initiator: isInitiator,
    ...(isSelf || verification === undefined ? {} : { verifiedBy: verifiedBy(verification) }),
  };
}

function* soundEvents(call: CallView, former: CallView | undefined): Generator<CommandEvent> {
  const { callId, media, microphone } = call;
  const speakers = (view: CallView | undefined) =>
    view?.participants.filter(({ speaking }) => speaking).map(({ userId }) => userId) ?? [];
  const userIds = speakers(call);
  if (speakers(former).join() !== userIds.join()) yield { event: "speaking", callId, userIds };
  const mediaCode = "code" in media ? { code: media.code } : {};
  const formerMedia = former?.media;
  const formerCode = formerMedia !== undefined && "code" in formerMedia ? formerMedia.code : undefined;
  if (media.status !== "off" && (media.status !== formerMedia?.status || mediaCode.code !== formerCode))
    yield { event: "media", callId, status: media.status, ...mediaCode };
  const way = wayOf(call);
  if (way !== undefined && wayStep(way) !== wayStep(wayOf(former))) yield { event: "way", callId, ...way };
  for (const person of call.participants) {
    const poor = person.poorNetwork === true;
    const before = former?.participants.find(({ userId }) => userId === person.userId);
    if (poor !== (before?.poorNetwork === true) && person.state === "joined")
      yield { event: "network", callId, ...namedOf(person), self: person.isSelf, poor };
    if (person.voice !== before?.voice && person.state === "joined" && call.phase !== "ended") {
      const { voice } = person;
      const said =
        voice === undefined ? { voice: "proven" as const } : { voice, code: `voice.${voice}` as const };
      yield { event: "voice", callId, ...namedOf(person), ...said };
    }
    const reconnecting = person.reconnecting === true;
    if (reconnecting !== (before?.reconnecting === true) && call.phase !== "ended")
      yield { event: "reconnecting", callId, ...namedOf(person), reconnecting };
  }
  if (microphone.status === "starting") return;
  const event = microphoneEvent(microphone);
  const before = former?.microphone;
  if (before === undefined || !isDeepStrictEqual(microphoneEvent(before), event))
    yield { event: "microphone", callId, ...event };
}

function microphoneEvent(
  microphone: MicrophoneState,
): Pick<CommandEvent & { readonly event: "microphone" }, "status" | "code" | "silent"> {
  const { status } = microphone;
  if (status === "unavailable") return { status, code: microphone.code };
  return { status, ...(status !== "starting" && microphone.silent === true ? { silent: true } : {}) };
}

const wayOf = (call: CallView | undefined): SoundWay | undefined =>
  call?.media.status === "connected" ? call.media.way : undefined;

/** What is told once: figures change with every look. */
const wayStep = (way: SoundWay | undefined): string | undefined =>
  way && `${way.by} ${way.roundTripMs !== undefined} ${soundAdviceWords(way)}`;

function ended({ callId, end, togetherMs, isInitiator }: CallView): CommandEvent {
  const fields = { event: "ended", callId, seconds: inSeconds(togetherMs) } as const;
  switch (end?.type) {
    case undefined:
    case "left":
      return { ...fields, reason: "left" };
    case "removed":
      return {
        ...fields,
        reason: "removed",
        signed: end.userId !== undefined,
        ...(end.userId === undefined ? {} : { userId: end.userId }),
      };
    case "ended":
      return { ...fields, reason: end.reason, ...(isInitiator ? {} : { signed: end.signed }) };
    case "moved":
      return {
        ...fields,
        reason: "moved",
        ...(end.to === undefined ? {} : { device: end.to.kind, deviceId: end.to.deviceId }),
      };
    case "unbound":
      return { ...fields, reason: "unbound" };
    case "failed":
      return {
        ...fields,
        reason: "failed",
        code: end.code,
        ...(end.userId === undefined ? {} : { userId: end.userId }),
        ...(end.alsoUserId === undefined ? {} : { alsoUserId: end.alsoUserId }),
      };
  }
}

function signed({ atMs, ...event }: HistoryEvent): SignedChange {
  return { ...event, at: isoTime(atMs) };
}
