/** By which push services know this server (RFC 8292). */
import { fromBase64Url } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import type { JWK } from "jose";

import type { Store } from "../store/store.ts";

/** Push services take no token that holds for more than a day. */
const tokenLifetime = "12h";

export interface PushKey {
  /** 65 bytes, an uncompressed point of P-256: what browsers subscribe with. Another one later, and every subscription is void. */
  readonly publicKey: Bytes;
  /** @param service its origin; @param contact a `mailto:` or `https:` address */
  tokenFor(service: string, contact: string): Promise<string>;
}

/** The one that was made at the first start. */
export async function pushKeyIn(store: Store): Promise<PushKey> {
  const { privateKey: made } = await generateKeyPair("ES256", { extractable: true });
  const kept = JSON.parse(await store.pushes.claimKey(JSON.stringify(await exportJWK(made)))) as JWK;
  const [x, y] = [kept.x, kept.y].map((part) => fromBase64Url(part ?? ""));
  if (x?.length !== 32 || y?.length !== 32) throw new TypeError("the push key cannot be read");
  const key = await importJWK(kept, "ES256");
  return {
    publicKey: new Uint8Array([4, ...x, ...y]),
    tokenFor: (service, contact) =>
      new SignJWT()
        .setProtectedHeader({ typ: "JWT", alg: "ES256" })
        .setAudience(service)
        .setExpirationTime(tokenLifetime)
        .setSubject(contact)
        .sign(key),
  };
}
