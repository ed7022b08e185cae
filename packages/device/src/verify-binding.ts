import { TerminalId, decodeTranscript } from "@signet/protocol";
import type { ProofIn } from "@signet/protocol";

import { importTerminalKey } from "./public-key.ts";
import { clockToleranceMs } from "./transcript-check.ts";
import type { ExpectedFields } from "./transcript-check.ts";
import { refuse } from "./verified.ts";
import type { Binding, Person, Refusal } from "./verified.ts";
import { verifyDeviceProof } from "./verify-device-proof.ts";

export interface BindingExpectation {
  readonly serverOrigin: string;
  readonly person: Person;
  readonly nowMs: number;
  readonly fields?: ExpectedFields<"sign-in">;
  /** As for {@link verifyDeviceProof}. */
  readonly takesRevoked?: (deviceId: string) => boolean;
}

/**
 * Reads the binding out of a `sign-in` or `register` proof of any age that has not expired. The server, which must see a
 * fresh one, calls {@link verifyDeviceProof} with a time as well.
 * @returns refusal `proof.purpose` for a `register` proof by any but the first device, `proof.expired` after the end, `proof.time` when issued more than two minutes in the future,
 *   `proof.terminal` or `proof.terminalKey` when these are no ID or key at all, otherwise as verifyDeviceProof
 */
export async function verifyBinding(
  proof: ProofIn,
  expected: BindingExpectation,
): Promise<{ readonly ok: true; readonly binding: Binding } | Refusal> {
  const { serverOrigin, person, nowMs, fields = {}, takesRevoked = () => false } = expected;
  const purpose = decodeTranscript(proof.transcript)?.purpose === "register" ? "register" : "sign-in";
  const signed = { purpose, serverOrigin, person, time: "any", fields, takesRevoked } as const;
  const result = await verifyDeviceProof(proof, signed);
  if (!result.ok) return result;
  const { terminalKey, issuedAtMs, expiresAtMs, ...transcript } = result.proof.transcript;
  const terminalId = TerminalId.safeParse(transcript.terminalId);
  if (!terminalId.success) return refuse("proof.terminal");
  if ((await importTerminalKey(terminalKey)) === undefined) return refuse("proof.terminalKey");
  const late = bindingTimeRefusal({ issuedAtMs, expiresAtMs }, nowMs);
  if (late !== undefined) return refuse(late);
  const { device } = result.proof;
  // Only the first device registered a person; what another one signed at its own attempt binds nobody.
  if (purpose === "register" && device.addedBySequence > 0) return refuse("proof.purpose");
  const binding = {
    userId: person.userId,
    deviceId: device.deviceId,
    device,
    terminalId: terminalId.data,
    terminalKey,
    issuedAtMs,
    expiresAtMs,
    proof: result.proof,
  };
  return { ok: true, binding: binding as Binding };
}

/** Why a binding does not hold at that time, where it does not; by any clock. */
export function bindingTimeRefusal(
  { expiresAtMs, issuedAtMs }: Pick<Binding, "expiresAtMs" | "issuedAtMs">,
  nowMs: number,
): "proof.time" | "proof.expired" | undefined {
  if (issuedAtMs > nowMs + clockToleranceMs) return "proof.time";
  return expiresAtMs <= nowMs ? "proof.expired" : undefined;
}
