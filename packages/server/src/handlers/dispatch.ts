import { formatVerifierKey } from "@signet/directory";
import { hasNeededFeatures, isGuestId, maxMessageBytes, ownFeatures } from "@signet/protocol";
import type { ReplyBody, RequestType, TerminalRequest } from "@signet/protocol";

import type { Session } from "../registry/sessions.ts";
import type { Services } from "../services.ts";
import { software } from "../software.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Answer } from "../ws/answer.ts";
import type { Connection } from "../ws/connection.ts";
import { administrators, adminInvite, adminPeople, adminRecoveries } from "./administration.ts";
import * as call from "./call.ts";
import * as callList from "./call-list.ts";
import { documentGet, documentPut } from "./document.ts";
import type { Asker, Handler, SignedInAsker } from "./handler.ts";
import { guestOpen, letIn, vouch } from "./guest.ts";
import { directoryConsistency, directoryProofs, openProofs } from "./directory-proofs.ts";
import { historyAppend, historyBegin } from "./history.ts";
import { flow, offer, probe, probeEnd, relays } from "./media.ts";
import { lookup } from "./people.ts";
import { choose, watch } from "./presence.ts";
import { missedGet, missedTaken } from "./missed.ts";
import * as message from "./voice-messages.ts";
import { blockGet, blockSet } from "./block.ts";
import { pairingClose, pairingEnter, pairingOpen, pairingSend } from "./pairing.ts";
import { lastFrame } from "./last-frame.ts";
import { spoke } from "./spoke.ts";
import { microphone, microphones } from "./microphone.ts";
import { askPresent, present } from "./present.ts";
import { pictureGet, pictureSet } from "./picture.ts";
import { pushKey, pushSubscribe, pushUnsubscribe } from "./push.ts";
import { adminRecover, recoveryAsk, recoveryBegin, recoveryClose, recoveryFinish } from "./recovery.ts";
import { registerBegin, registerFinish } from "./register.ts";
import { listBindings } from "./list-bindings.ts";
import { challenge, release, resume, signInBegin, signInFinish } from "./sign-in.ts";
import { prove } from "./terminal-key.ts";
import { say, saidSince } from "./words.ts";

type AnonymousType =
  | "session.challenge"
  | "session.prove"
  | "session.resume"
  | "session.ping"
  | "register.begin"
  | "register.finish"
  | "sign-in.begin"
  | "sign-in.finish"
  | "binding.release"
  | "pairing.enter"
  | "pairing.send"
  | "pairing.close"
  | "recovery.begin"
  | "recovery.ask"
  | "recovery.finish"
  | "recovery.close"
  | "directory.administrators"
  | "directory.consistency";
type SignedInType = Exclude<RequestType, AnonymousType | "session.hello">;

const ping: Handler<"session.ping"> = ({ clock }, _from, _body, respond) =>
  respond(accept({ serverTimeMs: clock() }));

const anonymous: { readonly [T in AnonymousType]: Handler<T> } = {
  "session.challenge": challenge,
  "session.prove": prove,
  "session.resume": resume,
  "session.ping": ping,
  "register.begin": registerBegin,
  "register.finish": registerFinish,
  "sign-in.begin": signInBegin,
  "sign-in.finish": signInFinish,
  "binding.release": release,
  "pairing.enter": pairingEnter,
  "pairing.send": pairingSend,
  "pairing.close": pairingClose,
  "recovery.begin": recoveryBegin,
  "recovery.ask": recoveryAsk,
  "recovery.finish": recoveryFinish,
  "recovery.close": recoveryClose,
  "directory.administrators": administrators,
  "directory.consistency": directoryConsistency,
};

const signedIn: { readonly [T in SignedInType]: Handler<T, SignedInAsker> } = {
  "binding.list": listBindings,
  "history.begin": historyBegin,
  "history.append": historyAppend,
  "document.get": documentGet,
  "document.put": documentPut,
  "picture.set": pictureSet,
  "picture.get": pictureGet,
  "push.key": pushKey,
  "push.subscribe": pushSubscribe,
  "push.unsubscribe": pushUnsubscribe,
  "pairing.open": pairingOpen,
  "admin.people": adminPeople,
  "admin.recoveries": adminRecoveries,
  "admin.recover": adminRecover,
  "admin.invite": adminInvite,
  "directory.lookup": lookup,
  "directory.prove": directoryProofs,
  "presence.watch": watch,
  "presence.choose": choose,
  "call.request": call.request,
  "call.ringRefused": call.ringRefused,
  "call.join": call.join,
  "call.move": call.move,
  "call.moveEnd": call.moveEnd,
  "call.lastFrame": lastFrame,
  "call.spoke": spoke,
  "call.decline": call.decline,
  "call.leave": call.leave,
  "call.end": call.end,
  "call.invite": callList.invite,
  "call.remove": callList.remove,
  "call.host": callList.host,
  "guest.open": guestOpen,
  "call.vouch": vouch,
  "call.letIn": letIn,
  "call.list": callList.list,
  "call.askPresent": askPresent,
  "call.present": present,
  "call.microphone": microphone,
  "call.microphones": microphones,
  "call.say": say,
  "call.saidSince": saidSince,
  "call.commit": call.commit,
  "call.refuse": call.refuseJoiner,
  "call.judgeCommit": call.judgeCommit,
  "call.sync": call.sync,
  "call.groupInfo": call.groupInfo,
  "call.offerGroupInfo": call.offerGroupInfo,
  "call.refuseGiver": call.refuseGiver,
  "call.rejoin": call.rejoin,
  "media.offer": offer,
  "media.relays": relays,
  "media.flow": flow,
  "media.probe": probe,
  "media.probeEnd": probeEnd,
  "missed.get": missedGet,
  "missed.taken": missedTaken,
  "mailbox.put": message.putMailbox,
  "mailbox.of": message.mailboxesOf,
  "message.leave": message.leave,
  "message.list": message.list,
  "message.get": message.get,
  "message.delete": message.remove,
  "block.get": blockGet,
  "block.set": blockSet,
};

/**
 * What has replies that can be large: refused to who had their share of bytes. Nothing that leads out of a call, or takes away, is among
 * them.
 */
const asksForMuch: ReadonlySet<RequestType> = new Set<SignedInType>([
  "binding.list",
  "document.get",
  "directory.lookup",
  "directory.prove",
  "picture.get",
  "admin.people",
  "presence.watch",
  "call.request",
  "call.join",
  "call.invite",
  "call.list",
  "call.move",
  "call.sync",
  "call.groupInfo",
  "call.microphones",
  "call.saidSince",
  "missed.get",
  "mailbox.of",
  "message.list",
  "message.get",
  "block.get",
]);

/**
 * All that a terminal may say whose device was bound elsewhere, for the call that goes on there until it is moved: it gives what the move needs, says
 * how far it counted, or goes on no longer, and has proven to it who comes in.
 */
const ofHeld = [
  "call.offerGroupInfo",
  "call.lastFrame",
  "call.spoke",
  "call.moveEnd",
  "directory.prove",
] as const satisfies readonly SignedInType[];
const isOfHeld = (type: RequestType): type is (typeof ofHeld)[number] =>
  (ofHeld as readonly RequestType[]).includes(type);

/** All that a guest may say: what it takes to be in the one call, and nothing of who else is in it, or of other calls. */
const ofGuests: ReadonlySet<RequestType> = new Set<SignedInType>([
  "directory.lookup",
  "directory.prove",
  "call.ringRefused",
  "call.join",
  "call.decline",
  "call.leave",
  "call.lastFrame",
  "call.spoke",
  "call.list",
  "call.present",
  "call.microphone",
  "call.microphones",
  "call.say",
  "call.saidSince",
  "call.commit",
  "call.refuse",
  "call.judgeCommit",
  "call.sync",
  "call.groupInfo",
  "call.offerGroupInfo",
  "call.refuseGiver",
  "call.rejoin",
  "media.offer",
  "media.relays",
  "media.flow",
]);

/** Where no guests are let in, nothing of them exists. */
const aboutGuests: ReadonlySet<RequestType> = new Set<SignedInType>([
  "guest.open",
  "call.vouch",
  "call.letIn",
]);

/** Any of them; that body and answer fit the type is what {@link decodeRequest} and the tables see to. */
type AnyHandler<From extends Asker> = (
  services: Services,
  from: From,
  body: unknown,
  respond: (answer: Answer) => void,
) => Promise<void> | void;

const mayNotAskForMore = ({ replies }: Services, { stored }: Session, type: RequestType): boolean =>
  asksForMuch.has(type) && !replies.hasAny(stored.userId);

/** Hello first, then what needs no sign-in, then the rest. */
export async function dispatch(
  services: Services,
  connection: Connection,
  { type, body }: TerminalRequest,
  respond: (answer: Answer) => void,
): Promise<void> {
  services.metrics.requests.inc({ type });
  if (type === "session.hello") {
    if (connection.terminal !== undefined) return respond(refuse("protocol.helloRepeated"));
    const { terminalId, terminalKey, features } = body;
    // It would fail at its first call, by a message that it cannot read: this one every version can.
    if (!hasNeededFeatures(features)) return respond(refuse("protocol.version"));
    connection.terminal = { terminalId, terminalKey, features };
    return respond(accept(serverInfo(services)));
  }
  const { terminal } = connection;
  if (terminal === undefined) return respond(refuse("protocol.helloRequired"));
  const asker: Asker = { connection, ...terminal };
  if (isAnonymous(type)) {
    await (anonymous[type] as AnyHandler<Asker>)(services, asker, body, respond);
    return;
  }
  const session = services.sessions.at(connection);
  if (session === undefined) {
    const former = services.sessions.takenOverAt(connection);
    const handler = former === undefined || !isOfHeld(type) ? undefined : signedIn[type];
    if (former === undefined && type === "directory.prove") await openProofs(services, asker, body, respond);
    else if (former === undefined || handler === undefined) respond(refuse("auth.signInRequired"));
    else if (mayNotAskForMore(services, former, type)) respond(refuse("protocol.askedTooMuch"));
    else await (handler as AnyHandler<SignedInAsker>)(services, { ...asker, session: former }, body, respond);
  } else if (aboutGuests.has(type) && !services.letsGuestsIn) {
    respond(refuse("protocol.unknownType"));
  } else if (isGuestId(session.stored.userId) && !ofGuests.has(type)) {
    respond(refuse("guest.notAllowed"));
  } else if (mayNotAskForMore(services, session, type)) {
    respond(refuse("protocol.askedTooMuch"));
  } else {
    await (signedIn[type] as AnyHandler<SignedInAsker>)(services, { ...asker, session }, body, respond);
  }
}

const isAnonymous = (type: RequestType): type is AnonymousType => Object.hasOwn(anonymous, type);

const dayMs = 24 * 3_600_000;

function serverInfo(services: Services): ReplyBody<"session.hello"> {
  const { certificates, clock, directoryLog, echo, letsGuestsIn } = services;
  const { limits, originOf, registration, slots } = services;
  const { callMembers, ringMs, bindingMs } = limits;
  return {
    serverOrigin: originOf(),
    serverTimeMs: clock(),
    registration,
    limits: { callMembers, messageBytes: maxMessageBytes, slots, ringMs, bindingMs },
    ...(certificates === undefined ? {} : { certificates: certificates.accepted }),
    features: ownFeatures.filter((feature) => feature !== "guests" || letsGuestsIn),
    ...(echo === undefined ? {} : { echo }),
    about: {
      software,
      keepMissedDays: limits.keepMissedMs / dayMs,
      wakes: services.pushes.isOn,
      relays: services.relays.isOn,
    },
    ...(directoryLog.key === undefined ? {} : { logKey: formatVerifierKey(directoryLog.key) }),
  };
}
