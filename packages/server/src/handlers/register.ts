import {
  clockToleranceMs,
  deviceIdOf,
  isFitForGuest,
  parseAuthenticatorData,
  verifyBinding,
  verifyCertificates,
} from "@signet/device";
import { decodeTranscript, isGuestId, isNewUserId, loggable, nameFault } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ErrorCode, RequestBody, UserId } from "@signet/protocol";

import { inviteHash } from "../registry/invites.ts";
import { verifyCreation } from "../registry/webauthn-creation.ts";
import type { RegistrationMode, Services } from "../services.ts";
import type { RegisterResult } from "../store/store.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Written } from "./certified-sign-in.ts";
import { guestObstacle } from "./guest.ts";
import type { Handler } from "./handler.ts";
import { completeSignIn, signInObstacle, storedBinding } from "./sign-in.ts";

export const registerBegin: Handler<"register.begin"> = async (services, { connection }, body, respond) => {
  const { clock, creationChallenges, limits, store } = services;
  const { userId, displayName, inviteCode } = body;
  if (isGuestId(userId)) {
    const obstacle = guestObstacle(services, userId, displayName);
    if (obstacle !== undefined) return respond(refuse(obstacle));
    const use = { type: "register", userId, displayName } as const;
    return respond(accept(connection.challenges.give(use, clock(), limits.challengeMs)));
  }
  // The certificate that may stand in place of an invite comes with the proof.
  const refusal = await admissionRefusal(services, userId, inviteCode, services.certificates !== undefined);
  if (refusal !== undefined) return respond(refuse(refusal));
  if (!isNewUserId(userId)) return respond(refuse("registration.badUserId"));
  if (nameFault(displayName) !== undefined) return respond(refuse("registration.badName"));
  if ((await store.entryOf(userId)) !== undefined) return respond(refuse("registration.userTaken"));
  const nowMs = clock();
  const use = { type: "register", userId, displayName } as const;
  const given = connection.challenges.give(use, nowMs, limits.challengeMs);
  creationChallenges.given(given.challenge, userId, nowMs);
  respond(accept(given));
};

export const registerFinish: Handler<"register.finish"> = async (services, from, body, respond) => {
  const { clock, directory, limits, log, metrics, originOf, store } = services;
  const { proof, device, inviteCode, webauthn } = body;
  const isCertified = device.certificates !== undefined;
  // Before the invite, which a certificate stands in for.
  if (isCertified && (device.kind === "webauthn" || services.certificates === undefined))
    return respond(refuse("certificate.notAccepted"));
  if ((device.kind === "webauthn") !== (webauthn !== undefined))
    return respond(refuse("registration.attestation"));
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "register") return respond(refuse("proof.purpose"));
  const { serverChallenge } = transcript;
  const opened = from.connection.challenges.take("register", serverChallenge, clock());
  if (!opened.ok) return respond(opened);
  const { userId, displayName } = opened.use;
  const isGuest = isGuestId(userId);
  const refusal =
    (isGuest
      ? guestObstacle(services, userId, displayName, device.publicKey)
      : await admissionRefusal(services, userId, isCertified ? undefined : inviteCode, isCertified)) ??
    signInObstacle(services, from, userId);
  if (refusal !== undefined) return respond(refuse(refusal));

  const nowMs = clock();
  const candidate = {
    userId,
    displayName,
    deviceId: await deviceIdOf(device.publicKey),
    ...device,
    userVerification: userWasVerified(proof),
    registeredAtMs: nowMs,
    ...(webauthn === undefined ? {} : { credentialId: webauthn.credentialId }),
    proof,
    statements: [],
  } satisfies DirectoryEntryIn;
  if (!(await isFitForGuest(candidate))) return respond(refuse("guest.word"));
  const folded = await directory.fold(candidate);
  if (!folded.ok) return respond(refuse(folded.code));
  const { person } = folded;
  if (device.certificates !== undefined) {
    const certified = await verifyCertificates(device.certificates, candidate, {
      trust: services.certificates?.trust,
      nowMs,
    });
    if (!certified.ok) return respond(certified);
  }
  const { terminalId, terminalKey } = from;
  const fields = { serverChallenge, terminalId, terminalKey };
  const bound = await verifyBinding(proof, { serverOrigin: originOf(), person, nowMs, fields });
  if (!bound.ok) return respond(bound);
  const { binding } = bound;
  if (Math.abs(nowMs - binding.issuedAtMs) > clockToleranceMs) return respond(refuse("proof.time"));
  if (binding.expiresAtMs > nowMs + limits.bindingMs + clockToleranceMs)
    return respond(refuse("proof.lifetime"));
  const recorded = await withAttestation(services, candidate, webauthn, serverChallenge);
  if (!recorded.ok) return respond(recorded);
  const { entry } = recorded;
  const { statements: _none, ...registration } = entry;

  const stored = storedBinding(binding);
  const used =
    modeOf(services, userId) === "invite" && inviteCode !== undefined && !isCertified
      ? { inviteHash: inviteHash(inviteCode) }
      : {};
  const write = async (): Promise<Written> => {
    if (isGuest) {
      // Nothing of a guest is kept.
      directory.guests.set(userId, person);
      log.info({ userId: loggable(userId), guest: true }, "registered");
      return { ok: true, entry };
    }
    const result = await store.register({ entry: registration, binding: stored, ...used });
    if (result !== "registered") return refuse(registerCodes[result]);
    directory.changed(userId);
    metrics.registrations.inc({ kind: entry.kind });
    const { kind, deviceId } = entry;
    log.info({ userId, device: loggable(deviceId), kind, certified: isCertified }, "registered");
    return { ok: true, entry };
  };
  await completeSignIn(services, from, { stored, binding }, write, respond);
};

const registerCodes: Readonly<Record<Exclude<RegisterResult, "registered">, ErrorCode>> = {
  userTaken: "registration.userTaken",
  deviceTaken: "registration.deviceTaken",
  inviteInvalid: "registration.inviteInvalid",
};

/** Who takes the user ID of an administrator administers: that is nobody who just comes by. */
const modeOf = ({ administration, registration }: Services, userId: UserId): RegistrationMode =>
  registration === "open" && administration.isNamed(userId) ? "invite" : registration;

/** @param mayBeCertified then it takes no invite; whether the certificate holds is checked with the entry */
async function admissionRefusal(
  services: Services,
  userId: UserId,
  inviteCode: string | undefined,
  mayBeCertified: boolean,
): Promise<ErrorCode | undefined> {
  const registration = modeOf(services, userId);
  if (registration === "open") return undefined;
  if (registration === "closed") return "registration.closed";
  if (mayBeCertified && (inviteCode === undefined || inviteCode === "")) return undefined;
  if (inviteCode === undefined || inviteCode === "")
    return services.registration === "open"
      ? "registration.administratorInvite"
      : "registration.inviteRequired";
  return (await services.store.inviteOpen(inviteHash(inviteCode))) ? undefined : "registration.inviteInvalid";
}

/** What the authenticator said when it made the credential. After the proof, so that a stranger cannot have it looked at. */
async function withAttestation(
  { clock, creationChallenges, originOf }: Services,
  entry: DirectoryEntryIn,
  webauthn: RequestBody<"register.finish">["webauthn"],
  challenge: Bytes,
): Promise<
  { readonly ok: true; readonly entry: DirectoryEntryIn } | { readonly ok: false; readonly code: ErrorCode }
> {
  if (webauthn === undefined) return { ok: true, entry };
  const { publicKey, algorithm, userId } = entry;
  const nowMs = clock();
  const { madeFor, ...created } = webauthn;
  if (madeFor !== undefined && !creationChallenges.fits(madeFor, userId, nowMs))
    return { ok: false, code: "registration.attestation" };
  const expected = {
    serverOrigin: originOf(),
    challenge: madeFor ?? challenge,
    publicKey,
    algorithm,
    nowMs,
  };
  const result = await verifyCreation(created, expected);
  if (!result.ok) return result;
  if (result.attestation === undefined) return { ok: true, entry };
  const { attestation } = result;
  return { ok: true, entry: { ...entry, attestation } };
}

function userWasVerified({ signature }: DirectoryEntryIn["proof"]): boolean {
  return (
    signature.kind === "webauthn" &&
    parseAuthenticatorData(signature.authenticatorData)?.userVerified === true
  );
}
