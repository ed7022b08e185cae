/** How a person continues their own key history: what their devices sign is folded here before anybody else hears of it. */
import { countsNow, foldHistory, headOf, mostDevices } from "@signet/device";
import type { FoldOptions, Person as FoldedPerson } from "@signet/device";
import { SignetError, equalBytes, nameFault } from "@signet/protocol";
import type {
  Bytes,
  DeviceId,
  DirectoryEntryIn,
  ProofIn,
  RequestBody,
  RevocationReason,
  Transcript,
} from "@signet/protocol";

import type { CreatedDevice, DeviceProvider } from "../environment.ts";
import { entryRefusal } from "../people/trust.ts";
import type { ServerRequests } from "../server-requests.ts";
import type { Terminal } from "../terminal-api.ts";
import type { Person } from "./person.ts";

/** What a person does with their devices; every one of them is a statement. */
export type OwnChange =
  | ({ readonly type: "addDevice"; readonly bring?: BringDevice } & Parameters<Terminal["addDevice"]>[0])
  | { readonly type: "nameDevice"; readonly deviceId: DeviceId; readonly name: string }
  | { readonly type: "revokeDevice"; readonly deviceId: DeviceId; readonly why: RevocationReason }
  | { readonly type: "rename"; readonly displayName: string }
  /** As an administrator. */
  | { readonly type: "stepDown" };

/** What a new device is to sign, beside what it is. */
export interface AskedDevice {
  readonly person: FoldedPerson;
  readonly challenge: Bytes;
  readonly fields: () => ChainedFields;
}

/** A device that signed that it is the person's. */
export interface BroughtDevice {
  readonly transcript: Transcript<"add-device">;
  readonly own: ProofIn;
  readonly creation: Pick<RequestBody<"history.append">, "webauthn">;
}

/** Where a new device is: without it, at this terminal. @throws SignetError */
export type BringDevice = (asked: AskedDevice) => Promise<BroughtDevice>;

/** Who signs for whom, and who is asked. */
export interface HistoryParties {
  readonly link: ServerRequests;
  readonly serverOrigin: string;
  readonly administratorDevices: FoldOptions["administratorDevices"];
  readonly devices: DeviceProvider;
  readonly nowMs: () => number;
  /** By the device that is signed in: one touch. */
  readonly sign: (transcript: Transcript) => Promise<ProofIn>;
}

/** A statement that holds, signed and not sent yet. */
export interface SignedChange {
  readonly body: RequestBody<"history.append">;
  /** The person as they are with it. */
  readonly person: FoldedPerson;
}

export type ChainedFields = Omit<Transcript<"certify">, "purpose" | "certificatesDigest">;

/** @throws SignetError `history.*`, of `history.begin`, `device.*` */
export async function signChange(
  { deviceId, known, userId }: Person,
  change: OwnChange,
  parties: HistoryParties,
): Promise<SignedChange> {
  const { person } = known;
  const { link, nowMs, serverOrigin } = parties;
  // What nobody needs to touch a device for. All the rest is found by the fold.
  const refusal = refusalAhead(person, change);
  if (refusal !== undefined) throw new SignetError(refusal);
  const { challenge } = await link.request("history.begin", {});
  const fields = (): ChainedFields => ({
    serverOrigin,
    userId,
    deviceId,
    issuedAtMs: nowMs(),
    sequence: person.digests.length,
    previous: headOf(person),
    serverChallenge: challenge,
  });
  const body =
    change.type === "addDevice"
      ? await signAddition(person, change, { ...parties, challenge, fields })
      : { statement: { proofs: [await parties.sign(transcriptOf(change, fields()))] } };
  const statements = [...person.history.statements, body.statement];
  const folded = await fold({ ...person.history, statements }, { ...parties, known: person });
  return { body, person: folded };
}

/**
 * What the server says the history is now has to be what was signed here, and nothing else.
 * @throws SignetError `directory.badEntry`, `history.*`
 */
export async function continuedHistory(
  entry: DirectoryEntryIn,
  { body, person: expected }: SignedChange,
  options: FoldOptions,
): Promise<FoldedPerson> {
  const person = await fold(entry, options);
  const added = entry.statements.at(-1)?.credentialId;
  const isSame =
    person.digests.length === expected.digests.length &&
    equalBytes(headOf(person), headOf(expected)) &&
    // Nobody signs the key handle: with another one the new device would never be asked to sign.
    isSameHandle(added, body.webauthn?.credentialId);
  if (!isSame) throw new SignetError("directory.badEntry");
  return person;
}

const isSameHandle = (a: Bytes | undefined, b: Bytes | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalBytes(a, b);

/** @throws SignetError `directory.badEntry`, `history.*` */
export async function fold(
  entry: DirectoryEntryIn,
  { administratorDevices, certificatesWithheld = false, known, serverOrigin }: FoldOptions,
): Promise<FoldedPerson> {
  const result = await foldHistory(entry, {
    serverOrigin,
    administratorDevices,
    certificatesWithheld,
    known,
  });
  if (!result.ok) throw new SignetError(entryRefusal(result.code));
  return result.person;
}

function refusalAhead({ devices }: FoldedPerson, change: OwnChange) {
  const counting = devices.filter(countsNow).length;
  const name = "displayName" in change ? change.displayName : "name" in change ? change.name : undefined;
  if (name !== undefined && nameFault(name) !== undefined) return "history.name";
  if (change.type === "addDevice" && counting >= mostDevices) return "history.tooManyDevices";
  if (change.type === "revokeDevice" && counting === 1) return "history.lastDevice";
  return undefined;
}

function transcriptOf(
  change: Exclude<OwnChange, { readonly type: "addDevice" }>,
  fields: ChainedFields,
): Transcript<"rename" | "revoke-device" | "dismiss"> {
  switch (change.type) {
    case "rename":
      return { purpose: "rename", ...fields, renamedDeviceId: "", name: change.displayName };
    case "nameDevice":
      return { purpose: "rename", ...fields, renamedDeviceId: change.deviceId, name: change.name };
    case "revokeDevice":
      return {
        purpose: "revoke-device",
        ...fields,
        revokedDeviceId: change.deviceId,
        why: change.why,
        ...noAdministrator,
      };
    case "stepDown":
      return { purpose: "dismiss", ...fields, ...noAdministrator };
  }
}

const noAdministrator = { administrator: "", administratorHead: new Uint8Array() };

/** The new device first: what it is has to be known before anybody can vouch for it. */
async function signAddition(
  person: FoldedPerson,
  change: Extract<OwnChange, { readonly type: "addDevice" }>,
  parties: HistoryParties & Omit<AskedDevice, "person">,
): Promise<RequestBody<"history.append">> {
  const { challenge, fields, sign } = parties;
  const bring = change.bring ?? ((asked) => bringFromHere(asked, change, parties));
  const { creation, own, transcript } = await bring({ person, challenge, fields });
  change.onTouch?.("old");
  const vouching = await sign(transcript);
  return { statement: { proofs: [vouching, own] }, ...creation };
}

async function bringFromHere(
  { challenge, fields, person }: AskedDevice,
  { name, onTouch, signal }: Extract<OwnChange, { readonly type: "addDevice" }>,
  { devices, serverOrigin }: HistoryParties,
): Promise<BroughtDevice> {
  const { displayName, userId } = person;
  const beside = person.devices.filter(countsNow);
  const created = await devices.create({
    serverOrigin,
    userId,
    displayName,
    challenge,
    signal,
    beside,
    onTouch: () => onTouch?.("make"),
  });
  const { device } = created;
  if (person.devices.some(({ deviceId }) => deviceId === device.deviceId))
    throw new SignetError("history.deviceTaken");
  const transcript: Transcript<"add-device"> = {
    purpose: "add-device",
    ...fields(),
    newDeviceId: device.deviceId,
    newDevicePublicKey: device.publicKey,
    newDeviceAlgorithm: device.algorithm,
    newDeviceKind: device.kind,
    newDeviceName: name,
  };
  onTouch?.("new");
  const own = await device.sign(transcript, signal === undefined ? {} : { signal });
  return { transcript, own, creation: creationOf(created) };
}

/** That of a registration may name another challenge; this one was made with its own. */
function creationOf({ webauthn }: CreatedDevice): Pick<RequestBody<"history.append">, "webauthn"> {
  if (webauthn === undefined) return {};
  const { attestationObject, clientDataJson, credentialId } = webauthn;
  return { webauthn: { attestationObject, clientDataJson, credentialId } };
}
