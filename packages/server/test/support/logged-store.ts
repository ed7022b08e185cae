/** Stores in which people can be registered without a server: whoever signs their log has a key of the tests. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";

import { verifierKey } from "@signet/directory";
import { utf8 } from "@signet/protocol";

import { openSqliteStore } from "../../src/index.ts";
import type { Store } from "../../src/index.ts";
import type { LogSigner } from "../../src/store/log-store.ts";

/** PKCS #8 up to the seed of an Ed25519 key (RFC 8410 section 7), and a seed. */
const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 7)]);
const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });

export const testLogKey = verifierKey("signet.test/log", "log", new Uint8Array(spki.subarray(-32)));

export const testLogSigner: LogSigner = {
  origin: testLogKey.name,
  sign: (text) => ({
    name: testLogKey.name,
    keyId: testLogKey.keyId,
    signature: new Uint8Array(sign(null, utf8(text), privateKey)),
  }),
};

export async function openLoggedStore(path: string): Promise<Store> {
  const store = openSqliteStore(path);
  await store.log.begin(testLogSigner);
  return store;
}
