/** Proofs by people as this terminal recognises them: by a device that counts, with a certificate where there has to be one. */
import { countsNow, verifyBinding, verifyDeviceProof } from "@signet/device";
import type {
  BindingExpectation,
  DeviceProofExpectation,
  DeviceProofResult,
  DevicePurpose,
  PersonDevice,
  Refusal,
} from "@signet/device";
import type { ErrorCode, ProofIn } from "@signet/protocol";

import { deviceRefusal } from "./devices.ts";
import type { Directory, KnownPerson } from "./directory.ts";
import type { Recognised } from "./devices.ts";

/**
 * As verifyDeviceProof, and `certificate.*` where the person is not recognised by the device that signed; of a revoked one, if it is taken, nothing is known
 * any more.
 */
export async function verifyProofOf<P extends DevicePurpose>(
  known: Recognised,
  proof: ProofIn,
  expected: Omit<DeviceProofExpectation<P>, "person">,
): Promise<DeviceProofResult<P>> {
  const result = await verifyDeviceProof(proof, { ...expected, person: known.person });
  if (!result.ok) return result;
  const { device } = result.proof;
  const code = countsNow(device) ? deviceRefusal(known, device) : undefined;
  return code === undefined ? result : { ok: false, code };
}

/** What a history that is not the latest one lacks. */
const mayBeNewer: ReadonlySet<ErrorCode> = new Set(["history.deviceUnknown", "history.head"]);

/** What holds of a device's, or of a terminal key's that it vouches for. */
type Checked = { readonly ok: true } & (
  | { readonly proof: { readonly device: PersonDevice } }
  | { readonly binding: { readonly device: PersonDevice } }
);

/**
 * Checks something by the person as they are known here and, should that lack the device, or the head of the history that it was signed
 * with, once more by what the server shows now: somebody may have gone on since they were met. A device that is known to be revoked counts for nothing,
 * also where the person is still known by what was before: nobody here may have decided yet who they are.
 * @param takesRevoked as verifyDeviceProof has it
 * @returns who it was checked by at last, with the result
 */
export async function checkedByNewest<R extends Checked | Refusal>(
  directory: Pick<Directory, "newest" | "otherHistory" | "revocations">,
  known: KnownPerson,
  checkBy: (known: KnownPerson) => Promise<R>,
  takesRevoked: (deviceId: string) => boolean = () => false,
): Promise<{ readonly known: KnownPerson; readonly result: R | Refusal }> {
  const check = async (by: KnownPerson): Promise<R | Refusal> => {
    const checked = await checkBy(by);
    if (!checked.ok) return checked;
    const { deviceId } = ("proof" in checked ? checked.proof : checked.binding).device;
    const counts = !directory.revocations.has(deviceId) || takesRevoked(deviceId);
    return counts ? checked : { ok: false, code: "history.deviceRevoked" };
  };
  const result = await check(known);
  if (result.ok || !mayBeNewer.has(result.code)) return { known, result };
  const { userId } = known.person;
  const newest = await directory.newest(userId);
  // Nothing speaks against who could not be asked for, nor against who let them in; nor against who lets in whom this person has not decided about.
  if (newest !== undefined && "code" in newest) {
    const { code } = newest;
    return { known, result: code === "auth.signInRequired" ? result : { ok: false, code } };
  }
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
  const { device } = result.binding;
  const code = countsNow(device) ? deviceRefusal(known, device) : undefined;
  return code === undefined ? result : { ok: false, code };
}
