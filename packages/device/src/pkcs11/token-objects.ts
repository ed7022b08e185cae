/** Reads keys and certificates of a token, attribute by attribute: a module refuses a whole template for one it lacks. */
import type { Bytes } from "@signet/protocol";

import { CKA, CKO, CKR } from "./constants.ts";
import type { Attribute, Cryptoki, Handle } from "./cryptoki.ts";
import { returnValueOf } from "./failure.ts";
import type { TokenObject, TokenObjects } from "./messages.ts";

/** A token has a handful; a broken module must not fill the memory. */
const mostObjects = 256;

export function readObjects(cryptoki: Cryptoki, session: Handle): TokenObjects {
  const read = (objectClass: number): TokenObject[] =>
    findObjects(cryptoki, session, [{ type: CKA.class, value: objectClass }]).map((handle) =>
      readObject(cryptoki, session, handle, objectClass),
    );
  return {
    privateKeys: read(CKO.privateKey),
    publicKeys: read(CKO.publicKey),
    certificates: read(CKO.certificate),
  };
}

function findObjects(cryptoki: Cryptoki, session: Handle, template: Attribute[]): Handle[] {
  cryptoki.C_FindObjectsInit(session, template);
  try {
    const found: Handle[] = [];
    while (found.length < mostObjects) {
      const next = cryptoki.C_FindObjects(session, mostObjects - found.length);
      if (next.length === 0) break;
      found.push(...next);
    }
    return found;
  } finally {
    cryptoki.C_FindObjectsFinal(session);
  }
}

function readObject(cryptoki: Cryptoki, session: Handle, handle: Handle, objectClass: number): TokenObject {
  const bytes = (type: number): Bytes | undefined => attribute(cryptoki, session, handle, type);
  const flag = (type: number): boolean | undefined => {
    const value = bytes(type)?.[0];
    return value === undefined ? undefined : value !== 0;
  };
  const object: { -readonly [K in keyof TokenObject]: TokenObject[K] } = {
    handle: copyOf(handle),
    label: Buffer.from(bytes(CKA.label) ?? new Uint8Array())
      .toString("utf8")
      .trim(),
    id: Buffer.from(bytes(CKA.id) ?? new Uint8Array()).toString("hex"),
  };
  const set = <K extends keyof TokenObject>(name: K, value: TokenObject[K] | undefined): void => {
    if (value !== undefined) object[name] = value;
  };
  if (objectClass === CKO.certificate) {
    // 0 is CKC_X_509; others are not DER.
    if (ulongOf(bytes(CKA.certificateType)) === 0) set("value", bytes(CKA.value));
    return object;
  }
  set("keyType", ulongOf(bytes(CKA.keyType)));
  set("ecParams", bytes(CKA.ecParams));
  set("modulus", bytes(CKA.modulus));
  set("publicExponent", bytes(CKA.publicExponent));
  if (objectClass === CKO.publicKey) {
    set("ecPoint", bytes(CKA.ecPoint));
    return object;
  }
  set("maySign", flag(CKA.sign));
  set("alwaysAuthenticate", flag(CKA.alwaysAuthenticate));
  set("extractable", flag(CKA.extractable));
  return object;
}

/** CK_ULONG, little-endian on every machine that Node runs on; 4 bytes on Windows, else 8. */
function ulongOf(bytes: Bytes | undefined): number | undefined {
  return bytes?.reduceRight((sum, byte) => sum * 256 + byte, 0);
}

/** @returns undefined when the object has no such attribute, or it is empty */
function attribute(cryptoki: Cryptoki, session: Handle, object: Handle, type: number): Bytes | undefined {
  try {
    const value = cryptoki.C_GetAttributeValue(session, object, [{ type }])[0]?.value;
    return value === undefined || value.length === 0 ? undefined : copyOf(value);
  } catch (error) {
    const returned = returnValueOf(error);
    if (returned === CKR.attributeTypeInvalid || returned === CKR.attributeSensitive) return undefined;
    throw error;
  }
}

/** In memory of its own, so that it can pass to another thread. */
export const copyOf = (buffer: Buffer): Bytes => Uint8Array.from(buffer);
