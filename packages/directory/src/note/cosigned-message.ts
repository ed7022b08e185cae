import { utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

/** What a witness signs (C2SP tlog-cosignature, "Ed25519 signed message"). @param timeS seconds since 1970 */
export const cosignedMessage = (text: string, timeS: number): Bytes =>
  utf8(`cosignature/v1\ntime ${timeS}\n${text}`);
