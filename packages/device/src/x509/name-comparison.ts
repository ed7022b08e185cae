/** When two names are the same (RFC 5280 section 7.1): string type, letter case and spacing do not count. */
import type { Bytes } from "@signet/protocol";

import { toHex } from "../hex.ts";
import type { DerNode } from "./der-tree.ts";
import { latin1, rdnsOf, textOf } from "./distinguished-name.ts";
import type { Attribute } from "./distinguished-name.ts";
import { nameForms } from "./extensions.ts";
import type { GeneralName } from "./extensions.ts";

/** Mapped to nothing (RFC 4518 section 2.2): controls that are no space, format and variation characters, marks that are not seen. */
const unseen = /\p{Cc}|\p{Cf}|\u034f|\u1806|[\u180b-\u180f]|[\ufe00-\ufe0f]|\ufffc/gu;

/**
 * Case folded (RFC 3454 table B.2), a code point at a time: by way of the capital, so that "\u00df" is "ss" and both small sigmas are
 * one; the dotless i has the capital of another letter.
 */
const folded = (text: string): string =>
  Array.from(text, (one) => (one === "\u0131" ? one : one.toUpperCase().toLowerCase())).join("");

/** As it is compared (RFC 4518 section 2), outer spaces gone and each run of them one (section 2.6.1). */
export function prepared(text: string): string {
  const mapped = text.replace(/[\t-\r\u0085\p{Z}]/gu, " ").replace(unseen, "");
  // Twice, since folding and composing each make what the other has to look at again.
  const once = folded(mapped.normalize("NFKC")).normalize("NFKC");
  return folded(once).normalize("NFKC").replace(/ +/g, " ").trim();
}

/** What is no correct string is the same in the same bytes only. */
function comparable({ type, value }: Attribute): string {
  const text = textOf(value);
  return text === undefined ? `${type}#${toHex(value.bytes)}` : `${type}=${prepared(text)}`;
}

/** An RDN is a set: its attributes have no order. No prepared text holds a line feed. */
export const comparableRdn = (rdn: readonly Attribute[]): string =>
  rdn
    .map(comparable)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join("\n");

/** What is no Name is the same as nothing. */
export function sameName(a: DerNode, b: DerNode): boolean {
  const [one, other] = [rdnsOf(a), rdnsOf(b)];
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  return one.every((rdn, i) => comparableRdn(rdn) === comparableRdn(other[i] ?? []));
}

/** Two places of a certificate or list that say the same: addresses as section 7.4, directory names as above, all else byte by byte. */
export function samePlace(a: GeneralName, b: GeneralName): boolean {
  if (a.form !== b.form) return false;
  const [one, other] = [a.node.children[0], b.node.children[0]];
  if (a.form === nameForms.directoryName && one !== undefined && other !== undefined)
    return sameName(one, other);
  const read = a.form === nameForms.uri ? addressOf : latin1;
  return read(a.node.contents) === read(b.node.contents);
}

/** Scheme and host without regard to case, the rest as it stands. */
const addressOf = (contents: Bytes): string =>
  latin1(contents).replace(/^[^:/?#]+:(\/\/[^/?#]*)?/, (start) => start.toLowerCase());
