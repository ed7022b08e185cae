/** Statements by which the device of a test terminal renews its certificates as it signs in. */
import assert from "node:assert/strict";

import { certificatesDigest } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { equalBytes } from "@signet/protocol";
import type { Bytes, ReplyBody, RequestBody, StatementIn, Transcript } from "@signet/protocol";

import type { TestAuthenticator } from "./authenticator.ts";

export type TestDevice = SignatureDevice | TestAuthenticator;

/** A test terminal, as far as this needs it. */
interface SigningIn {
  readonly device: TestDevice | undefined;
  readonly begun: ReplyBody<"sign-in.begin"> | undefined;
  readonly head: Bytes;
  common(): Pick<Transcript<"certify">, "serverOrigin" | "userId" | "deviceId" | "issuedAtMs">;
}

/** As they are stated at a registration. */
export const chainOf = (device: TestDevice): { readonly certificates?: Bytes[] } =>
  "certificates" in device && device.certificates !== undefined
    ? { certificates: [...device.certificates] }
    : {};

/** For the certificates of the terminal's device, in the sign-in that was begun last. */
export async function certify(
  terminal: SigningIn,
  twist: (transcript: Transcript<"certify">) => Transcript<"certify"> = (transcript) => transcript,
  signer: SignatureDevice | undefined = terminal.device,
): Promise<StatementIn> {
  const { begun, device } = terminal;
  if (begun === undefined || device === undefined || signer === undefined)
    return assert.fail("no sign-in was begun");
  const { certificates = [] } = chainOf(device);
  const transcript: Transcript<"certify"> = {
    purpose: "certify",
    ...terminal.common(),
    sequence: (begun.entries[0]?.statements.length ?? 0) + 1,
    previous: terminal.head,
    serverChallenge: begun.challenge,
    certificatesDigest: await certificatesDigest(certificates),
  };
  return { proofs: [await signer.sign(twist(transcript))], certificates };
}

/** Nothing where the server named these certificates. */
export async function renewalOf(
  terminal: SigningIn,
  signer: SignatureDevice,
): Promise<Pick<RequestBody<"sign-in.finish">, "certify">> {
  const { begun, device } = terminal;
  const { certificates } = device === undefined ? {} : chainOf(device);
  if (certificates === undefined) return {};
  const named = begun?.certified.find(({ deviceId }) => deviceId === device?.deviceId);
  const isNamed =
    named !== undefined && equalBytes(named.certificatesDigest, await certificatesDigest(certificates));
  return isNamed ? {} : { certify: await certify(terminal, undefined, signer) };
}
