/** Statements by which people continue their key histories: devices that come in or go, names, certificates. */
import {
  clockToleranceMs,
  countsNow,
  parseAuthenticatorData,
  sha256,
  verifyCertificates,
} from "@signet/device";
import type { Person } from "@signet/device";
import { decodeTranscript, DeviceAlgorithm, encodeMessage, loggable, nameFault } from "@signet/protocol";
import type { ErrorCode, RequestBody, StatementIn, Transcript, UserId } from "@signet/protocol";

import type { Endpoint } from "../registry/endpoint.ts";
import { verifyCreation } from "../registry/webauthn-creation.ts";
import type { Services } from "../services.ts";
import type { AppendResult } from "../store/store.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

type HistoryTranscript = Transcript<"add-device" | "revoke-device" | "rename" | "certify" | "recover">;

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
  const { clock, directory, log, sessions, store } = services;
  const { userId } = session.stored;
  const [proof] = body.statement.proofs;
  const transcript = proof === undefined ? undefined : decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (!isOfHistory(transcript)) return respond(refuse("proof.purpose"));
  const nowMs = clock();
  const opened = connection.challenges.take("history", transcript.serverChallenge, nowMs);
  if (!opened.ok) return respond(opened);
  // Somebody else may have signed in over this connection meanwhile.
  if (opened.use.userId !== userId) return respond(refuse("proof.challenge"));
  if (Math.abs(nowMs - transcript.issuedAtMs) > clockToleranceMs) return respond(refuse("proof.time"));
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));

  const whole = await withCreation(services, transcript, body);
  if (!whole.ok) return respond(whole);
  const { statement } = whole;
  const statements = [...person.history.statements, statement];
  const folded = await directory.fold({ ...person.history, statements });
  if (!folded.ok) return respond(refuse(folded.code));
  const refusal = await refusalNow(services, person, transcript, statement);
  if (refusal !== undefined) return respond(refuse(refusal));
  // Signed out, or revoked, meanwhile.
  if (sessions.at(connection) !== session) return respond(refuse("auth.bindingGone"));
  // Whoever lost a device does not wait.
  const isUrgent = transcript.purpose === "revoke-device" || transcript.purpose === "recover";
  if (!isUrgent && !services.statements.take(userId)) return respond(refuse("protocol.askedTooMuch"));

  const endedDeviceIds = endedBy(person, folded.person);
  const result = await store.appendStatement({
    userId,
    sequence: statements.length,
    statement,
    ...("newDeviceId" in transcript ? { newDeviceId: transcript.newDeviceId } : {}),
    endedDeviceIds,
  });
  if (result !== "appended") return respond(refuse(appendCodes[result]));
  directory.changed(userId);
  noteCounts(services, folded.person, statement);
  const { deviceId, purpose } = transcript;
  log.info({ userId, device: loggable(deviceId), purpose }, "a key history goes on");
  const entry = folded.person.history;
  services.calls.historyChanged(entry);
  respond(accept({ entry }));
  // Who is in a call with them, before they are out of it.
  const concerned = concernedBy(services, userId, connection);
  sessions.revoked(userId, endedDeviceIds);
  const text = encodeMessage({ type: "directory.changed", body: { entry } });
  for (const endpoint of concerned) if (sessions.at(endpoint) !== undefined) endpoint.sendText(text);
};

const appendCodes: Readonly<Record<Exclude<AppendResult, "appended">, ErrorCode>> = {
  outrun: "history.sequence",
  deviceTaken: "registration.deviceTaken",
};

const purposes: readonly string[] = ["add-device", "revoke-device", "rename", "certify", "recover"];

const isOfHistory = (transcript: Transcript): transcript is HistoryTranscript =>
  purposes.includes(transcript.purpose);

/** What a history does not look at, since it would not hold for ever. */
async function refusalNow(
  { certificates, clock }: Services,
  { devices, userId }: Person,
  transcript: HistoryTranscript,
  statement: StatementIn,
): Promise<ErrorCode | undefined> {
  const name = "name" in transcript ? transcript.name : undefined;
  const newName = "newDeviceName" in transcript ? transcript.newDeviceName : name;
  if (newName !== undefined && nameFault(newName) !== undefined) return "history.name";
  if (statement.certificates === undefined) return undefined;
  const device = devices.find(({ deviceId }) => deviceId === transcript.deviceId);
  if (device === undefined) return "history.deviceUnknown";
  const options = { trust: certificates?.trust, nowMs: clock() };
  const verified = await verifyCertificates(statement.certificates, { ...device, userId }, options);
  return verified.ok ? undefined : verified.code;
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

/** Both who vouches and who comes sign with a device of the person's, as long as nobody administers. */
function noteCounts(
  { signatureCounts }: Services,
  { devices, userId }: Person,
  { proofs }: StatementIn,
): void {
  const named = decodeTranscript(proofs[0]?.transcript ?? new Uint8Array());
  if (named === undefined || !isOfHistory(named)) return;
  const signers = [named.deviceId, "newDeviceId" in named ? named.newDeviceId : undefined];
  for (const [place, { signature, transcript }] of proofs.entries()) {
    const device = devices.find(({ deviceId }) => deviceId === signers[place]);
    if (device === undefined || signature.kind !== "webauthn") continue;
    const authenticator = parseAuthenticatorData(signature.authenticatorData);
    void sha256(transcript).then((digest) => signatureCounts.note(userId, { authenticator, device, digest }));
  }
}

/** Devices that counted before and do not any more. */
function endedBy(before: Person, after: Person): readonly string[] {
  const counting = new Set(after.devices.filter(countsNow).map(({ deviceId }) => deviceId));
  return before.devices
    .filter(countsNow)
    .flatMap(({ deviceId }) => (counting.has(deviceId) ? [] : [deviceId]));
}

/** Whoever watches the person, is in a call with them, or is them. The terminal that asks has it from the reply. */
function concernedBy({ calls, sessions }: Services, userId: UserId, asker: Endpoint): readonly Endpoint[] {
  const inCall = calls.running.terminalsWith(userId).flatMap((id) => sessions.endpointAt(id) ?? []);
  return [...new Set([...sessions.toldOf(userId), ...inCall])].filter((endpoint) => endpoint !== asker);
}
