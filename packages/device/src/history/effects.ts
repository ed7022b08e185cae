/** What each statement does to the person, once its signer was found to be one who may sign at its place. */
import {
  encodeFields,
  DeviceAlgorithm,
  DeviceKind,
  DisplayName,
  equalBytes,
  RevocationReason,
} from "@signet/protocol";
import type { Bytes, StatementIn, Transcript } from "@signet/protocol";

import { deviceIdOf } from "../device.ts";
import { sha256 } from "../digest.ts";
import { refuse } from "../verified.ts";
import type { Person, PersonDevice, Refusal, SignedBy, VerifiedProof } from "../verified.ts";
import { checkSignature } from "../verify-device-proof.ts";
import { countsNow } from "./person.ts";

/** Statements after the first one. */
export type HistoryPurpose =
  | "add-device"
  | "revoke-device"
  | "rename"
  | "certify"
  | "recover"
  | "appoint"
  | "dismiss";

/** Devices that count at the same time: more than anybody carries. */
export const mostDevices = 16;

type Changed = { readonly ok: true; readonly person: Person } | Refusal;

interface Applied<P extends HistoryPurpose> {
  readonly person: Person;
  readonly proof: VerifiedProof<P>;
  readonly by: SignedBy;
  readonly statement: StatementIn;
  readonly serverOrigin: string;
  readonly certificatesWithheld: boolean;
}

type Effects = { readonly [P in HistoryPurpose]: (applied: Applied<P>) => Changed | Promise<Changed> };

export const effects: Effects = {
  "add-device": async (applied) => {
    const { person } = applied;
    if (person.devices.filter(countsNow).length >= mostDevices) return refuse("history.tooManyDevices");
    const added = await newDevice(applied);
    return added.ok ? changed(person, { devices: [...person.devices, added.device] }) : added;
  },

  "revoke-device": ({ by, person, proof, statement }) => {
    if (carriesMore(statement, 1)) return refuse("history.proofs");
    const { issuedAtMs, revokedDeviceId } = proof.transcript;
    const why = RevocationReason.safeParse(proof.transcript.why);
    const device = person.devices.find(({ deviceId }) => deviceId === revokedDeviceId);
    if (!why.success || device === undefined || !countsNow(device)) return refuse("history.revokedDevice");
    // Nobody could speak for the person any more; an administrator may want just that.
    const isLast = person.devices.filter(countsNow).length === 1;
    if (isLast && by.userId === person.userId) return refuse("history.lastDevice");
    const revoked = { bySequence: person.digests.length, atMs: issuedAtMs, by, why: why.data };
    return changed(person, { devices: replaced(person.devices, { ...device, revoked }) });
  },

  rename: ({ person, proof, statement }) => {
    if (carriesMore(statement, 1)) return refuse("history.proofs");
    const { renamedDeviceId } = proof.transcript;
    const name = DisplayName.safeParse(proof.transcript.name);
    if (!name.success) return refuse("history.name");
    if (renamedDeviceId === "") return changed(person, { displayName: name.data });
    const device = person.devices.find(({ deviceId }) => deviceId === renamedDeviceId);
    if (device === undefined || !countsNow(device)) return refuse("history.name");
    return changed(person, { devices: replaced(person.devices, { ...device, name: name.data }) });
  },

  certify: async ({ by, certificatesWithheld, person, proof, statement }) => {
    const { certificates, ...rest } = statement;
    if (carriesMore(rest, 1)) return refuse("history.proofs");
    const device = person.devices.find(({ deviceId }) => deviceId === by.deviceId);
    if (device === undefined || device.kind === "webauthn") return refuse("certificate.notAccepted");
    if (certificates === undefined && certificatesWithheld) {
      const { certificates: _former, ...without } = device;
      return changed(person, { devices: replaced(person.devices, without) });
    }
    const digest = certificates === undefined ? undefined : await certificatesDigest(certificates);
    if (digest === undefined || !equalBytes(digest, proof.transcript.certificatesDigest))
      return refuse("history.certificates");
    return changed(person, {
      devices: replaced(person.devices, { ...device, ...(certificates && { certificates }) }),
    });
  },

  /** Whoever lost a device does not know in whose hands it is: all that there were count no more. */
  recover: async (applied) => {
    const { by, person, proof } = applied;
    const recovered = await newDevice(applied);
    if (!recovered.ok) return recovered;
    const bySequence = person.digests.length;
    const revoked = { bySequence, atMs: proof.transcript.issuedAtMs, by, why: "replaced" } as const;
    const former = person.devices.map((device) => (countsNow(device) ? { ...device, revoked } : device));
    return changed(person, {
      devices: [...former, recovered.device],
      recoveries: [...person.recoveries, bySequence],
    });
  },

  appoint: (applied) => appointed(applied, true),
  dismiss: (applied) => appointed(applied, false),
};

/** Whether the server names them as well is not looked at: that may change, and a history that held once holds for ever. */
function appointed(applied: Applied<"appoint"> | Applied<"dismiss">, administers: boolean): Changed {
  const { by, person, proof, statement } = applied;
  if (carriesMore(statement, 1)) return refuse("history.proofs");
  const last = person.appointments.at(-1)?.administers;
  if (last === administers) return refuse(administers ? "history.appointed" : "history.dismissed");
  const { issuedAtMs } = proof.transcript;
  const appointment = { bySequence: person.digests.length, atMs: issuedAtMs, by, administers };
  return changed(person, { appointments: [...person.appointments, appointment] });
}

const changed = (person: Person, change: Partial<Person>): Changed => ({
  ok: true,
  person: { ...person, ...change },
});

const replaced = (devices: readonly PersonDevice[], by: PersonDevice): readonly PersonDevice[] =>
  devices.map((device) => (device.deviceId === by.deviceId ? by : device));

/** What belongs to no statement of its purpose: nothing may come along unseen. */
function carriesMore(statement: StatementIn, proofs: number): boolean {
  const { attestation, certificates, credentialId } = statement;
  const more = attestation ?? certificates ?? credentialId;
  return statement.proofs.length !== proofs || more !== undefined;
}

/**
 * Whether nothing comes with a device that one of its kind does not have: key handle and attestation are WebAuthn's, and certificates are for all others. None
 * of it is signed.
 */
export const isFitForKind = (
  kind: DeviceKind,
  {
    attestation,
    certificates,
    credentialId,
  }: Pick<StatementIn, "attestation" | "certificates" | "credentialId">,
): boolean => (kind === "webauthn" ? certificates : (attestation ?? credentialId)) === undefined;

/** A device that signed that it is this person's, beside whoever vouches for it. */
async function newDevice({
  by,
  person,
  proof,
  serverOrigin,
  statement,
}: Applied<"add-device"> | Applied<"recover">): Promise<
  { readonly ok: true; readonly device: PersonDevice } | Refusal
> {
  const { attestation, certificates, credentialId, proofs } = statement;
  const [, own] = proofs;
  if (own === undefined || certificates !== undefined) return refuse("history.proofs");
  const { issuedAtMs, ...named }: Transcript<"add-device" | "recover"> = proof.transcript;
  const publicKey = named.newDevicePublicKey;
  const deviceId = await deviceIdOf(publicKey);
  const [kind, algorithm] = [
    DeviceKind.safeParse(named.newDeviceKind),
    DeviceAlgorithm.safeParse(named.newDeviceAlgorithm),
  ];
  if (deviceId !== named.newDeviceId || !kind.success || !algorithm.success)
    return refuse("history.newDevice");
  if (!isFitForKind(kind.data, statement)) return refuse("history.proofs");
  const name = DisplayName.safeParse(named.newDeviceName);
  if (!name.success) return refuse("history.name");
  // One that was revoked, too: what may be in wrong hands does not come back.
  if (person.devices.some((device) => device.deviceId === deviceId)) return refuse("history.deviceTaken");

  const facts = { kind: kind.data, algorithm: algorithm.data, publicKey };
  const signed = await checkSignature(own, serverOrigin, { ...facts, userVerification: false });
  if (!signed.ok) return signed;
  const device: PersonDevice = {
    deviceId,
    ...facts,
    userVerification: signed.authenticator?.userVerified ?? false,
    name: name.data,
    addedAtMs: issuedAtMs,
    addedBySequence: person.digests.length,
    addedBy: by,
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(attestation === undefined ? {} : { attestation }),
  };
  return { ok: true, device };
}

/** What a `certify` names: SHA-256 of the certificates as length-prefixed fields, 32 bytes. */
export async function certificatesDigest(certificates: readonly Bytes[]): Promise<Bytes> {
  return sha256(encodeFields(certificates));
}
