/** Names in certificates: reading them, and making them fit to be shown to people. */
import { fromUtf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { oidOf, tags } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";

export const attributeTypes = {
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
  country: "2.5.4.6",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  emailAddress: "1.2.840.113549.1.9.1",
} as const;

/** Each byte a character. */
export const latin1 = (contents: Bytes): string =>
  Array.from(contents, (byte) => String.fromCharCode(byte)).join("");

/** The string types of X.520, by tag. */
const decoders: Readonly<Record<number, (contents: Bytes) => string | undefined>> = {
  0x0c: fromUtf8,
  0x12: ascii,
  0x13: ascii,
  0x14: latin1,
  0x16: ascii,
  0x1a: ascii,
  0x1c: utf32,
  0x1e: utf16,
};

/** @returns undefined when it is no string, or not a correct one of its type */
export function textOf(node: DerNode | undefined): string | undefined {
  return node === undefined ? undefined : decoders[node.tag]?.(node.contents);
}

export function ascii(contents: Bytes): string | undefined {
  return contents.every((byte) => byte < 0x80) ? latin1(contents) : undefined;
}

function utf16(contents: Bytes): string | undefined {
  if (contents.length % 2 !== 0) return undefined;
  const view = new DataView(contents.buffer, contents.byteOffset, contents.length);
  let text = "";
  for (let at = 0; at < contents.length; at += 2) text += String.fromCharCode(view.getUint16(at));
  return /\p{Cs}/u.test(text) ? undefined : text;
}

function utf32(contents: Bytes): string | undefined {
  if (contents.length % 4 !== 0) return undefined;
  const view = new DataView(contents.buffer, contents.byteOffset, contents.length);
  let text = "";
  for (let at = 0; at < contents.length; at += 4) {
    const point = view.getUint32(at);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}

export interface Attribute {
  readonly type: string;
  readonly value: DerNode;
}

/** The attributes of each RDN of a Name (RFC 5280 section 4.1.2.4), in order; undefined when it is no Name. */
export function rdnsOf(name: DerNode): readonly (readonly Attribute[])[] | undefined {
  if (name.tag !== tags.sequence) return undefined;
  const rdns = name.children.map(({ tag, children }) => {
    if (tag !== tags.set || children.length === 0) return undefined;
    const attributes = children.map(({ tag: pair, children: [type, value, ...rest] }) => {
      const oid = oidOf(type);
      if (pair !== tags.sequence || oid === undefined || value === undefined || rest.length > 0)
        return undefined;
      return { type: oid, value };
    });
    return attributes.every((attribute) => attribute !== undefined) ? attributes : undefined;
  });
  return rdns.every((rdn) => rdn !== undefined) ? rdns : undefined;
}

/** All values of one attribute type; one that is no correct string is undefined. */
export function attributesOf(name: DerNode, type: string): readonly (string | undefined)[] {
  return (rdnsOf(name) ?? [])
    .flat()
    .filter((attribute) => attribute.type === type)
    .map(({ value }) => textOf(value));
}

const longestShown = 64;

/**
 * One line of at most 64 characters. Control and bidirectional characters, which could make one name look like another, and what
 * cannot be read become U+FFFD rather than nothing: "Al\u200bice" must not be shown as "Alice".
 */
export function shown(text: string): string {
  const clean = text
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, "\u{fffd}")
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(clean);
  return characters.length > longestShown
    ? `${characters
        .slice(0, longestShown - 1)
        .join("")
        .trimEnd()}\u2026`
    : clean;
}

const shortNames: Readonly<Record<string, string>> = {
  [attributeTypes.commonName]: "CN",
  [attributeTypes.serialNumber]: "serialNumber",
  [attributeTypes.country]: "C",
  [attributeTypes.organization]: "O",
  [attributeTypes.organizationalUnit]: "OU",
  [attributeTypes.emailAddress]: "E",
};

/** The first of these attributes that says something, else the whole name as `CN=..., O=...`. */
export function shownName(name: DerNode, preferred: readonly string[], other?: string): string {
  for (const type of preferred) {
    const text = attributesOf(name, type).find((value) => value !== undefined && shown(value) !== "");
    if (text !== undefined) return shown(text);
  }
  if (other !== undefined && shown(other) !== "") return shown(other);
  const parts = (rdnsOf(name) ?? []).flat();
  return shown(
    parts.map(({ type, value }) => `${shortNames[type] ?? type}=${textOf(value) ?? "\u{fffd}"}`).join(", "),
  );
}
