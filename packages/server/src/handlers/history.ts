/** Statements by which people continue their key histories, or an administrator somebody else's: devices that come in or go, names, certificates. */
import { clockToleranceMs, headOf } from "@signet/device";
import { decodeTranscript, DeviceAlgorithm, equalBytes, UserId } from "@signet/protocol";
import type { ErrorCode, RequestBody, StatementIn } from "@signet/protocol";

import { verifyCreation } from "../registry/webauthn-creation.ts";
import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import { appendStatement, isOfHistory } from "./append-statement.ts";
import type { HistoryTranscript } from "./append-statement.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const historyBegin: Handler<"history.begin", SignedInAsker> = (
  { clock, limits },
  { connection, session },
  _body,
  respond,
) => {
  const { userId } = session.stored;
  respond(accept(connection.challenges.give({ type: "history", userId }, clock(), limits.challengeMs)));
};

export const historyAppend: Handler<"history.append", SignedInAsker> = async (
  services,
  { connection, session },
  body,
  respond,
) => {
  const { directory, sessions, statements } = services;
  const { userId } = session.stored;
  const [proof] = body.statement.proofs;
  const transcript = proof === undefined ? undefined : decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (!isOfHistory(transcript)) return respond(refuse("proof.purpose"));
  const refusal =
    freshness(services, { connection, session }, transcript) ??
    (await authority(services, userId, transcript));
  if (refusal !== undefined) return respond(refuse(refusal));
  const subject = UserId.safeParse(transcript.userId);
  const person = subject.success ? await directory.personOf(subject.data) : undefined;
  if (person === undefined) return respond(refuse("user.unknown"));
  const whole = await withCreation(services, transcript, body);
  if (!whole.ok) return respond(whole);
  const refused = await appendStatement(services, {
    person,
    transcript,
    statement: whole.statement,
    asker: connection,
    refusalAtLast: () => {
      // Signed out, or revoked, meanwhile.
      if (sessions.at(connection) !== session) return "auth.bindingGone";
      // Whoever lost a device does not wait.
      const isUrgent = urgent.has(transcript.purpose);
      return isUrgent || statements.take(userId) ? undefined : "protocol.askedTooMuch";
    },
    respond: (entry) => respond(accept({ entry })),
  });
  if (refused !== undefined) respond(refuse(refused));
};

const urgent: ReadonlySet<HistoryTranscript["purpose"]> = new Set(["revoke-device", "recover", "dismiss"]);

/** Whether it answers a challenge of this person's over this connection, now. */
export function freshness(
  { clock }: Services,
  { connection, session }: Pick<SignedInAsker, "connection" | "session">,
  { issuedAtMs, serverChallenge }: Pick<HistoryTranscript, "issuedAtMs" | "serverChallenge">,
): ErrorCode | undefined {
  const nowMs = clock();
  const opened = connection.challenges.take("history", serverChallenge, nowMs);
  if (!opened.ok) return opened.code;
  // Somebody else may have signed in over this connection meanwhile.
  if (opened.use.userId !== session.stored.userId) return "proof.challenge";
  return Math.abs(nowMs - issuedAtMs) > clockToleranceMs ? "proof.time" : undefined;
}

/**
 * Whose history somebody may continue: their own and, as an administrator of now, with the latest of their own history, anybody else's. That a
 * history stands for ever with what was signed earlier is the fold's to see.
 */
export async function authority(
  { administration, directory }: Services,
  userId: UserId,
  transcript: HistoryTranscript,
): Promise<ErrorCode | undefined> {
  const administrator = "administrator" in transcript ? transcript.administrator : "";
  if (administrator === "") return transcript.userId === userId ? undefined : "proof.user";
  if (administrator !== userId) return "history.administrator";
  const own = await directory.personOf(userId);
  if (own === undefined || !administration.administers(own)) return "admin.notAdministrator";
  const named = "administratorHead" in transcript ? transcript.administratorHead : new Uint8Array();
  return equalBytes(named, headOf(own)) ? undefined : "admin.head";
}

/** Key handle and attestation are by the authenticator's own word, and never by the terminal's: nobody signs them. */
async function withCreation(
  { clock, originOf }: Services,
  transcript: HistoryTranscript,
  { statement, webauthn }: RequestBody<"history.append">,
): Promise<
  { readonly ok: true; readonly statement: StatementIn } | { readonly ok: false; readonly code: ErrorCode }
> {
  const isWebAuthn = "newDeviceKind" in transcript && transcript.newDeviceKind === "webauthn";
  const isSaid = statement.credentialId !== undefined || statement.attestation !== undefined;
  if (isSaid || isWebAuthn !== (webauthn !== undefined)) return refuse("registration.attestation");
  if (webauthn === undefined || !("newDeviceKind" in transcript)) return { ok: true, statement };
  const algorithm = DeviceAlgorithm.safeParse(transcript.newDeviceAlgorithm);
  if (!algorithm.success) return refuse("history.newDevice");
  const created = await verifyCreation(webauthn, {
    serverOrigin: originOf(),
    challenge: transcript.serverChallenge,
    publicKey: transcript.newDevicePublicKey,
    algorithm: algorithm.data,
    nowMs: clock(),
  });
  if (!created.ok) return created;
  const { credentialId } = webauthn;
  const attestation = created.attestation === undefined ? {} : { attestation: created.attestation };
  return { ok: true, statement: { ...statement, credentialId, ...attestation } };
}
