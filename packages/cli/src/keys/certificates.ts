/** Certificates from files: those of the own key, and whose certificates are believed here. */
import { readFileSync } from "node:fs";

import {
  anchorFault,
  notesOnList,
  readCertificateFile,
  readCrls,
  summaryOf,
  withCertificates,
} from "@signet/device";
import type { CertificateTrust, SignatureDevice } from "@signet/device";
import { SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { Failure, exitCodes, unusableFile, wrongUse } from "../failure.ts";
import { wordsFor } from "../output/error-words.ts";
import type { ErrorLines } from "../output/error-words.ts";
import type { Identity } from "../run/identity.ts";

/** What is said of a file that is used all the same. */
export type FileWarning = ErrorLines & { readonly code: ErrorCode };

/** @throws Failure for a file that cannot be used, or that is for another key */
export function certified<D extends SignatureDevice>(device: D, { certificate }: Identity): D {
  if (certificate === undefined) return device;
  const chain = readWith("--certificate", certificate, readCertificateFile);
  try {
    return withCertificates(device, chain);
  } catch (cause) {
    if (!(cause instanceof SignetError) || cause.code !== "certificate.otherKey") throw cause;
    throw new Failure(
      exitCodes.refused,
      texts().trouble.noneForKey(certificate),
      texts().trouble.giveForKey,
      cause.code,
      cause,
    );
  }
}

/**
 * @param warn hears of each list that cannot be used, or that will refuse people
 * @returns undefined when the server's own trust anchors are to count
 * @throws Failure for a file that cannot be used, and for an anchor that nothing could ever lead to
 */
export async function trustOf(
  { trustAnchors, crl, userIdFrom = "email", userIdDomain }: Identity,
  warn: (warning: FileWarning) => void,
): Promise<CertificateTrust | undefined> {
  if (trustAnchors === undefined) return undefined;
  const nowMs = Date.now();
  const anchors = await anchorsIn("--trust-anchors", trustAnchors, nowMs);
  return {
    anchors,
    ...(crl === undefined ? {} : { crls: await readLists(crl, anchors, nowMs, warn) }),
    userIdFrom,
    ...(userIdDomain === undefined ? {} : { userIdDomain }),
  };
}

/**
 * @param nowMs until when each has to hold
 * @throws Failure for a file that cannot be used, and for an anchor that nothing could ever lead to
 */
export async function anchorsIn(
  option: string,
  path: string,
  nowMs: number,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const anchors = readWith(option, path, readCertificateFile);
  for (const anchor of anchors) {
    const code = await anchorFault(anchor, nowMs);
    if (code !== undefined)
      throw unusableFile(
        texts().trouble.inFile(summaryOf(anchor)?.wholeSubject ?? texts().trouble.aCertificate, path),
        code,
      );
  }
  return anchors;
}

async function readLists(
  path: string,
  anchors: readonly Uint8Array<ArrayBuffer>[],
  nowMs: number,
  warn: (warning: FileWarning) => void,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const { crls, faults, refusal } = readWith("--crl", path, readCrls);
  const nameOf = (place: number, issuer: string | undefined): string => {
    const which = crls.length === 1 ? path : texts().trouble.listIn(place, path);
    return issuer === undefined ? which : texts().trouble.withName(which, issuer);
  };
  if (refusal !== undefined) throw unusableFile(nameOf(refusal.place, refusal.issuer), refusal.code);
  const say = (subject: string, code: ErrorCode): void => {
    const { message, hint } = wordsFor(code);
    warn({ message: texts().trouble.about(subject, message), hint, code });
  };
  for (const { code, issuer, place } of faults) say(nameOf(place, issuer), code);
  for (const [i, crl] of crls.entries()) {
    const found = await notesOnList(crl, anchors, nowMs);
    for (const code of found?.notes ?? []) say(nameOf(i + 1, found?.issuer), code);
  }
  return crls;
}

function readWith<T>(name: string, path: string, read: (file: Uint8Array<ArrayBuffer>) => T): T {
  let file: Uint8Array<ArrayBuffer>;
  try {
    file = new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw wrongUse(texts().trouble.fileUnreadable(path), texts().trouble.giveReadable(name), cause);
  }
  try {
    return read(file);
  } catch (cause) {
    if (!(cause instanceof SignetError)) throw cause;
    throw unusableFile(path, cause.code, cause);
  }
}
