/** Whoever lost all their devices asks with a new one, at a terminal where nobody is signed in; an administrator signs, and then that device. */
import { deviceIdOf } from "@signet/device";
import { decodeTranscript, equalBytes, loggable, UserId } from "@signet/protocol";
import type { ErrorCode, RequestBody, StatementIn } from "@signet/protocol";

import { verifyCreation } from "../registry/webauthn-creation.ts";
import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import { appendStatement } from "./append-statement.ts";
import { authority, freshness } from "./history.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { withoutCertificates } from "./sign-in.ts";

export const recoveryBegin: Handler<"recovery.begin"> = async (
  services,
  { connection },
  { userId },
  respond,
) => {
  const { clock, directory, limits } = services;
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const given = connection.challenges.give({ type: "recovery", userId }, clock(), limits.challengeMs);
  respond(accept({ ...given, entry: withoutCertificates(person.history) }));
};

export const recoveryAsk: Handler<"recovery.ask"> = async (services, from, body, respond) => {
  const { directory, log, recoveries } = services;
  const { connection, terminalId } = from;
  const { device, userId } = body;
  // Else somebody else's terminal could take over what this one asked for.
  if (!connection.isTerminalProven) return respond(refuse("auth.terminalUnproven"));
  const deviceId = await deviceIdOf(device.publicKey);
  const known = recoveries.of(deviceId);
  let beside: Pick<StatementIn, "credentialId" | "attestation"> = {};
  if (known === undefined) {
    const created = await newDeviceFacts(services, connection, body);
    if (!created.ok) return respond(created);
    ({ beside } = created);
    if ((await directory.personOf(userId)) === undefined) return respond(refuse("user.unknown"));
  }
  const asked = recoveries.ask(
    { userId, ...device },
    { deviceId, terminalId, beside, endpoint: connection, address: connection.addressName() },
  );
  if (!asked.ok) return respond(asked);
  log.info({ userId, device: loggable(deviceId) }, "a recovery is asked for");
  respond(accept({ expiresAtMs: asked.expiresAtMs }));
  const recovery = recoveries.of(deviceId);
  if (recovery !== undefined) recoveries.tell(recovery);
};

type Made =
  | { readonly ok: true; readonly beside: Pick<StatementIn, "credentialId" | "attestation"> }
  | { readonly ok: false; readonly code: ErrorCode };

/** What the authenticator says of a device that is asked for the first time. */
async function newDeviceFacts(
  { clock, originOf }: Services,
  connection: Parameters<typeof recoveryAsk>[1]["connection"],
  { challenge, device, userId, webauthn }: RequestBody<"recovery.ask">,
): Promise<Made> {
  const opened = connection.challenges.take("recovery", challenge, clock());
  if (!opened.ok) return opened;
  if (opened.use.userId !== userId) return refuse("proof.user");
  if ((device.kind === "webauthn") !== (webauthn !== undefined)) return refuse("registration.attestation");
  if (webauthn === undefined) return { ok: true, beside: {} };
  const { algorithm, publicKey } = device;
  const expected = { serverOrigin: originOf(), challenge, publicKey, algorithm, nowMs: clock() };
  const created = await verifyCreation(webauthn, expected);
  if (!created.ok) return created;
  const attestation = created.attestation === undefined ? {} : { attestation: created.attestation };
  return { ok: true, beside: { credentialId: webauthn.credentialId, ...attestation } };
}

export const adminRecover: Handler<"admin.recover", SignedInAsker> = async (
  services,
  { connection, session },
  { proof },
  respond,
) => {
  const { directory, recoveries, sessions } = services;
  const { userId } = session.stored;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "recover") return respond(refuse("proof.purpose"));
  const refusal =
    freshness(services, { connection, session }, transcript) ??
    (await authority(services, userId, transcript));
  if (refusal !== undefined) return respond(refuse(refusal));
  const recovery = recoveries.of(transcript.newDeviceId);
  if (recovery === undefined || recovery.asked.userId !== transcript.userId)
    return respond(refuse("recovery.gone"));
  const person = await directory.personOf(recovery.asked.userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  if (person.digests.length !== transcript.sequence) return respond(refuse("history.sequence"));
  if (sessions.at(connection) !== session) return respond(refuse("auth.bindingGone"));
  recoveries.approve(recovery, { proof, entry: withoutCertificates(person.history) });
  respond(accept({}));
};

export const recoveryFinish: Handler<"recovery.finish"> = async (services, from, body, respond) => {
  const { directory, recoveries } = services;
  const { connection, terminalId } = from;
  const [signed, ...own] = body.statement.proofs;
  const transcript = signed === undefined ? undefined : decodeTranscript(signed.transcript);
  if (signed === undefined || transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "recover") return respond(refuse("proof.purpose"));
  const recovery = recoveries.of(transcript.newDeviceId);
  if (recovery?.approved === undefined || recovery.terminalId !== terminalId)
    return respond(refuse("recovery.gone"));
  if (!connection.isTerminalProven) return respond(refuse("auth.terminalUnproven"));
  const { proof } = recovery.approved;
  // Only that was seen to be fresh.
  if (!equalBytes(proof.transcript, signed.transcript)) return respond(refuse("proof.challenge"));
  // What the administrator signed, as they sent it; key handle and attestation are the authenticator's own word.
  const { credentialId, attestation, certificates } = body.statement;
  if ((credentialId ?? attestation ?? certificates) !== undefined)
    return respond(refuse("registration.attestation"));
  const person = await directory.personOf(recovery.asked.userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  // Whoever approved it may administer no more, or by another device.
  const refusal = await authority(services, UserId.parse(transcript.administrator), transcript);
  if (refusal !== undefined) return respond(refuse(refusal));
  const refused = await appendStatement(services, {
    person,
    transcript,
    statement: { proofs: [proof, ...own], ...recovery.beside },
    asker: connection,
    refusalAtLast: () => undefined,
    respond: (entry) => {
      recoveries.done(transcript.newDeviceId);
      respond(accept({ entry: withoutCertificates(entry) }));
    },
  });
  if (refused !== undefined) respond(refuse(refused));
};

export const recoveryClose: Handler<"recovery.close"> = (
  { recoveries },
  { connection, terminalId },
  _body,
  respond,
) => {
  // Else anybody could give up for others: terminal IDs are no secrets.
  if (!connection.isTerminalProven) return respond(refuse("auth.terminalUnproven"));
  recoveries.givenUp(terminalId);
  respond(accept({}));
};
