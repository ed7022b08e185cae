/** A statement that is fresh and says what it may: folded, stored, counted, and told to whom it concerns. */
import { countsNow, parseAuthenticatorData, sha256, verifyCertificates } from "@signet/device";
import type { Person } from "@signet/device";
import { decodeTranscript, encodeMessage, loggable, nameFault, UserId } from "@signet/protocol";
import type { DirectoryEntryIn, ErrorCode, StatementIn, Transcript } from "@signet/protocol";

import type { Endpoint } from "../registry/endpoint.ts";
import type { Services } from "../services.ts";
import type { AppendResult, StoredBinding } from "../store/store.ts";

export type HistoryTranscript = Transcript<
  "add-device" | "revoke-device" | "rename" | "certify" | "recover" | "appoint" | "dismiss"
>;

const purposes: readonly string[] = [
  "add-device",
  "revoke-device",
  "rename",
  "certify",
  "recover",
  "appoint",
  "dismiss",
];

export const isOfHistory = (transcript: Transcript): transcript is HistoryTranscript =>
  purposes.includes(transcript.purpose);

interface Appended {
  /** Whose history goes on. */
  readonly person: Person;
  readonly transcript: HistoryTranscript;
  readonly statement: StatementIn;
  /** Who asked for it, and has it from the reply. */
  readonly asker: Endpoint;
  /** Of a sign-in that it comes with: becomes durable with it. */
  readonly binding?: StoredBinding;
  /** Looked at when all is checked, right before it is written. */
  readonly refusalAtLast: () => ErrorCode | undefined;
  /** The reply: before the event that it makes, and before the sign-ins that it ends. */
  readonly respond: (entry: DirectoryEntryIn) => void;
}

/** @returns why not; undefined when it was appended, and `respond` called */
export async function appendStatement(
  services: Services,
  { person, transcript, statement, asker, binding, refusalAtLast, respond }: Appended,
): Promise<ErrorCode | undefined> {
  const { directory, log, sessions, store } = services;
  const { userId } = person;
  const statements = [...person.history.statements, statement];
  const folded = await directory.fold({ ...person.history, statements });
  if (!folded.ok) return folded.code;
  const refusal = (await refusalNow(services, person, transcript, statement)) ?? refusalAtLast();
  if (refusal !== undefined) return refusal;
  const endedDeviceIds = endedBy(person, folded.person);
  const result = await store.appendStatement({
    userId,
    sequence: statements.length,
    statement,
    ...("newDeviceId" in transcript ? { newDeviceId: transcript.newDeviceId } : {}),
    endedDeviceIds,
    ...(binding === undefined ? {} : { binding }),
  });
  if (result !== "appended") return appendCodes[result];
  directory.changed(userId);
  const { deviceId, purpose } = transcript;
  const administrator =
    "administrator" in transcript && transcript.administrator !== ""
      ? { administrator: transcript.administrator }
      : {};
  log.info({ userId, device: loggable(deviceId), purpose, ...administrator }, "a key history goes on");
  const entry = folded.person.history;
  services.calls.historyChanged(entry);
  respond(entry);
  // Who is in a call with them, before they are out of it.
  const concerned = concernedBy(services, userId, asker);
  // From the look into the history on nothing else runs: no Commit brings what everybody can know to be revoked.
  sessions.revoked(userId, endedDeviceIds);
  const text = encodeMessage({ type: "directory.changed", body: { entry } });
  for (const endpoint of concerned) if (sessions.at(endpoint) !== undefined) endpoint.sendText(text);
  await noteCounts(services, folded.person, statement);
  return undefined;
}

const appendCodes: Readonly<Record<Exclude<AppendResult, "appended">, ErrorCode>> = {
  outrun: "history.sequence",
  deviceTaken: "registration.deviceTaken",
  deviceEnded: "history.deviceRevoked",
};

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

/** Of who vouches, who may be an administrator, and of who comes. */
async function noteCounts(
  { directory, signatureCounts }: Services,
  person: Person,
  { proofs }: StatementIn,
): Promise<void> {
  const named = decodeTranscript(proofs[0]?.transcript ?? new Uint8Array());
  if (named === undefined || !isOfHistory(named)) return;
  const vouching = "administrator" in named && named.administrator !== "" ? named.administrator : undefined;
  const administrator = vouching === undefined ? undefined : await directory.personOf(UserId.parse(vouching));
  const signers = [
    { person: administrator ?? person, deviceId: named.deviceId },
    { person, deviceId: "newDeviceId" in named ? named.newDeviceId : undefined },
  ];
  for (const [place, { signature, transcript }] of proofs.entries()) {
    const signer = signers[place];
    const device = signer?.person.devices.find(({ deviceId }) => deviceId === signer.deviceId);
    if (signer === undefined || device === undefined || signature.kind !== "webauthn") continue;
    const { userId } = signer.person;
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
