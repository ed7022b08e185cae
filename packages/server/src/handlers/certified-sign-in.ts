/** With which entry somebody is signed in: certificates run out, and a renewed one takes their place here. */
import { verifyDirectoryEntry } from "@signet/device";
import type { DirectoryEntry } from "@signet/device";
import { equalBytes, loggable } from "@signet/protocol";
import type { Bytes, ErrorCode, RequestBody } from "@signet/protocol";

import type { Services } from "../services.ts";
import type { RenewResult } from "../store/store.ts";
import { refuse } from "../ws/answer.ts";

type Chain = NonNullable<RequestBody<"sign-in.finish">["certificates"]>;

type EntryChoice =
  /** `renewed`: the entry is not stored yet. */
  | { readonly ok: true; readonly entry: DirectoryEntry; readonly renewed: boolean }
  | { readonly ok: false; readonly code: ErrorCode };

/**
 * Certificates that differ from the entry's are validated as at a registration. They take the place of what stands in the entry when
 * they last longer, or when that does not hold any more. To be called after the proof, so that a stranger cannot make the server work
 * for it; a sign-in that stands is not ended by a revocation.
 * @param given the device's, as the terminal has them now
 * @returns refusal `certificate.*`; not for an entry without certificates: its holder signs in as ever, whatever the token may carry
 */
export async function entryForSignIn(
  services: Services,
  entry: DirectoryEntry,
  given: Chain | undefined,
  nowMs: number,
): Promise<EntryChoice> {
  const { certificates: stored, userId } = entry;
  const refusedWith = (code: ErrorCode): EntryChoice => {
    services.log.warn({ userId, code }, "a sign-in without valid certificate was refused");
    return refuse(code);
  };
  const held = stored === undefined ? undefined : await validated(services, entry, stored, nowMs);
  if (given === undefined || isSameChain(given, stored)) {
    if (held?.ok === false) return refusedWith(held.code);
    return { ok: true, entry, renewed: false };
  }
  const trust = services.certificates?.trust;
  const candidate = { ...entry, certificates: given };
  const renewal = await verifyDirectoryEntry(candidate, services.originOf(), { trust, nowMs });
  if (!renewal.ok) {
    if (stored !== undefined) return refusedWith(renewal.code);
    services.log.info({ userId, code: renewal.code }, "a certificate that does not hold was not taken");
    return { ok: true, entry, renewed: false };
  }
  const validUntilMs = renewal.certificate?.validUntilMs ?? 0;
  if (held?.ok === true && held.names.validUntilMs >= validUntilMs)
    return { ok: true, entry, renewed: false };
  return { ok: true, entry: renewal.entry, renewed: true };
}

/** Makes sign-in and renewed entry durable, together. */
export async function renew(
  { directory, log, store }: Services,
  entry: DirectoryEntry,
  binding: Parameters<Services["store"]["bind"]>[0],
): Promise<ErrorCode | undefined> {
  const result = await store.renew({ entry, binding });
  if (result !== "renewed") return renewCodes[result];
  directory.remember(entry);
  log.info({ userId: entry.userId, device: loggable(entry.deviceId) }, "certificate renewed");
  return undefined;
}

const renewCodes: Readonly<Record<Exclude<RenewResult, "renewed">, ErrorCode>> = {
  tooMany: "certificate.tooManyRenewals",
  deviceEnded: "history.deviceRevoked",
};

async function validated({ certificates }: Services, entry: DirectoryEntry, chain: Chain, nowMs: number) {
  if (certificates === undefined) return refuse("certificate.notAccepted");
  return certificates.validate(entry, chain, nowMs);
}

const isSameChain = (a: readonly Bytes[], b: readonly Bytes[] | undefined): boolean =>
  a.length === b?.length && a.every((certificate, place) => equalBytes(certificate, b[place] ?? certificate));
