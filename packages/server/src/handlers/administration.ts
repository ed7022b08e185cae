/** What administrators ask for: who there is, who wants to be recovered, and codes with which people register. */
import { clockToleranceMs, verifyDeviceProof } from "@signet/device";
import { decodeTranscript, encodeMessage } from "@signet/protocol";
import type { ErrorCode, PersonState, UserId } from "@signet/protocol";

import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { withoutCertificates } from "./sign-in.ts";

/** Of a reply: a page of people ends there, and holds one of them at least. */
const pageBytes = 262_144;
const pagePeople = 64;

export const administrators: Handler<"directory.administrators"> = async (
  { administration, directory },
  _from,
  { userId },
  respond,
) => {
  const registered = await Promise.all(
    administration.named.map(async (one) => ((await directory.personOf(one)) === undefined ? [] : [one])),
  );
  const named = registered.flat();
  const person = userId === undefined ? undefined : await directory.personOf(userId);
  if (person === undefined || !administration.everAdministered(person)) return respond(accept({ named }));
  respond(accept({ named, entry: withoutCertificates(person.history) }));
};

/** Whether who is signed in administers now. */
async function refusalOf(
  { administration, directory }: Services,
  userId: UserId,
): Promise<ErrorCode | undefined> {
  const person = await directory.personOf(userId);
  return person !== undefined && administration.administers(person) ? undefined : "admin.notAdministrator";
}

export const adminPeople: Handler<"admin.people", SignedInAsker> = async (
  services,
  { session },
  { after },
  respond,
) => {
  const { directory, sessions, store } = services;
  const refusal = await refusalOf(services, session.stored.userId);
  if (refusal !== undefined) return respond(refuse(refusal));
  const userIds = await store.userIdsAfter(after ?? "", pagePeople + 1);
  const people: PersonState[] = [];
  let bytes = 0;
  for (const userId of userIds.slice(0, pagePeople)) {
    const entry = (await directory.personOf(userId))?.history;
    const person = {
      userId,
      reachable: sessions.isReachable(userId),
      ...(entry === undefined ? {} : { entry }),
    };
    bytes += encodeMessage(person).length;
    if (people.length > 0 && bytes > pageBytes) break;
    people.push(person);
  }
  respond(accept({ people, isLast: people.length === userIds.length }));
};

export const adminRecoveries: Handler<"admin.recoveries", SignedInAsker> = async (
  services,
  { session },
  _body,
  respond,
) => {
  const refusal = await refusalOf(services, session.stored.userId);
  if (refusal !== undefined) return respond(refuse(refusal));
  respond(accept({ recoveries: services.recoveries.all.map(({ asked }) => asked) }));
};

export const adminInvite: Handler<"admin.invite", SignedInAsker> = async (
  services,
  { connection, session },
  { proof },
  respond,
) => {
  const { clock, directory, log, originOf, sessions, store } = services;
  const { userId } = session.stored;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "admit") return respond(refuse("proof.purpose"));
  const nowMs = clock();
  const { codeHash, issuedAtMs, serverChallenge } = transcript;
  const opened = connection.challenges.take("history", serverChallenge, nowMs);
  if (!opened.ok) return respond(opened);
  if (opened.use.userId !== userId) return respond(refuse("proof.challenge"));
  if (Math.abs(nowMs - issuedAtMs) > clockToleranceMs) return respond(refuse("proof.time"));
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const expected = { purpose: "admit", serverOrigin: originOf(), person, time: { nowMs } } as const;
  const verified = await verifyDeviceProof(proof, expected);
  if (!verified.ok) return respond(verified);
  const refusal = await refusalOf(services, userId);
  if (refusal !== undefined) return respond(refuse(refusal));
  if (codeHash.length !== 32) return respond(refuse("registration.inviteInvalid"));
  if (sessions.at(connection) !== session) return respond(refuse("auth.bindingGone"));
  if (!services.statements.take(userId)) return respond(refuse("protocol.askedTooMuch"));
  await store.addInvites([codeHash], nowMs);
  log.info({ userId }, "an administrator made an invite code");
  respond(accept({}));
};
