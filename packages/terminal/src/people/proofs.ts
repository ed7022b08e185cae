/** Proofs by people as this terminal recognises them: by a device that counts, with a certificate where there has to be one. */
import { verifyBinding, verifyDeviceProof } from "@signet/device";
import type {
  BindingExpectation,
  DeviceProofExpectation,
  DeviceProofResult,
  DevicePurpose,
} from "@signet/device";
import type { ProofIn } from "@signet/protocol";

import { deviceRefusal } from "./devices.ts";
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
