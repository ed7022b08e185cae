/** Proofs by people as this terminal recognises them: by a device that counts, with a certificate where there has to be one. */
import { verifyBinding, verifyDeviceProof } from "@signet/device";
import type {
  BindingExpectation,
  DeviceProofExpectation,
  DeviceProofResult,
  DevicePurpose,
  Refusal,
} from "@signet/device";
import type { ErrorCode, ProofIn } from "@signet/protocol";

import { deviceRefusal } from "./devices.ts";
import type { Directory, KnownPerson } from "./directory.ts";
import type { Recognised } from "./devices.ts";

/** As verifyDeviceProof, and `certificate.*` where the person is not recognised by the device that signed. */
export async function verifyProofOf<P extends DevicePurpose>(
  known: Recognised,
  proof: ProofIn,
  expected: Omit<DeviceProofExpectation<P>, "person">,
): Promise<DeviceProofResult<P>> {
  const result = await verifyDeviceProof(proof, { ...expected, person: known.person });
  if (!result.ok) return result;
  const code = deviceRefusal(known, result.proof.device);
  return code === undefined ? result : { ok: false, code };
}

/** What a history that is not the latest one lacks. */
const mayBeNewer: ReadonlySet<ErrorCode> = new Set(["history.deviceUnknown", "history.head"]);

/**
 * Checks something by the person as they are known here and, should that lack the device, or the head of the history that it was signed
 * with, once more by what the server shows now: somebody may have gone on since they were met.
 * @returns who it was checked by at last, with the result
 */
export async function checkedByNewest<R extends { readonly ok: true } | Refusal>(
  directory: Pick<Directory, "newest" | "otherHistory">,
  known: KnownPerson,
  check: (known: KnownPerson) => Promise<R>,
): Promise<{ readonly known: KnownPerson; readonly result: R }> {
  const result = await check(known);
  if (result.ok || !mayBeNewer.has(result.code)) return { known, result };
  const { userId } = known.person;
  const newest = await directory.newest(userId);
  // Nothing speaks against who could not be asked for.
  if (newest === "notAsked") return { known, result };
  const isNews = newest !== undefined && newest.person !== known.person;
  const last = isNews ? { known: newest, result: await check(newest) } : { known, result };
  if (!last.result.ok && last.result.code === "history.head") directory.otherHistory(userId);
  return last;
}

/** As verifyBinding, and `certificate.*` as {@link verifyProofOf}. */
export async function verifyBindingOf(
  known: Recognised,
  proof: ProofIn,
  expected: Omit<BindingExpectation, "person">,
): ReturnType<typeof verifyBinding> {
  const result = await verifyBinding(proof, { ...expected, person: known.person });
  if (!result.ok) return result;
  const code = deviceRefusal(known, result.binding.device);
  return code === undefined ? result : { ok: false, code };
}
