import { clockToleranceMs, verifyBinding, verifyDeviceProof, verifyTerminalProof } from "@signet/device";
import type { Binding } from "@signet/device";
import { decodeTranscript, equalBytes, isGuestId, loggable, UserId } from "@signet/protocol";
import type { DirectoryEntryIn, ErrorCode } from "@signet/protocol";

import { elsewhereOf } from "../call/elsewhere.ts";
import { isReadable } from "../call/readable.ts";
import { isSameHolder } from "../registry/sessions.ts";
import type { Session } from "../registry/sessions.ts";
import type { Services } from "../services.ts";
import type { StoredBinding } from "../store/store.ts";
import { accept, refuse } from "../ws/answer.ts";
import { admitCertified, certifiedDevices, writeSignIn } from "./certified-sign-in.ts";
import type { Written } from "./certified-sign-in.ts";
import type { Asker, Handler } from "./handler.ts";

export const challenge: Handler<"session.challenge"> = (
  { clock, limits },
  { connection },
  _body,
  respond,
) => {
  respond(accept(connection.challenges.give({ type: "session" }, clock(), limits.challengeMs)));
};

export const signInBegin: Handler<"sign-in.begin"> = async (
  services,
  { connection },
  { userId },
  respond,
) => {
  const { clock, directory, limits } = services;
  // Their key is for one page, and none of their sign-ins is kept.
  if (isGuestId(userId)) return respond(refuse("guest.notAllowed"));
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const given = connection.challenges.give({ type: "sign-in", userId }, clock(), limits.challengeMs);
  // Anybody may ask this, and a certificate can hold a name, an address and a number of the state's.
  const certified = await certifiedDevices(person);
  respond(accept({ ...given, entries: [withoutCertificates(person.history)], certified }));
};

export const signInFinish: Handler<"sign-in.finish"> = async (services, from, body, respond) => {
  const { clock, directory, metrics, originOf } = services;
  const { proof, certify } = body;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "sign-in") return respond(refuse("proof.purpose"));
  // What was signed before there were histories binds on, but is not signed any more.
  if (transcript.head.length === 0) return respond(refuse("history.head"));
  const { serverChallenge } = transcript;
  const opened = from.connection.challenges.take("sign-in", serverChallenge, clock());
  if (!opened.ok) return respond(opened);
  const { userId } = opened.use;
  const obstacle = signInObstacle(services, from, userId);
  if (obstacle !== undefined) return respond(refuse(obstacle));
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));

  const nowMs = clock();
  const { terminalId, terminalKey } = from;
  const fields = { serverChallenge, terminalId, terminalKey };
  const result = await verifyBinding(proof, { serverOrigin: originOf(), person, nowMs, fields });
  if (!result.ok) return respond(result);
  const { binding } = result;
  if (Math.abs(nowMs - binding.issuedAtMs) > clockToleranceMs) return respond(refuse("proof.time"));
  if (binding.expiresAtMs > nowMs + services.limits.bindingMs + clockToleranceMs)
    return respond(refuse("proof.lifetime"));
  const made = { person, binding, serverChallenge, nowMs };
  const admitted = await admitCertified(services, made, certify);
  if (!admitted.ok) return respond(admitted);
  const stored = storedBinding(binding);
  const write = async (): Promise<Written> => {
    const { renewal } = admitted;
    const written = await writeSignIn(services, { person, stored, renewal, asker: from.connection });
    if (!written.ok) return written;
    metrics.signIns.inc({ kind: binding.device.kind });
    services.log.info({ userId, terminal: loggable(terminalId) }, "signed in");
    return written;
  };
  await completeSignIn(services, from, { stored, binding }, write, respond);
};

/** Proves that the binding goes on, on a new connection: after a lost one, or after a restart of the server. */
export const resume: Handler<"session.resume"> = async (services, from, { proof }, respond) => {
  const { clock, directory, originOf, sessions } = services;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "resume") return respond(refuse("proof.purpose"));
  const { serverChallenge } = transcript;
  const opened = from.connection.challenges.take("session", serverChallenge, clock());
  if (!opened.ok) return respond(opened);
  const session = sessions.atTerminal(from.terminalId);
  const nowMs = clock();
  if (session === undefined && sessions.wasRevokedAt(from.terminalId))
    return respond(refuse("history.deviceRevoked"));
  if (session === undefined || nowMs >= session.stored.expiresAtMs)
    return respond(refuse("auth.bindingGone"));
  if (!equalBytes(session.stored.terminalKey, from.terminalKey)) return respond(refuse("auth.terminalInUse"));
  if (isOtherUser(services, from, session.stored.userId)) return respond(refuse("auth.alreadySignedIn"));
  const binding = await sessions.bindingOf(session);
  const entry = (await directory.personOf(session.stored.userId))?.history;
  if (binding === undefined || entry === undefined) return respond(refuse("auth.bindingGone"));
  const expected = {
    purpose: "resume",
    serverOrigin: originOf(),
    binding,
    time: { nowMs },
    fields: { serverChallenge },
  } as const;
  const result = await verifyTerminalProof(proof, expected);
  if (!result.ok) return respond(result);
  // It may have been taken over while the signature was checked.
  if (sessions.atTerminal(from.terminalId) !== session) return respond(refuse("auth.bindingGone"));
  sessions.attach(session, from.connection);
  respond(accept(signedIn(services, from, session, entry)));
  sessions.announceConnected(session);
};

export const release: Handler<"binding.release"> = async (services, { connection }, { proof }, respond) => {
  const { clock, directory, originOf, sessions } = services;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "release") return respond(refuse("proof.purpose"));
  const { serverChallenge, terminalId, userId } = transcript;
  const opened = connection.challenges.take("session", serverChallenge, clock());
  if (!opened.ok) return respond(opened);
  const who = UserId.safeParse(userId);
  if (!who.success) return respond(refuse("proof.user"));
  const session = sessions.of(who.data).find(({ stored }) => stored.terminalId === terminalId);
  // Wherever else they are: it was taken over, or ended, while this word was on its way.
  if (session === undefined) return respond(refuse("auth.bindingGone"));

  const nowMs = clock();
  const common = {
    purpose: "release",
    serverOrigin: originOf(),
    time: { nowMs },
    fields: { serverChallenge },
  } as const;
  if (proof.signature.kind === "terminal") {
    const binding = await sessions.bindingOf(session);
    if (binding === undefined) return respond(refuse("auth.bindingGone"));
    const result = await verifyTerminalProof(proof, { ...common, binding });
    if (!result.ok) return respond(result);
  } else {
    const person = await directory.personOf(who.data);
    if (person === undefined) return respond(refuse("user.unknown"));
    const result = await verifyDeviceProof(proof, { ...common, person });
    if (!result.ok) return respond(result);
  }
  await sessions.release(session, "released");
  await services.pushes.signedOut(who.data, session.stored.terminalId);
  services.log.info({ userId, terminal: loggable(terminalId) }, "released");
  respond(accept({}));
};

/** For strangers: all that says which devices may sign. */
export function withoutCertificates({
  certificates: _,
  statements,
  ...entry
}: DirectoryEntryIn): DirectoryEntryIn {
  return { ...entry, statements: statements.map(({ certificates: _named, ...statement }) => statement) };
}

/** What stands in the way of binding this user to this terminal, apart from the proof. */
export function signInObstacle(services: Services, from: Asker, userId: UserId): ErrorCode | undefined {
  if (!from.connection.isTerminalProven) return "auth.terminalUnproven";
  if (isOtherUser(services, from, userId)) return "auth.alreadySignedIn";
  const there = services.sessions.atTerminal(from.terminalId);
  if (there === undefined) return undefined;
  const { terminalKey } = from;
  return isSameHolder(there.stored, { userId, terminalKey }) ? undefined : "auth.terminalInUse";
}

function isOtherUser({ sessions }: Services, { connection }: Asker, userId: UserId): boolean {
  const session = sessions.at(connection);
  return session !== undefined && session.stored.userId !== userId;
}

export function storedBinding(binding: Binding): StoredBinding {
  const { userId, deviceId, terminalId, terminalKey, expiresAtMs, proof } = binding;
  return { userId, deviceId, terminalId, terminalKey, expiresAtMs, proof: proof.raw };
}

/**
 * What registration and sign-in have in common once the proof holds.
 * @param write makes the binding durable, and gives the history that it stands in; or the code with which it is refused
 */
export async function completeSignIn(
  services: Services,
  from: Asker,
  made: { readonly stored: StoredBinding; readonly binding: Binding },
  write: () => Promise<Written>,
  respond: Parameters<Handler<"sign-in.finish">>[3],
): Promise<void> {
  const { sessions } = services;
  // The terminal may have become somebody else's while the proof was checked.
  const endClaim = sessions.claim(made.stored);
  if (endClaim === undefined) return respond(refuse("auth.terminalInUse"));
  let entry: DirectoryEntryIn;
  try {
    const written = await write();
    if (!written.ok) return respond(written);
    ({ entry } = written);
    sessions.bound(made.stored, made.binding, from.connection);
  } finally {
    endClaim();
  }
  const session = sessions.atTerminal(made.stored.terminalId);
  if (session?.stored !== made.stored) return respond(refuse("auth.bindingGone"));
  respond(accept(signedIn(services, from, session, entry)));
  sessions.announceConnected(session);
  void services.signatureCounts.note(session.stored.userId, made.binding.proof);
}

/** Nobody is kept out for having asked for too much; the list of their calls, which is nearly all of the reply, then waits for the next one. */
function signedIn(
  { calls, replies, sessions }: Services,
  { connection }: Asker,
  session: Session,
  entry: DirectoryEntryIn,
) {
  const { userId, expiresAtMs, terminalId } = session.stored;
  if (!replies.hasAny(userId)) return { entry, expiresAtMs, calls: [] };
  const found = calls.running
    .statesOf(userId)
    .map((state) => elsewhereOf(state, { userId, terminalId }, sessions));
  const elsewhere = found.find((one) => one !== undefined && isReadable(one.call, connection));
  return {
    entry,
    expiresAtMs,
    calls: calls.running.invitesFor(userId).filter((call) => isReadable(call, connection)),
    ...(elsewhere === undefined ? {} : { elsewhere }),
  };
}
