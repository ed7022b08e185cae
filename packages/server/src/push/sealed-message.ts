/** What a notification says, encrypted to one browser (RFC 8291). */
import { createECDH, randomBytes } from "node:crypto";

import type { Bytes } from "@signet/protocol";
import ece from "http_ece";

/** All that is said: neither who calls nor who is called. The service worker has the words. */
const message = Buffer.from("call");
/** Zeros after it: whatever is ever said, its length tells nothing. */
const pad = 1_024;

/** @param p256dh a point of P-256, as it is checked when it comes */
export function sealedFor({ auth, p256dh }: { readonly auth: Bytes; readonly p256dh: Bytes }): Buffer {
  // Of this notification alone.
  const privateKey = createECDH("prime256v1");
  privateKey.generateKeys();
  return ece.encrypt(message, {
    version: "aes128gcm",
    privateKey,
    dh: Buffer.from(p256dh),
    authSecret: Buffer.from(auth),
    salt: randomBytes(16),
    pad,
  });
}
