import { encodeFields, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { sha256 } from "../digest.ts";

/** 66 bits: for a key of somebody else's with the same digits, a server would make keys for longer than there are computers. */
const groups = 5;
const groupDigits = 4;

/**
 * What somebody who asks to be recovered reads to the administrator, over a channel that they trust: digits of the hash of who they are, where,
 * and by which new key. @returns `1234 5678 ...`
 */
export async function recoveryCode(
  serverOrigin: string,
  userId: string,
  newDevicePublicKey: Bytes,
): Promise<string> {
  const digest = await sha256(
    encodeFields([utf8("signet/recovery-code/v1"), utf8(serverOrigin), utf8(userId), newDevicePublicKey]),
  );
  const number = digest.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const digits = (number % 10n ** BigInt(groups * groupDigits))
    .toString()
    .padStart(groups * groupDigits, "0");
  return Array.from({ length: groups }, (_, i) => digits.slice(i * groupDigits, (i + 1) * groupDigits)).join(
    " ",
  );
}

/** Whether what somebody typed is this code, however they wrote it. */
export const isRecoveryCode = (typed: string, code: string): boolean =>
  typed.replaceAll(/\D/g, "") === code.replaceAll(/\D/g, "");
