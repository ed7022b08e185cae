/** What a push service and a browser read of a notification, by WebCrypto and Node alone: by other code than the server writes with. */
import { createPublicKey, verify } from "node:crypto";

import type { Bytes } from "@signet/protocol";

const ecdh = { name: "ECDH", namedCurve: "P-256" };

export interface BrowserKeys {
  readonly p256dh: Bytes;
  readonly auth: Bytes;
  readonly privateKey: CryptoKey;
}

export async function makeBrowserKeys(): Promise<BrowserKeys> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ecdh, true, ["deriveBits"]);
  return {
    p256dh: new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)),
    auth: crypto.getRandomValues(new Uint8Array(16)),
    privateKey,
  };
}

async function hkdf(salt: Bytes, secret: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, length * 8);
  return new Uint8Array(bits);
}

const labelled = (label: string, ...parts: readonly Bytes[]): Bytes =>
  new Uint8Array(Buffer.concat([Buffer.from(`${label}\0`), ...parts]));

/** One record of `aes128gcm` (RFC 8188), encrypted to this browser (RFC 8291). @throws where it was not, or anything in it is altered */
export async function readPushed(
  body: Bytes,
  { auth, p256dh, privateKey }: BrowserKeys,
): Promise<{ readonly text: string; readonly padding: number }> {
  const idBytes = body[20] ?? 0;
  const [salt, senderKey, record] = [
    body.slice(0, 16),
    body.slice(21, 21 + idBytes),
    body.slice(21 + idBytes),
  ];
  if (record.length > new DataView(body.buffer, body.byteOffset + 16, 4).getUint32(0))
    throw new RangeError("several records");
  const sender = await crypto.subtle.importKey("raw", senderKey, ecdh, false, []);
  const shared = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "ECDH", public: sender }, privateKey, 256),
  );
  const secret = await hkdf(auth, shared, labelled("WebPush: info", p256dh, senderKey), 32);
  const keyBytes = await hkdf(salt, secret, labelled("Content-Encoding: aes128gcm"), 16);
  const iv = await hkdf(salt, secret, labelled("Content-Encoding: nonce"), 12);
  const key = await crypto.subtle.importKey("raw", keyBytes, "AES-GCM", false, ["decrypt"]);
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, record));
  const end = plain.findLastIndex((byte) => byte !== 0);
  if (plain[end] !== 2) throw new RangeError("no last record");
  return { text: Buffer.from(plain.slice(0, end)).toString("utf8"), padding: plain.length - end - 1 };
}

/** The token in an `Authorization: vapid` header (RFC 8292). @throws where the key beside it did not sign it */
export function readVapid(header: string): {
  readonly key: Buffer;
  readonly claims: Record<string, unknown>;
} {
  const [, token = "", encodedKey = ""] = /^vapid t=([^,]+), k=([\w-]+)$/.exec(header) ?? [];
  const [head = "", claims = "", signature = ""] = token.split(".");
  const key = Buffer.from(encodedKey, "base64url");
  const [x = "", y = ""] = [key.subarray(1, 33), key.subarray(33)].map((part) => part.toString("base64url"));
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const signed = Buffer.from(`${head}.${claims}`);
  const isSigned = verify(
    "sha256",
    signed,
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  const { alg } = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg?: string };
  if (!isSigned || alg !== "ES256") throw new Error("not signed by this key");
  return { key, claims: JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown> };
}
