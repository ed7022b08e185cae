/**
 * Reads keys and certificates of a token, attribute by attribute: a module refuses a whole template for one it lacks, and one
 * attribute, object or class that it answers oddly for does not take the others with it.
 */
import type { Bytes } from "@signet/protocol";

import { CKA, CKO, CKR } from "./constants.ts";
import type { Cryptoki, Handle } from "./cryptoki.ts";
import { reasonOf, returnValueOf } from "./failure.ts";
import { fixedText } from "./fixed-text.ts";
import type { TokenObject, TokenObjects } from "./messages.ts";

/** A token has a handful; a broken module must not fill the memory. */
const mostObjects = 256;
/** What is told of oddities; a token that is odd throughout is no list to read. */
const mostOdd = 16;

interface Reading {
  readonly cryptoki: Cryptoki;
  readonly session: Handle;
  /** Throws what ends the reading: the token is gone. */
  readonly mustGoOn: (error: unknown) => void;
  readonly odd: string[];
  wantsLogin: boolean;
}

const classes = [
  ["privateKeys", CKO.privateKey, "private key"],
  ["publicKeys", CKO.publicKey, "public key"],
  ["certificates", CKO.certificate, "certificate"],
] as const;

/**
 * @param onlyPublic leaves the private keys out
 * @param mustGoOn throws for an error that says that the token is gone
 */
export function readObjects(
  cryptoki: Cryptoki,
  session: Handle,
  onlyPublic: boolean,
  mustGoOn: (error: unknown) => void,
): TokenObjects {
  const reading: Reading = { cryptoki, session, mustGoOn, odd: [], wantsLogin: false };
  const found = { privateKeys: [], publicKeys: [], certificates: [] } as Record<
    (typeof classes)[number][0],
    TokenObject[]
  >;
  for (const [name, objectClass, word] of classes) {
    if (onlyPublic && objectClass === CKO.privateKey) continue;
    for (const handle of findObjects(reading, objectClass, word))
      found[name].push(readObject(reading, handle, objectClass, word));
  }
  return { ...found, odd: reading.odd.slice(0, mostOdd), wantsLogin: reading.wantsLogin };
}

/** @param what is named where the module answers with something else than what was asked */
function note(reading: Reading, what: string, error: unknown): void {
  reading.mustGoOn(error);
  if (returnValueOf(error) === CKR.userNotLoggedIn) reading.wantsLogin = true;
  reading.odd.push(`${what}: ${reasonOf(error)}`);
}

function findObjects(reading: Reading, objectClass: number, word: string): Handle[] {
  const { cryptoki, session } = reading;
  const found: Handle[] = [];
  try {
    cryptoki.C_FindObjectsInit(session, [{ type: CKA.class, value: objectClass }]);
    try {
      while (found.length < mostObjects) {
        const next = cryptoki.C_FindObjects(session, mostObjects - found.length);
        if (next.length === 0) break;
        found.push(...next);
      }
    } finally {
      cryptoki.C_FindObjectsFinal(session);
    }
  } catch (error) {
    note(reading, `every ${word}`, error);
  }
  return found;
}

function readObject(reading: Reading, handle: Handle, objectClass: number, word: string): TokenObject {
  let name = `a ${word}`;
  const bytes = (type: number): Bytes | undefined => attribute(reading, handle, type, name);
  const flag = (type: number): boolean | undefined => {
    const value = bytes(type)?.[0];
    return value === undefined ? undefined : value !== 0;
  };
  const id = Buffer.from(bytes(CKA.id) ?? new Uint8Array()).toString("hex");
  if (id !== "") name = `the ${word} with the ID ${id}`;
  const label = fixedText(Buffer.from(bytes(CKA.label) ?? new Uint8Array()).toString("utf8"));
  if (label !== "") name = `the ${word} "${label}"`;
  const object: { -readonly [K in keyof TokenObject]: TokenObject[K] } = {
    handle: copyOf(handle),
    label,
    id,
  };
  const set = <K extends keyof TokenObject>(key: K, value: TokenObject[K] | undefined): void => {
    if (value !== undefined) object[key] = value;
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

/** @returns undefined when the object has no such attribute, it is empty, or the module answers oddly */
function attribute(reading: Reading, object: Handle, type: number, of: string): Bytes | undefined {
  try {
    const value = reading.cryptoki.C_GetAttributeValue(reading.session, object, [{ type }])[0]?.value;
    return value === undefined || value.length === 0 ? undefined : copyOf(value);
  } catch (error) {
    const returned = returnValueOf(error);
    if (returned !== CKR.attributeTypeInvalid && returned !== CKR.attributeSensitive)
      note(reading, `${attributeNames.get(type) ?? "an attribute"} of ${of}`, error);
    return undefined;
  }
}

/** `CKA_ALWAYS_AUTHENTICATE`, as the standard writes it. */
const attributeNames: ReadonlyMap<number, string> = new Map(
  Object.entries(CKA).map(([name, type]): [number, string] => [
    type,
    `CKA_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
  ]),
);

/** In memory of its own, so that it can pass to another process. */
export const copyOf = (buffer: Buffer): Bytes => Uint8Array.from(buffer);
