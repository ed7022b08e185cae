/** Byte string that WebCrypto accepts in every environment (never backed by shared memory). */
export type Bytes = Uint8Array<ArrayBuffer>;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const alphabetCodes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
const alphabetValues = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i++) alphabetValues[alphabet.charCodeAt(i)] = i;

/** Bytes that become text at once: a multiple of three, and few enough for the arguments of one call. */
const textedBytes = 6_144;

/** base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  // Piece by piece: character by character, a megabyte would keep a server from everything else for a fifth of a second.
  for (let at = 0; at < bytes.length; at += textedBytes)
    text += Reflect.apply(
      String.fromCharCode,
      undefined,
      charactersOf(bytes.subarray(at, at + textedBytes)),
    ) as string;
  return text;
}

function charactersOf(bytes: Uint8Array): Uint8Array {
  const characters = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    // What is beyond the end of the text is not kept.
    characters[at++] = alphabetCodes[a >> 2] ?? 0;
    characters[at++] = alphabetCodes[((a & 3) << 4) | (b >> 4)] ?? 0;
    characters[at++] = alphabetCodes[((b & 15) << 2) | (c >> 6)] ?? 0;
    characters[at++] = alphabetCodes[c & 63] ?? 0;
  }
  return characters;
}

/**
 * Strict inverse of {@link toBase64Url}: no padding, no white space, and unused bits must be zero, so that
 * each byte string has exactly one text.
 * @returns undefined when `text` is not canonical base64url
 */
export function fromBase64Url(text: string): Bytes | undefined {
  const rest = text.length % 4;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? (alphabetValues[code] ?? -1) : -1;
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

/** UTF-8 bytes of `text`. Written out because `TextEncoder` is not part of the language. Lone surrogates become U+FFFD. */
export function utf8(text: string): Bytes {
  const out: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
  }
  return Uint8Array.from(out);
}

/** @returns undefined when `bytes` is not well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates). */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i++] ?? 0;
    const more =
      first < 0x80
        ? 0
        : first >= 0xc2 && first < 0xe0
          ? 1
          : first >= 0xe0 && first < 0xf0
            ? 2
            : first >= 0xf0 && first < 0xf5
              ? 3
              : -1;
    if (more < 0) return undefined;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let k = 0; k < more; k++) {
      const next = bytes[i++];
      if (next === undefined || (next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 63);
    }
    const least = more === 2 ? 0x800 : more === 3 ? 0x10000 : 0;
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    text += String.fromCodePoint(code);
  }
  return text;
}

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Compares without an early exit, so that timing does not tell where two strings differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
