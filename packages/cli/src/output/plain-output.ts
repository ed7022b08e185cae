import { clockDuration, isGone } from "@signet/terminal";
import type { CallId, MemberState, UserId } from "@signet/terminal";
import {
  clausesInOne,
  leaveReasonPredicate,
  memberStatePredicate,
  reconnectingLabel,
  signedOutWords,
  soundAdviceWords,
  soundRouteWords,
  waitingLabel,
} from "@signet/words";
import { texts } from "@signet/words/command-line";

import { clean } from "./clean.ts";
import { heardLine } from "./heard-line.ts";
import { inOneLine, lineFor, wordsFor } from "./error-words.ts";
import type { CommandEvent } from "./events.ts";
import type { Output } from "./output.ts";
import { isOwn, ownLine } from "./own-lines.ts";
import { isOfResolutions, resolutionLines } from "./resolution-lines.ts";
import {
  addedOn,
  administratorKeyWords,
  answeredWords,
  certifiedParts,
  dateAndTime,
  day,
  deviceWords,
  joinedLine,
  lasting,
  named,
  newsWords,
  refusalWords,
  rejoinedWords,
  removalHint,
  signerOf,
  verifiedWords,
  withFile,
} from "./words.ts";

/** One line for each thing that a person wants to know. */
export class PlainOutput implements Output {
  readonly #write: (line: string) => void;
  /** Who was heard in the call: only the first time is worth a line. */
  #heard: { readonly callId: CallId; readonly people: Set<string> } | undefined;
  readonly #isSilent: boolean;
  /** The microphone gave nothing, as was told. */
  #isUnheard = false;

  /** @param isSilent somebody who wanted not to be heard, and need not be told so */
  constructor(write: (line: string) => void, isSilent = false) {
    this.#write = write;
    this.#isSilent = isSilent;
  }

  event(event: CommandEvent): void {
    if (isOfResolutions(event)) for (const line of resolutionLines(event)) this.#write(clean(line));
    if (event.event === "speaking") return this.#speaking(event);
    if (event.event === "microphone") return this.#microphone(event);
    const line = isOfResolutions(event) ? undefined : lineOf(event);
    if (line !== undefined) this.#write(clean(line));
  }

  close(): void {
    // Lines stay where they are.
  }

  #microphone(event: CommandEvent & { readonly event: "microphone" }): void {
    const isUnheard = event.status === "unavailable" || event.silent === true;
    if (event.status === "unavailable" && this.#isSilent) return;
    const isAgain = this.#isUnheard && event.status === "on" && !isUnheard;
    this.#isUnheard = isUnheard;
    const line = isAgain ? texts().lines.heardAgain : lineOf(event);
    if (line !== undefined) this.#write(clean(line));
  }

  #speaking({ callId, userIds }: CommandEvent & { readonly event: "speaking" }): void {
    if (this.#heard?.callId !== callId) this.#heard = { callId, people: new Set() };
    for (const userId of userIds) {
      if (this.#heard.people.has(userId)) continue;
      this.#heard.people.add(userId);
      this.#write(texts().lines.speaks(userId));
    }
  }
}

type KeyEvent = Extract<CommandEvent, { readonly event: "key" }>;

/** @returns undefined for what only programs want to know */
export function lineOf(event: CommandEvent, nowMs = Date.now()): string | undefined {
  const text = texts().lines;
  if (isOwn(event)) return ownLine(event);
  if (isOfResolutions(event)) return resolutionLines(event)[0];
  switch (event.event) {
    case "online":
      return texts().lines.online(event.server);
    case "offline":
      return text.offline(inOneLine(wordsFor(event.code).message, text.reconnects));
    case "registered":
      return withFile(text.registered(named(event), event.server, deviceWords(event.device)), event.keyFile);
    case "signedIn":
      return text.signedIn(
        named(event),
        clausesInOne(
          deviceWords(event.device),
          ...(event.certificate === undefined ? [] : certifiedParts(event.certificate)),
        ),
        event.until,
      );
    case "key":
      return keyLine(event);
    case "keyAdded":
      return text.signInWithIt(
        withFile(text.keyAdded(event.name, event.deviceId, deviceWords(event.device)), event.keyFile),
      );
    case "code":
      return text.enterCode(lasting(event.until, nowMs), event.code, event.url);
    case "codeEntered":
      return texts().lines.codeEntered;
    // The question says it.
    case "keyOffered":
      return undefined;
    case "keyJoining":
      return texts().lines.keyJoining(named(event));
    case "keyWaits":
      return texts().lines.keyWaits;
    case "keyJoined":
      return text.signInWithIt(
        withFile(
          text.keyJoined(event.name, event.deviceId, deviceWords(event.device), event.userId),
          event.keyFile,
        ),
      );
    case "renamed":
      return texts().lines.renamed(named(event));
    case "recoveryCode":
      return text.recoveryCode(lasting(event.until, nowMs), event.code);
    case "person":
      return personLine(event);
    case "recoveryAsked":
      return event.name === event.userId
        ? text.recoveryAsked(event.userId, deviceWords(event.device))
        : text.recoveryAskedNamed(event.userId, event.name, deviceWords(event.device));
    case "administratorAccepted":
      return texts().lines.administratorAccepted(event.userId);
    case "recoverySigned":
      return texts().lines.recoverySigned(event.userId);
    case "appointed":
      return texts().lines.administersNow(event.userId);
    case "dismissed":
      return texts().lines.administersNoMore(event.userId);
    case "inviteCode":
      return event.code;
    case "keyNamed":
      return texts().lines.keyNamed(event.deviceId, event.name);
    case "keyRevoked":
      return text.keyRevoked(
        event.name === undefined ? event.deviceId : texts().lines.nameOf(event.name, event.deviceId),
      );
    case "signedOut":
      return texts().lines.signedOut(signedOutWords(event.reason).happened);
    case "released":
      return texts().lines.released(event.userId);
    case "ringing":
      return ringLine(event);
    case "ringEnded":
      return texts().lines.ringEnded(event.from);
    case "answeredElsewhere":
      return answeredWords({ ...event, device: { ...event, kind: event.device, name: event.name ?? "" } });
    case "answering":
      return texts().lines.answering(event.from);
    case "declining":
      return texts().lines.declining(event.from);
    case "ignoring":
      return texts().lines.ignoring(event.from);
    case "missed": {
      const when = dateAndTime(Date.parse(event.calledAt));
      const verified = verifiedWords(event.from.verifiedBy);
      return event.startedBy === undefined
        ? text.missed(named(event.from), when, verified)
        : text.missedInto(named(event.from), when, verified, named(event.startedBy));
    }
    case "joinable":
      return texts().lines.joinable(named(event.from));
    case "elsewhere":
      return event.device === undefined
        ? text.elsewhereBefore
        : text.elsewhereWith(event.name ?? text.aDevice(deviceWords(event.device)));
    case "moving":
      return texts().lines.moving;
    case "moved":
      if (!event.otherDevice) return text.moved(named(event));
      return event.verifiedBy === undefined
        ? text.movedOther(named(event))
        : text.movedWith(named(event), deviceWords(event.verifiedBy.device));
    case "held":
      return texts().lines.held;
    case "clock":
      return clockLine(event.offSeconds);
    case "passedOver":
      return texts().lines.passedOver;
    case "calling":
      return texts().lines.calling(event.userIds.join(", "));
    case "joining":
      return texts().lines.joining;
    case "member":
      return event.waiting === true
        ? text.is(named(event), waitingLabel())
        : text.does(named(event), memberStatePredicate(event.state, event.code));
    case "joined":
      return joinedLine(event);
    case "guestWaiting":
      return texts().lines.guestWaits(named(event));
    case "invited":
      return texts().lines.invited(named(event), event.by);
    case "removed":
      return event.by === undefined ? text.putOut(named(event)) : text.putOutBy(named(event), event.by);
    case "host":
      return event.self ? texts().lines.youAreHost : texts().lines.isHost(named(event));
    case "left":
      return text.does(named(event), leaveReasonPredicate(event.reason ?? "left"));
    case "alone":
      return event.leavesAt === undefined
        ? texts().lines.aloneLeaving
        : texts().lines.aloneLeavingAt(event.leavesAt);
    case "rejoined":
      return texts().lines.thisTerminal(rejoinedWords(event));
    case "groupRefused":
      return refusalWords(event);
    case "rekeyed":
      return texts().lines.rekeyed(event.epoch, event.safetyCode);
    case "media":
      if (event.code !== undefined)
        return (event.status === "connecting" ? text.noSoundYet : text.noSound)(wordsFor(event.code).message);
      if (event.status === "restarting") return texts().lines.soundRestarts;
      return event.status === "connected" ? texts().lines.soundConnected : undefined;
    case "way": {
      const advice = soundAdviceWords(event);
      return advice === undefined ? undefined : texts().lines.soundGoes(soundRouteWords(event.by), advice);
    }
    case "network":
    case "voice":
      return heardLine(event);
    case "reconnecting":
      return text.is(
        named(event),
        event.reconnecting ? reconnectingLabel() : text.noLonger(reconnectingLabel()),
      );
    case "microphone":
      if (event.code !== undefined) return text.notHeard(lineFor(event.code));
      if (event.silent === true) return text.notHeard(texts().lines.silentMicrophone);
      return event.status === "muted" ? texts().lines.youAreMuted : undefined;
    case "speaker": {
      if (event.code === undefined) return texts().lines.hearAgain;
      const { hint, message } = wordsFor(event.code);
      return text.hearNobody(inOneLine(withNote(message, event.detail), hint));
    }
    case "ended":
      return text.callOver(
        clockDuration(event.seconds * 1_000),
        event.code === undefined ? endSentence(event) : wordsFor(event.code).message,
      );
    case "halfDuplex":
      return texts().lines.halfDuplex;
    case "recording":
      return texts().lines.recording(event.file);
    case "recorded":
      return texts().lines.recorded(event.file);
    case "warning":
      return warningLine(event);
    case "historyContinued":
      return changesOf(event, event.self ? event.userId : undefined).join("; ");
    case "stateSigned":
    case "speaking":
    case "error":
      return undefined;
  }
}

const withNote = (what: string, note: string | undefined): string =>
  note === undefined ? what : texts().lines.withNote(what, note);

type WarningEvent = Extract<CommandEvent, { readonly event: "warning" }>;

function warningLine(event: WarningEvent): string {
  const { detail, deviceId, hint, logKey, message, userId } = event;
  const theirKey = deviceId === undefined ? undefined : texts().lines.theirKeyNow(deviceId);
  const log = logKey === undefined ? undefined : texts().lines.logKeyNow(logKey);
  const notes = [detail, theirKey, administratorKeys(event), log, recoveryOf(event)];
  const what = inOneLine(notes.reduce<string>(withNote, message), hint);
  return userId === undefined ? texts().lines.warning(what) : texts().lines.warningAbout(userId, what);
}

/** What would count once they are accepted, and what to say so with. */
function administratorKeys({ head, keys, userId }: WarningEvent): string | undefined {
  if (keys === undefined || userId === undefined || head === undefined) return undefined;
  const each = keys.map((key) => administratorKeyWords(key, userId));
  return texts().lines.theirKeys(each.join(", "), userId, head);
}

/** Of a key that changed by an administrator's word. */
function recoveryOf({ happened = [], userId }: WarningEvent): string | undefined {
  if (userId === undefined || happened.length === 0) return undefined;
  return changesOf({ happened, userId }, undefined).join("; ");
}

function personLine({
  displayName,
  keys,
  reachable,
  refused,
  userId,
}: Extract<CommandEvent, { readonly event: "person" }>): string {
  const { notAccepted, person, personReachable, revokedKey } = texts().lines;
  const each = keys.map(({ deviceId, name, revoked }) => {
    const key = name === "" ? deviceId : `${deviceId} ${name}`;
    return revoked ? revokedKey(key) : key;
  });
  const line = (reachable ? personReachable : person)(userId, displayName, each.join(", "));
  return refused === undefined ? line : notAccepted(line, refused);
}

function ringLine({
  from,
  inCall,
  others,
  quiet,
  startedBy,
}: Extract<CommandEvent, { readonly event: "ringing" }>): string {
  const { areIn, callingYou, calls, intoCall, isIn, toAsWell } = texts().lines;
  const there = startedBy === undefined ? [] : others.filter(({ state }) => state === "joined");
  // Of a call that goes on, who has gone or did not come is not told of.
  const called = startedBy === undefined ? others : others.filter(({ state }) => isOnTheWay(state));
  const names = there.map(named).join(", ");
  return clausesInOne(
    (inCall === true ? callingYou : calls)(named(from), verifiedWords(from.verifiedBy)),
    ...(startedBy === undefined
      ? []
      : [
          there.length === 0
            ? intoCall(named(startedBy))
            : texts().lines.alsoIn(intoCall(named(startedBy)), (there.length === 1 ? isIn : areIn)(names)),
        ]),
    ...(called.length === 0 ? [] : [toAsWell(called.map(named).join(", "))]),
    ...(quiet === true ? [texts().lines.quiet] : []),
  );
}

function changesOf(
  {
    happened,
    userId,
  }: Pick<Extract<CommandEvent, { readonly event: "historyContinued" }>, "happened" | "userId">,
  self: UserId | undefined,
): readonly string[] {
  const changes = happened.map(({ at, ...change }) => ({ ...change, atMs: Date.parse(at) }));
  return newsWords({ happened: changes, userId }, self);
}

function keyLine(event: KeyEvent): string {
  const { device, deviceId, elsewhere, lastUsedAt, name, revoked, signedIn, userId } = event;
  const signer = signerOf(userId);
  const since = addedOn(event, userId);
  const now =
    revoked === undefined
      ? [
          ...(lastUsedAt === undefined ? [] : [texts().lines.usedOn(day(lastUsedAt))]),
          ...(signedIn ? [texts().lines.signedInHere] : []),
          ...(elsewhere === undefined
            ? []
            : [
                (elsewhere.connected ? texts().lines.signedInSince : texts().lines.signedInAway)(
                  day(elsewhere.since),
                ),
              ]),
        ]
      : [texts().lines.revokedOn(day(revoked.at), signer(revoked.by), texts().lines.whys[revoked.why])];
  return `${deviceId}  ${clausesInOne(name ?? texts().lines.withoutName, deviceWords(device), since, ...now)}`;
}

function clockLine(offSeconds: number): string {
  if (offSeconds === 0) return texts().lines.clockAgrees;
  const off = clockDuration(Math.abs(offSeconds) * 1_000);
  return (offSeconds > 0 ? texts().lines.clockBehind : texts().lines.clockAhead)(off);
}

const isOnTheWay = (state: MemberState): boolean => state !== "joined" && !isGone(state);

function endSentence({ reason, signed, userId }: CommandEvent & { readonly event: "ended" }): string {
  const { end, removedBy, removedUnsigned, signedByInitiator, unsignedByInitiator } = texts().lines;
  const words = end[reason];
  if (reason === "removed") {
    const said = userId === undefined ? removedUnsigned(words) : removedBy(words, userId);
    return inOneLine(said, removalHint(userId !== undefined));
  }
  if (reason !== "ended" || signed === undefined) return words;
  return (signed ? signedByInitiator : unsignedByInitiator)(words);
}
