/** Certificates that the device at hand has, and its person's history does not name yet: at a sign-in the device signs for them as well. */
import { certificatesDigest, headOf, verifyCertificates } from "@signet/device";
import type { Person as FoldedPerson, SignOptions, SignatureDevice } from "@signet/device";
import { SignetError, decodeTranscript, equalBytes } from "@signet/protocol";
import type { Bytes, ReplyBody, ServerInfo, StatementIn, Transcript } from "@signet/protocol";

import { trustOptions } from "../people/trust.ts";
import type { AppliedTrust } from "../people/trust.ts";
import { statedCertificates } from "./own-entry.ts";

interface AtSignIn {
  /** As the server shows them to who is not signed in. */
  readonly person: FoldedPerson;
  readonly device: SignatureDevice;
  readonly certified: ReplyBody<"sign-in.begin">["certified"];
  readonly accepted: ServerInfo["certificates"];
  readonly trust: AppliedTrust;
  readonly nowMs: number;
}

/**
 * Nobody is asked to sign for what the server would not take.
 * @returns undefined where there is nothing to renew: also for a device without certificates that brings some which do not hold here
 * @throws SignetError `certificate.*` when those of a certified device were exchanged for others that do not hold
 */
export async function newCertificates({
  person,
  device,
  certified,
  accepted,
  trust,
  nowMs,
}: AtSignIn): Promise<readonly Bytes[] | undefined> {
  const { certificates } = statedCertificates(device, accepted);
  if (certificates === undefined) return undefined;
  const { userId } = person;
  const named =
    lastCertified(person, device) ??
    certified.find(({ deviceId }) => deviceId === device.deviceId)?.certificatesDigest;
  if (named !== undefined && equalBytes(named, await certificatesDigest(certificates))) return undefined;
  const verified = await verifyCertificates(certificates, { ...device, userId }, trustOptions(trust, nowMs));
  if (verified.ok) return certificates;
  if (named !== undefined) throw new SignetError(verified.code);
  return undefined;
}

/**
 * What the device signed last for itself, which is shown without its certificates, too. The server's word counts for those of a registration alone:
 * else it would have the same ones signed for at each sign-in, until the history is full.
 */
function lastCertified({ history }: FoldedPerson, { deviceId }: SignatureDevice): Bytes | undefined {
  for (const { proofs } of history.statements.toReversed()) {
    const transcript = proofs[0] === undefined ? undefined : decodeTranscript(proofs[0].transcript);
    if (transcript?.purpose === "certify" && transcript.deviceId === deviceId)
      return transcript.certificatesDigest;
  }
  return undefined;
}

/** Whether what was signed here is the last that the history says. */
export function endsWith({ history }: FoldedPerson, renewal: StatementIn | undefined): boolean {
  const [own] = renewal?.proofs ?? [];
  const [last] = history.statements.at(-1)?.proofs ?? [];
  return own !== undefined && last !== undefined && equalBytes(own.transcript, last.transcript);
}

/** In the place after what the server shows. @throws SignetError `device.*` */
export async function signCertify(
  person: FoldedPerson,
  device: SignatureDevice,
  {
    certificates,
    ...fields
  }: Pick<Transcript<"certify">, "serverOrigin" | "issuedAtMs" | "serverChallenge"> & {
    readonly certificates: readonly Bytes[];
  },
  options: SignOptions,
): Promise<StatementIn> {
  const transcript: Transcript<"certify"> = {
    purpose: "certify",
    ...fields,
    userId: person.userId,
    deviceId: device.deviceId,
    sequence: person.digests.length,
    previous: headOf(person),
    certificatesDigest: await certificatesDigest(certificates),
  };
  return { proofs: [await device.sign(transcript, options)], certificates: [...certificates] };
}
