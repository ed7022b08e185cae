/** With which certificates somebody is signed in: they run out, and by a `certify` of the device that comes along others take their place. */
import { certificatesDigest, clockToleranceMs, countsNow, verifyCertificates } from "@signet/device";
import type { Binding, Person } from "@signet/device";
import { decodeTranscript, equalBytes } from "@signet/protocol";
import type {
  Bytes,
  DirectoryEntryIn,
  ErrorCode,
  ReplyBody,
  StatementIn,
  Transcript,
} from "@signet/protocol";

import type { Endpoint } from "../registry/endpoint.ts";
import type { Services } from "../services.ts";
import type { StoredBinding } from "../store/store.ts";
import { refuse } from "../ws/answer.ts";
import { appendStatement } from "./append-statement.ts";

type Refused = { readonly ok: false; readonly code: ErrorCode };

/** A `certify` that is worth appending. */
interface Renewal {
  readonly transcript: Transcript<"certify">;
  readonly statement: StatementIn;
  /** What the device has does not hold any more: without this it is not let in. */
  readonly isNeeded: boolean;
}

/** What became durable, as it is stated from then on. */
export type Written = { readonly ok: true; readonly entry: DirectoryEntryIn } | Refused;

/** For strangers, who are not shown the certificates: whoever has them knows them by this, and nobody else learns anything. */
export async function certifiedDevices({
  devices,
}: Person): Promise<ReplyBody<"sign-in.begin">["certified"]> {
  const certified = devices
    .filter(countsNow)
    .flatMap(({ certificates, deviceId }) =>
      certificates === undefined ? [] : [{ deviceId, certificates }],
    );
  return Promise.all(
    certified.map(async ({ certificates, deviceId }) => ({
      deviceId,
      certificatesDigest: await certificatesDigest(certificates),
    })),
  );
}

interface MadeSignIn {
  readonly person: Person;
  readonly binding: Binding;
  /** Of the proof. */
  readonly serverChallenge: Bytes;
  readonly nowMs: number;
}

/**
 * Certificates that a `certify` brings are validated as at a registration. They take the place of the device's when they last longer, or
 * when those do not hold any more. To be called after the proof, so that a stranger cannot make the server work for it; a sign-in that
 * stands is not ended by a revocation.
 * @returns refusal `certificate.*` (not for a device without certificates: its holder signs in as ever, whatever the token may carry), and
 *   for a `certify` that does not belong to this sign-in `proof.malformed`, `purpose`, `device`, `challenge` and `time`
 */
export async function admitCertified(
  services: Services,
  { person: { userId }, binding, serverChallenge, nowMs }: MadeSignIn,
  certify: StatementIn | undefined,
): Promise<{ readonly ok: true; readonly renewal?: Renewal } | Refused> {
  const { device } = binding;
  const trust = services.certificates?.trust;
  const verify = (chain: readonly Bytes[]) =>
    verifyCertificates(chain, { ...device, userId }, { trust, nowMs });
  const refusedWith = (code: ErrorCode): Refused => {
    services.log.warn({ userId, code }, "a sign-in without valid certificate was refused");
    return refuse(code);
  };
  const held = device.certificates === undefined ? undefined : await verify(device.certificates);
  if (certify === undefined) return held?.ok === false ? refusedWith(held.code) : { ok: true };

  const transcript = decodeTranscript(certify.proofs[0]?.transcript ?? new Uint8Array());
  if (transcript === undefined) return refuse("proof.malformed");
  if (transcript.purpose !== "certify") return refuse("proof.purpose");
  // Another device of theirs may certify itself when it signs in.
  if (transcript.deviceId !== device.deviceId) return refuse("proof.device");
  if (!equalBytes(transcript.serverChallenge, serverChallenge)) return refuse("proof.challenge");
  if (Math.abs(nowMs - transcript.issuedAtMs) > clockToleranceMs) return refuse("proof.time");
  if (certify.certificates === undefined) return refuse("history.certificates");
  const verified = await verify(certify.certificates);
  if (!verified.ok) {
    if (held !== undefined) return refusedWith(verified.code);
    services.log.info({ userId, code: verified.code }, "a certificate that does not hold was not taken");
    return { ok: true };
  }
  if (held?.ok === true && held.names.validUntilMs >= verified.names.validUntilMs) return { ok: true };
  return { ok: true, renewal: { transcript, statement: certify, isNeeded: held?.ok === false } };
}

interface SignInToWrite {
  readonly person: Person;
  readonly stored: StoredBinding;
  readonly renewal: Renewal | undefined;
  /** Who signs in. */
  readonly asker: Endpoint;
}

/** Makes the sign-in durable, and with it the statement that renews the device's certificates. */
export async function writeSignIn(
  services: Services,
  { person, stored, renewal, asker }: SignInToWrite,
): Promise<Written> {
  const { log, statements, store } = services;
  const { userId } = person;
  let entry = person.history;
  if (renewal !== undefined) {
    const { isNeeded, statement, transcript } = renewal;
    const refusal = await appendStatement(services, {
      person,
      transcript,
      statement,
      asker,
      binding: stored,
      refusalAtLast: () => (statements.take(userId) ? undefined : "protocol.askedTooMuch"),
      respond: (appended) => {
        entry = appended;
      },
    });
    if (refusal === undefined) return { ok: true, entry };
    if (isNeeded || !refusalsForRoom.has(refusal)) return refuse(refusal);
    log.warn({ userId, code: refusal }, "a certificate for which there is no room was not taken");
  }
  const bound = await store.bind(stored);
  if (bound === "bound") return { ok: true, entry };
  return refuse(bound === "noEntry" ? "user.unknown" : "history.deviceRevoked");
}

/** Nothing is wrong with the statement: who is let in without it is not kept out by it. */
const refusalsForRoom: ReadonlySet<ErrorCode> = new Set(["history.full", "protocol.askedTooMuch"]);
