/** With which certificates somebody is signed in: they run out, and renewed ones take their place here. */
import { verifyCertificates } from "@signet/device";
import type { Person, PersonDevice } from "@signet/device";
import { equalBytes, loggable } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ErrorCode, RegistrationIn, RequestBody } from "@signet/protocol";

import type { Services } from "../services.ts";
import type { RenewResult } from "../store/store.ts";
import { refuse } from "../ws/answer.ts";

type Chain = NonNullable<RequestBody<"sign-in.finish">["certificates"]>;

type EntryChoice =
  /** `renewal`: what of the entry is not stored yet. */
  | { readonly ok: true; readonly entry: DirectoryEntryIn; readonly renewal?: RegistrationIn }
  | { readonly ok: false; readonly code: ErrorCode };

/**
 * Certificates that differ from the device's are validated as at a registration. They take the place of what stands in the entry when
 * they last longer, or when that does not hold any more; those of a later device, or named by a `certify`, are renewed by such a statement
 * alone. To be called after the proof, so that a stranger cannot make the server work for it; a sign-in that stands is not ended by a
 * revocation.
 * @param device that signed
 * @param given the device's, as the terminal has them now
 * @returns refusal `certificate.*`; not for a device without certificates: its holder signs in as ever, whatever the token may carry
 */
export async function entryForSignIn(
  services: Services,
  { history, userId }: Person,
  device: PersonDevice,
  given: Chain | undefined,
  nowMs: number,
): Promise<EntryChoice> {
  const { certificates: stored } = device;
  const trust = services.certificates?.trust;
  const verify = (chain: readonly Bytes[]) =>
    verifyCertificates(chain, { ...device, userId }, { trust, nowMs });
  const asTheyAre = { ok: true, entry: history } as const;
  const refusedWith = (code: ErrorCode): EntryChoice => {
    services.log.warn({ userId, code }, "a sign-in without valid certificate was refused");
    return refuse(code);
  };
  const held = stored === undefined ? undefined : await verify(stored);
  const isOfEntry = device.addedBySequence === 0 && stored === history.certificates;
  if (given === undefined || !isOfEntry || isSameChain(given, stored))
    return held?.ok === false ? refusedWith(held.code) : asTheyAre;

  const verified = await verify(given);
  if (!verified.ok) {
    if (stored !== undefined) return refusedWith(verified.code);
    services.log.info({ userId, code: verified.code }, "a certificate that does not hold was not taken");
    return asTheyAre;
  }
  if (held?.ok === true && held.names.validUntilMs >= verified.names.validUntilMs) return asTheyAre;
  const { statements, ...registration } = history;
  const renewal = { ...registration, certificates: given };
  return { ok: true, entry: { ...renewal, statements }, renewal };
}

/** Makes sign-in and renewed entry durable, together. */
export async function renew(
  { directory, log, store }: Services,
  entry: RegistrationIn,
  binding: Parameters<Services["store"]["bind"]>[0],
): Promise<ErrorCode | undefined> {
  const result = await store.renew({ entry, binding });
  if (result !== "renewed") return renewCodes[result];
  directory.changed(entry.userId);
  log.info({ userId: entry.userId, device: loggable(entry.deviceId) }, "certificate renewed");
  return undefined;
}

const renewCodes: Readonly<Record<Exclude<RenewResult, "renewed">, ErrorCode>> = {
  tooMany: "certificate.tooManyRenewals",
  deviceEnded: "history.deviceRevoked",
};

const isSameChain = (a: readonly Bytes[], b: readonly Bytes[] | undefined): boolean =>
  a.length === b?.length && a.every((certificate, place) => equalBytes(certificate, b[place] ?? certificate));
