/** What a terminal checks before it believes that it is signed in. */
import { chainFault, foldHistory } from "@signet/device";
import type { FoldOptions, SignatureDevice } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type {
  Bytes,
  DirectoryEntryIn,
  ProofIn,
  RequestBody,
  ServerInfo,
  SignedIn,
  TerminalId,
  UserId,
} from "@signet/protocol";

import type { Person } from "./person.ts";
import { certificateOf, certificateVerdicts } from "../people/devices.ts";
import { verifyBindingOf } from "../people/proofs.ts";
import { entryRefusal } from "../people/trust.ts";
import type { AppliedTrust } from "../people/trust.ts";

/**
 * How the device is registered; by its key alone where no certificates are accepted.
 * @throws SignetError as chainFault: somebody who is certified is not registered as if they were not
 */
export function statedDevice(
  device: SignatureDevice,
  accepted: ServerInfo["certificates"] | undefined,
): RequestBody<"register.finish">["device"] {
  const { certificates = [], kind, algorithm, publicKey } = device;
  const fault = accepted === undefined ? undefined : chainFault(certificates);
  if (fault !== undefined) throw new SignetError(fault);
  return { kind, algorithm, publicKey, ...statedCertificates(device, accepted) };
}

/**
 * What the device is certified by now. A card brings its certificates without being asked: where they are more than the server takes, its
 * holder signs in with those that the server has.
 */
export function statedCertificates(
  { certificates }: SignatureDevice,
  accepted: ServerInfo["certificates"] | undefined,
): Pick<RequestBody<"register.finish">["device"], "certificates"> {
  if (accepted === undefined || certificates === undefined || chainFault(certificates) !== undefined)
    return {};
  return { certificates: [...certificates] };
}

/** @throws SignetError `directory.badEntry` when the server leaves out the certificate that it was given */
export function checkRegistered(body: RequestBody<"register.finish">, { entry }: SignedIn): void {
  // Else everybody would meet this person without the certificate, from the first time on.
  if (body.device.certificates !== undefined && entry.certificates === undefined)
    throw new SignetError("directory.badEntry");
}

/**
 * The history that the server answered a registration or sign-in with has to have the device which was touched here.
 * @param proof what the device signed
 * @throws SignetError `certificate.*`, `history.*`, `directory.badEntry`, `proof.*`
 */
export async function verifyOwnEntry(
  entryIn: DirectoryEntryIn,
  made: {
    readonly serverOrigin: string;
    readonly administratorDevices: FoldOptions["administratorDevices"];
    readonly userId: UserId;
    readonly device: SignatureDevice;
    readonly proof: ProofIn;
    readonly terminalId: TerminalId;
    readonly terminalKey: Bytes;
    readonly trust: AppliedTrust;
    readonly nowMs: number;
  },
): Promise<Person> {
  const { administratorDevices, serverOrigin, userId, device, proof, terminalId, terminalKey, trust, nowMs } =
    made;
  const own = await foldHistory(entryIn, { serverOrigin, administratorDevices });
  if (!own.ok) throw new SignetError(entryRefusal(own.code));
  const { person } = own;
  const { deviceId } = device;
  const isTheirs = person.devices.some((one) => one.deviceId === deviceId);
  if (!isTheirs || person.userId !== userId) throw new SignetError("directory.badEntry");
  const certificates = await certificateVerdicts(person, trust, nowMs);
  const known = { person, certificates, onlyCertified: false, firstSeen: false };
  // A device ID is no proof: what was signed here has to verify with the key in the entry.
  const fields = { terminalId, terminalKey };
  const bound = await verifyBindingOf(known, proof, { serverOrigin, nowMs, fields });
  if (!bound.ok) throw new SignetError(bound.code);
  const certificate = certificateOf(known, device);
  return {
    userId,
    deviceId,
    known,
    device,
    binding: proof,
    ...(certificate === undefined ? {} : { certificate }),
  };
}
