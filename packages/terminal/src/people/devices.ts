/** By which of a person's devices they are recognised here. */
import { countsNow, verifyCertificates } from "@signet/device";
import type { Person, PersonDevice } from "@signet/device";
import type { DeviceId, ErrorCode } from "@signet/protocol";

import type { Certification } from "../state.ts";
import { certification, trustOptions } from "./trust.ts";
import type { AppliedTrust } from "./trust.ts";

/** What the certificates of a device were worth when they were looked at. */
export type CertificateVerdict =
  | { readonly ok: true; readonly certificate: Certification }
  | { readonly ok: false; readonly code: ErrorCode };

/** Of the devices that count and have certificates. */
export type CertificateVerdicts = ReadonlyMap<DeviceId, CertificateVerdict>;

const nobodyCertified: CertificateVerdicts = new Map();

export async function certificateVerdicts(
  { devices, userId }: Person,
  trust: AppliedTrust,
  nowMs: number,
): Promise<CertificateVerdicts> {
  const certified = devices.filter((device) => countsNow(device) && device.certificates !== undefined);
  if (certified.length === 0) return nobodyCertified;
  const options = trustOptions(trust, nowMs);
  const verdicts = certified.map(async (device) => {
    const { certificates = [], deviceId } = device;
    const result = await verifyCertificates(certificates, { ...device, userId }, options);
    const verdict: CertificateVerdict = result.ok
      ? { ok: true, certificate: certification(result.names, trust) }
      : result;
    return [deviceId, verdict] as const;
  });
  return new Map(await Promise.all(verdicts));
}

/** The person, and what speaks for and against their devices. */
export interface Recognised {
  readonly person: Person;
  readonly certificates: CertificateVerdicts;
  /** They were met with a certificate that held: no device without one is theirs to this terminal. */
  readonly onlyCertified: boolean;
}

/** Why the person is not recognised by this device of theirs, which counts; undefined where they are. */
export function deviceRefusal(
  { certificates, onlyCertified }: Pick<Recognised, "certificates" | "onlyCertified">,
  { deviceId }: PersonDevice,
): ErrorCode | undefined {
  const verdict = certificates.get(deviceId);
  if (verdict === undefined) return onlyCertified ? "certificate.missing" : undefined;
  return verdict.ok ? undefined : verdict.code;
}

/** Of the device that signed, where it has one that holds. */
export function certificateOf(
  { certificates }: Pick<Recognised, "certificates">,
  { deviceId }: Pick<PersonDevice, "deviceId">,
): Certification | undefined {
  const verdict = certificates.get(deviceId);
  return verdict?.ok === true ? verdict.certificate : undefined;
}

/** Why the person is recognised by no device at all: what speaks against their first one. */
export function personRefusal(recognised: Recognised): ErrorCode | undefined {
  const refusals = recognised.person.devices
    .filter(countsNow)
    .map((device) => deviceRefusal(recognised, device));
  if (refusals.length === 0) return "history.deviceRevoked";
  return refusals.includes(undefined) ? undefined : refusals[0];
}

/** Nobody's device counts no more who is not known, and a device that is none of theirs never counted. */
export const isRevokedIn = (person: Pick<Person, "devices"> | undefined, deviceId: string): boolean =>
  person !== undefined && !person.devices.some((device) => device.deviceId === deviceId && countsNow(device));

/** Until when what was found of the certificates stays so, as far as time decides; Infinity where nobody is certified. Ms since 1970. */
export function foundUntilMs({ certificates }: Pick<Recognised, "certificates">): number {
  const ends = Array.from(certificates.values(), (verdict) =>
    verdict.ok ? verdict.certificate.validUntilMs : Number.POSITIVE_INFINITY,
  );
  return Math.min(...ends);
}

/** Whether a device of theirs has a certificate that holds. */
export const isCertified = ({ certificates }: Pick<Recognised, "certificates">): boolean =>
  [...certificates.values()].some(({ ok }) => ok);

export function isSameVerdicts(a: CertificateVerdicts, b: CertificateVerdicts): boolean {
  return a.size === b.size && [...a].every(([deviceId, verdict]) => isSameVerdict(verdict, b.get(deviceId)));
}

function isSameVerdict(a: CertificateVerdict, b: CertificateVerdict | undefined): boolean {
  if (!a.ok || b?.ok !== true) return !a.ok && b?.ok === false && a.code === b.code;
  const [one, other] = [a.certificate, b.certificate];
  return (
    one.subject === other.subject && one.issuer === other.issuer && one.validUntilMs === other.validUntilMs
  );
}
