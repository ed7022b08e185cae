/** Keys that sign notes, as they are written (C2SP signed-note, "Verifier keys"; tlog-cosignature). */
import { concatBytes, fromUtf8, isSmallOrder, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { sha256 } from "../sha256.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/** `log`: Ed25519 over the text. `cosignature`: Ed25519 over the text and a time. */
export type NoteKeyKind = "log" | "cosignature";

/** The signature types that C2SP gave them. */
const typeBytes: Readonly<Record<NoteKeyKind, number>> = { log: 0x01, cosignature: 0x04 };

export interface VerifierKey {
  /** As a URL without scheme: `signet.example/log`. */
  readonly name: string;
  readonly kind: NoteKeyKind;
  /** Ed25519, raw, 32 bytes. */
  readonly publicKey: Bytes;
  /** The first four bytes of a hash of all three, as an unsigned integer: it tells keys apart, and proves nothing. */
  readonly keyId: number;
}

/** Not empty, no Unicode space, no `+`, no control character, and text that UTF-8 can write. */
export const isKeyName = (name: string): boolean =>
  // oxlint-disable-next-line no-control-regex
  /^[^\p{White_Space}+\u0000-\u001f]+$/u.test(name) && fromUtf8(utf8(name)) === name;

/** @throws RangeError for a name that no key can have, and for what is no Ed25519 key, or one that speaks for nobody */
export function verifierKey(name: string, kind: NoteKeyKind, publicKey: Bytes): VerifierKey {
  if (!isKeyName(name)) throw new RangeError("not a name for a key");
  if (publicKey.length !== 32 || isSmallOrder(publicKey)) throw new RangeError("not an Ed25519 key");
  return { name, kind, publicKey, keyId: keyIdOf(name, kind, publicKey) };
}

/** Whether a log of that name is the one of the server: it is called as the server is, without the scheme, and by where it is read there. */
export const isLogOf = (name: string, serverOrigin: string): boolean =>
  ["https", "http"].some((scheme) => `${scheme}://${name}` === `${serverOrigin}/log`);

function keyIdOf(name: string, kind: NoteKeyKind, publicKey: Bytes): number {
  const hash = sha256(concatBytes(utf8(name), Uint8Array.of(0x0a, typeBytes[kind]), publicKey));
  return new DataView(hash.buffer).getUint32(0);
}

/** @returns `<name>+<key ID, 8 hexadecimal digits>+<base64 of type and key>` */
export function formatVerifierKey({ keyId, kind, name, publicKey }: VerifierKey): string {
  const material = concatBytes(Uint8Array.of(typeBytes[kind]), publicKey);
  return `${name}+${keyId.toString(16).padStart(8, "0")}+${toBase64(material)}`;
}

/** @returns undefined unless `text` is exactly what {@link formatVerifierKey} writes: also for keys of other types */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = "", material = ""] = /^([^+]+)\+[0-9a-f]{8}\+(.+)$/.exec(text) ?? [];
  const [type, ...publicKey] = fromBase64(material) ?? [];
  const kind = (["log", "cosignature"] as const).find((each) => typeBytes[each] === type);
  if (kind === undefined) return undefined;
  try {
    const key = verifierKey(name, kind, Uint8Array.from(publicKey));
    return formatVerifierKey(key) === text ? key : undefined;
  } catch {
    return undefined;
  }
}
