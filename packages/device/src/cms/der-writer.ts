/** DER as it is written (X.690 sections 8 and 10); what is read of it stands in x509/der-tree.ts. */
import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { tags } from "../x509/der-tree.ts";

/** @param contents one after another */
export function der(tag: number, ...contents: readonly Bytes[]): Bytes {
  const body = concatBytes(...contents);
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const header = body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | length.length, ...length];
  return concatBytes(Uint8Array.from(header), body);
}

export const sequence = (...children: readonly Bytes[]): Bytes => der(tags.sequence, ...children);

/** @param tag of an implicit one, else SET itself */
export const setOf = (children: readonly Bytes[], tag: number = tags.set): Bytes =>
  der(tag, ...children.toSorted(inOrder));

/** As section 11.6 sorts a SET OF: no encoding is the beginning of another one. */
function inOrder(a: Bytes, b: Bytes): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

export const octets = (contents: Bytes): Bytes => der(tags.octetString, contents);

/** @param value 0 to 127 */
export const smallInteger = (value: number): Bytes => der(tags.integer, Uint8Array.of(value));

/** @param dotted such as `1.2.840.113549.1.7.2`; its first two arcs fit into one byte */
export function oid(dotted: string): Bytes {
  const [first = 0, second = 0, ...arcs] = dotted.split(".").map(Number);
  const bytes = arcs.flatMap((arc) => {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      digits.unshift(0x80 | (rest % 128));
    return digits;
  });
  return der(tags.oid, Uint8Array.from([first * 40 + second, ...bytes]));
}

/** UTCTime up to 2049, else GeneralizedTime, to the second (RFC 5652 section 11.3). @param timeMs milliseconds since 1970 */
export function time(timeMs: number): Bytes {
  const digits = `${new Date(timeMs).toISOString().slice(0, 19).replaceAll(/\D/g, "")}Z`;
  const year = Number(digits.slice(0, 4));
  const isShort = year >= 1950 && year <= 2049;
  const text = isShort ? digits.slice(2) : digits;
  return der(
    isShort ? tags.utcTime : tags.generalizedTime,
    Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
  );
}
