import { clockDuration, isGone } from "@signet/terminal";
import type { CallId, MemberState, UserId } from "@signet/terminal";
import {
  betterNetworkWords,
  leaveReasonPredicate,
  memberStatePredicate,
  poorNetworkWords,
  reconnectingLabel,
  signedOutWords,
  soundAdviceWords,
  soundRouteWords,
  waitingLabel,
} from "@signet/words";

import { clean } from "./clean.ts";
import { inOneLine, lineFor, wordsFor } from "./error-words.ts";
import type { CommandEvent } from "./events.ts";
import type { Output } from "./output.ts";
import {
  addedOn,
  administratorKeyWords,
  answeredWords,
  certifiedParts,
  dateAndTime,
  day,
  deviceWords,
  lasting,
  named,
  newsWords,
  refusalWords,
  rejoinedWords,
  removalHint,
  silentMicrophone,
  signerOf,
  verifiedWords,
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
    if (event.event === "speaking") return this.#speaking(event);
    if (event.event === "microphone") return this.#microphone(event);
    const line = lineOf(event);
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
    const line = isAgain ? "you are heard again" : lineOf(event);
    if (line !== undefined) this.#write(clean(line));
  }

  #speaking({ callId, userIds }: CommandEvent & { readonly event: "speaking" }): void {
    if (this.#heard?.callId !== callId) this.#heard = { callId, people: new Set() };
    for (const userId of userIds) {
      if (this.#heard.people.has(userId)) continue;
      this.#heard.people.add(userId);
      this.#write(`${userId} speaks`);
    }
  }
}

const endWords: Record<(CommandEvent & { readonly event: "ended" })["reason"], string> = {
  ended: "it was ended for all",
  // Somebody may have declined, which has a line of its own.
  noAnswer: "nobody came",
  lastLeft: "everybody left",
  cancelled: "it was cancelled",
  left: "you left",
  removed: "you were removed from it",
  moved: "moved to another terminal of yours, where you go on",
  unbound: "you were signed out",
  failed: "signet left, because something did not hold",
};

type KeyEvent = Extract<CommandEvent, { readonly event: "key" }>;

/** @returns undefined for what only programs want to know */
export function lineOf(event: CommandEvent, nowMs = Date.now()): string | undefined {
  switch (event.event) {
    case "online":
      return `online: ${event.server}`;
    case "offline":
      return `offline: ${inOneLine(wordsFor(event.code).message, "signet reconnects by itself")}`;
    case "registered":
      return `registered ${named(event)} at ${event.server} with a ${deviceWords[event.device]}${
        event.keyFile === undefined ? "" : `: ${event.keyFile}`
      }`;
    case "signedIn":
      return `signed in as ${named(event)} with a ${[
        deviceWords[event.device],
        ...(event.certificate === undefined ? [] : certifiedParts(event.certificate)),
      ].join(", ")}, until ${event.until}`;
    case "key":
      return keyLine(event);
    case "keyAdded":
      return `added ${event.name} (${event.deviceId}), a ${deviceWords[event.device]}${
        event.keyFile === undefined ? "" : `: ${event.keyFile}`
      }; sign in with it as with any other`;
    case "code":
      return `enter this code at the other machine, ${lasting(event.until, nowMs)}: ${event.code}; or open ${event.url} there`;
    case "codeEntered":
      return "the code was entered: the other machine makes its key";
    // The question says it.
    case "keyOffered":
      return undefined;
    case "keyJoining":
      return `the code is right: this key is going to be one of ${named(event)}`;
    case "keyWaits":
      return "the key signed; say yes at the other terminal";
    case "keyJoined":
      return `${event.name} (${event.deviceId}) is a ${deviceWords[event.device]} of ${event.userId} now${
        event.keyFile === undefined ? "" : `: ${event.keyFile}`
      }; sign in with it as with any other`;
    case "renamed":
      return `others see you as ${named(event)} from now on`;
    case "recoveryCode":
      return `read this code to an administrator, in person or over the telephone, ${lasting(event.until, nowMs)}: ${event.code}`;
    case "person":
      return `${event.userId} (${event.displayName})${event.reachable ? ", reachable" : ""}: ${event.keys
        .map(
          ({ deviceId, name, revoked }) =>
            `${deviceId}${name === "" ? "" : ` ${name}`}${revoked ? " REVOKED" : ""}`,
        )
        .join(", ")}${event.refused === undefined ? "" : `; not accepted here: ${event.refused}`}`;
    case "recoveryAsked":
      return `asks to be recovered: ${event.userId}, with ${event.name === event.userId ? "" : `${event.name}, `}a ${deviceWords[event.device]}`;
    case "administratorAccepted":
      return `accepted ${event.userId} as an administrator`;
    case "recoverySigned":
      return `signed: ${event.userId} has a new key now, and none of the former ones counts any more`;
    case "appointed":
      return `${event.userId} administers from now on`;
    case "dismissed":
      return `${event.userId} administers no more`;
    case "inviteCode":
      return event.code;
    case "keyNamed":
      return `${event.deviceId} is called ${event.name} from now on`;
    case "keyRevoked":
      return `revoked ${event.name === undefined ? event.deviceId : `${event.name} (${event.deviceId})`}: it counts no more`;
    case "signedOut":
      return `signed out: ${signedOutWords(event.reason).happened}`;
    case "released":
      return `released: calls to ${event.userId} do not ring here any more`;
    case "ringing": {
      const { from, inCall, others, startedBy } = event;
      const there = startedBy === undefined ? [] : others.filter(({ state }) => state === "joined");
      // Of a call that goes on, who has gone or did not come is not told of.
      const called = startedBy === undefined ? others : others.filter(({ state }) => isOnTheWay(state));
      const more = called.length === 0 ? "" : `, to ${called.map(named).join(", ")} as well`;
      const inIt =
        there.length === 0
          ? ""
          : ` and ${there.map(named).join(", ")} ${there.length === 1 ? "is" : "are"} in`;
      const into = startedBy === undefined ? "" : `, into a call that ${named(startedBy)} started${inIt}`;
      return `${named(from)} ${inCall === true ? "is calling you" : "calls"}: ${verifiedWords(from.verifiedBy)}${into}${more}`;
    }
    case "ringEnded":
      return `the call of ${event.from} does not ring any more`;
    case "answeredElsewhere":
      return answeredWords({ ...event, device: { ...event, kind: event.device, name: event.name ?? "" } });
    case "answering":
      return `answering ${event.from}`;
    case "declining":
      return `declining ${event.from}, who is not to be answered here`;
    case "ignoring":
      return `leaving the call of ${event.from} to ring, who is not to be answered here`;
    case "missed": {
      const into =
        event.startedBy === undefined ? "" : `, into a call that ${named(event.startedBy)} started`;
      const when = dateAndTime(Date.parse(event.calledAt));
      return `missed: ${named(event.from)} called on ${when}: ${verifiedWords(event.from.verifiedBy)}${into}`;
    }
    case "joinable":
      return `a call of ${named(event.from)} goes on without you`;
    case "elsewhere":
      return `you are in a call ${event.device === undefined ? "where this key was before" : `at another terminal, with ${event.name ?? `a ${deviceWords[event.device]}`}`}: signet move goes on with it here`;
    case "moving":
      return "moving the call here: you go on at the other terminal until this one is connected";
    case "moved":
      return `${named(event)} goes on at another terminal${event.otherDevice ? `, with another key of theirs${event.verifiedBy === undefined ? "" : ` (${deviceWords[event.verifiedBy.device]})`}` : ""}`;
    case "held":
      return "your key is signed in at another terminal: the call goes on here until you move it there, for a minute at most";
    case "clock":
      return clockLine(event.offSeconds);
    case "passedOver":
      return "what the server says is in part of another version of Signet: it was passed over";
    case "calling":
      return `calling ${event.userIds.join(", ")}`;
    case "joining":
      return "joining: getting the group key";
    case "member":
      return event.waiting === true
        ? `${named(event)}: ${waitingLabel()}`
        : `${named(event)} ${memberStatePredicate(event.state, event.code)}`;
    case "joined":
      return event.verifiedBy === undefined
        ? "in the call, end-to-end encrypted"
        : `${named(event)} joined: ${verifiedWords(event.verifiedBy)}`;
    case "invited":
      return `${named(event)} was invited into the call by ${event.by}, signed`;
    case "removed":
      return `${named(event)} was put out of the call${event.by === undefined ? "" : ` by ${event.by}, signed`}`;
    case "host":
      return event.self ? "you are the host of the call now" : `${named(event)} is the host of the call now`;
    case "left":
      return `${named(event)} ${leaveReasonPredicate(event.reason ?? "left")}`;
    case "alone":
      return event.leavesAt === undefined
        ? "nobody else is in the call any more: leaving"
        : `nobody else is in the call any more: leaving at ${event.leavesAt} unless somebody comes back`;
    case "rejoined":
      return `this terminal ${rejoinedWords(event)}`;
    case "groupRefused":
      return refusalWords(event);
    case "rekeyed":
      return `new group key: epoch ${event.epoch}, safety code ${event.safetyCode}`;
    case "media":
      if (event.code !== undefined)
        return `no sound${event.status === "connecting" ? " yet" : ""}: ${wordsFor(event.code).message}`;
      if (event.status === "restarting")
        return "the encryption of the sound stopped and is started again: nothing is sent or heard until then";
      return event.status === "connected" ? "sound is connected" : undefined;
    case "way": {
      const advice = soundAdviceWords(event);
      return advice === undefined ? undefined : `sound goes ${soundRouteWords(event.by)}: ${advice}`;
    }
    case "network": {
      const name = event.self ? undefined : named(event);
      const { happened, next } = poorNetworkWords(name);
      return event.poor ? inOneLine(happened, next) : betterNetworkWords(name);
    }
    case "reconnecting":
      return `${named(event)}: ${event.reconnecting ? "" : "no longer "}${reconnectingLabel()}`;
    case "microphone":
      if (event.code !== undefined) return `you are not heard: ${lineFor(event.code)}`;
      if (event.silent === true) return `you are not heard: ${silentMicrophone}`;
      return event.status === "muted" ? "you are muted" : undefined;
    case "speaker": {
      if (event.code === undefined) return "you hear the others: the loudspeaker is there";
      const { hint, message } = wordsFor(event.code);
      const detail = event.detail === undefined ? "" : ` (${event.detail})`;
      return `you hear nobody: ${inOneLine(`${message}${detail}`, hint)}`;
    }
    case "ended":
      return `the call is over after ${clockDuration(event.seconds * 1_000)}: ${
        event.code === undefined ? endSentence(event) : wordsFor(event.code).message
      }`;
    case "halfDuplex":
      return "your microphone is held back while others are heard, so that they do not hear themselves; with headphones give --echo off";
    case "recording":
      return `recording to ${event.file}`;
    case "recorded":
      return `recorded ${event.file}`;
    case "warning":
      return `warning${event.userId === undefined ? "" : ` about ${event.userId}`}: ${inOneLine(
        `${event.message}${event.detail === undefined ? "" : ` (${event.detail})`}${
          event.deviceId === undefined ? "" : ` (their key now: ${event.deviceId})`
        }${administratorKeys(event)}${recoveryOf(event)}`,
        event.hint,
      )}`;
    case "historyContinued":
      return changesOf(event, event.self ? event.userId : undefined).join("; ");
    case "stateSigned":
    case "speaking":
    case "error":
      return undefined;
  }
}

/** What would count once they are accepted, and what to say so with. */
function administratorKeys({
  head,
  keys,
  userId,
}: Extract<CommandEvent, { readonly event: "warning" }>): string {
  if (keys === undefined || userId === undefined || head === undefined) return "";
  const each = keys.map((key) => administratorKeyWords(key, userId));
  return ` (their keys: ${each.join(", ")}; --trust-administrator ${userId}=${head})`;
}

/** Of a key that changed by an administrator's word. */
function recoveryOf({ happened = [], userId }: Extract<CommandEvent, { readonly event: "warning" }>): string {
  if (userId === undefined || happened.length === 0) return "";
  return ` (${changesOf({ happened, userId }, undefined).join("; ")})`;
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
          ...(lastUsedAt === undefined ? [] : [`last used on ${day(lastUsedAt)}`]),
          ...(signedIn ? ["signed in here"] : []),
          ...(elsewhere === undefined
            ? []
            : [
                `signed in elsewhere since ${day(elsewhere.since)}${elsewhere.connected ? "" : ", away now"}, says the server`,
              ]),
        ]
      : [`REVOKED on ${day(revoked.at)} by ${signer(revoked.by)}: ${revoked.why}`];
  return `${deviceId}  ${[name ?? "without a name", deviceWords[device], since, ...now].join(", ")}`;
}

function clockLine(offSeconds: number): string {
  if (offSeconds === 0) return "this clock agrees with the server's again";
  const off = `${clockDuration(Math.abs(offSeconds) * 1_000)} ${offSeconds > 0 ? "behind" : "ahead of"}`;
  return `warning: this clock is ${off} the server's, and signatures hold only at the right time: calls may not ring; set it`;
}

const isOnTheWay = (state: MemberState): boolean => state !== "joined" && !isGone(state);

function endSentence({ reason, signed, userId }: CommandEvent & { readonly event: "ended" }): string {
  const words = endWords[reason];
  if (reason === "removed") {
    const by = userId === undefined ? ", without the host's signature" : ` by ${userId}, signed`;
    return inOneLine(`${words}${by}`, removalHint(userId !== undefined));
  }
  if (reason !== "ended" || signed === undefined) return words;
  return `${words}, ${signed ? "signed by the initiator" : "without the initiator's signature"}`;
}
