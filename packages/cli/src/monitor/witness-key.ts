/** The key of a witness: in a file of its own, as others' tools for signed notes write theirs. */
import { formatVerifierKey, verifierKey } from "@signet/directory";
import type { NoteSigner, VerifierKey } from "@signet/directory";
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/** What stands before an Ed25519 key in PKCS#8, and in a SubjectPublicKeyInfo (RFC 8410). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");
const spkiPrefixBytes = 12;
/** Of cosignatures, as C2SP gave it. */
const cosignatureType = 0x04;

function keyOf(name: string, privateKey: KeyObject): VerifierKey {
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return verifierKey(name, "cosignature", new Uint8Array(spki.subarray(spkiPrefixBytes)));
}

/** New, for you alone. @returns the key that others verify with @throws RangeError for a name that no key can have; what the file system says */
export function makeWitnessKey(path: string, name: string): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const seed = privateKey.export({ format: "der", type: "pkcs8" }).subarray(pkcs8Prefix.length);
  const key = keyOf(name, privateKey);
  const id = key.keyId.toString(16).padStart(8, "0");
  const material = Buffer.concat([Buffer.of(cosignatureType), seed]).toString("base64");
  writeFileSync(path, `PRIVATE+KEY+${name}+${id}+${material}\n`, { mode: 0o600, flag: "wx" });
  return formatVerifierKey(key);
}

/** @returns undefined unless it is what {@link makeWitnessKey} writes @throws what the file system says */
export function readWitnessKey(path: string): NoteSigner | undefined {
  const [, name = "", id, material = ""] =
    /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)\n?$/.exec(readFileSync(path, "utf8")) ?? [];
  const [type, ...seed] = Buffer.from(material, "base64");
  if (type !== cosignatureType || seed.length !== 32) return undefined;
  const der = Buffer.concat([pkcs8Prefix, Buffer.from(seed)]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const key = keyOf(name, privateKey);
  if (key.keyId.toString(16).padStart(8, "0") !== id) return undefined;
  return { key, sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, privateKey))) };
}
