import { encodeFields } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { sha256 } from "./digest.ts";

/** What a `message` proof names of a voice message: what was sealed, and the keys to it in their order. */
export async function messageDigests({
  sealed,
  keys,
}: {
  readonly sealed: Bytes;
  readonly keys: readonly Bytes[];
}): Promise<{ readonly sealedDigest: Bytes; readonly keysDigest: Bytes }> {
  return { sealedDigest: await sha256(sealed), keysDigest: await sha256(encodeFields(keys)) };
}
