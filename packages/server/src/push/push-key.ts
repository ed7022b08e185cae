import { fromBase64Url } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import { z } from "zod";

import type { Store } from "../store/store.ts";

/** By which push services know this server (RFC 8292): P-256, base64url of the uncompressed point and of the scalar. */
const Encoded = z.strictObject({ publicKey: z.string(), privateKey: z.string() });

export interface PushKey {
  /** 65 bytes: what browsers subscribe with. Another one later, and every subscription is void. */
  readonly publicKey: Bytes;
  readonly encoded: z.infer<typeof Encoded>;
}

/** The one that was made at the first start. */
export async function pushKeyIn(store: Store): Promise<PushKey> {
  const encoded = Encoded.parse(JSON.parse(await store.claimPushKey(JSON.stringify(await makeKey()))));
  const publicKey = fromBase64Url(encoded.publicKey);
  if (publicKey?.length !== 65) throw new TypeError("the push key cannot be read");
  return { publicKey, encoded };
}

async function makeKey(): Promise<z.infer<typeof Encoded>> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign"],
  );
  const { d } = await crypto.subtle.exportKey("jwk", privateKey);
  if (d === undefined) throw new TypeError("a private key has no scalar");
  const point = Buffer.from(await crypto.subtle.exportKey("raw", publicKey));
  return { publicKey: point.toString("base64url"), privateKey: d };
}
