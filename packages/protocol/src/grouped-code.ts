/** Codes that a person carries from one place to another, as `7K3M-...`: on paper, or read out. */
import type { Bytes } from "./bytes.ts";

/** Crockford's: without I, L, O and U. 5 bits each. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const groupCharacters = 4;

/** A character of the last five bits of each byte. */
export const groupedCode = (random: Bytes): string =>
  grouped(Array.from(random, (byte) => alphabet[byte % alphabet.length]).join(""));

const grouped = (characters: string): string =>
  characters.replaceAll(new RegExp(`.{${groupCharacters}}(?=.)`, "g"), "$&-");

/**
 * As somebody types it: in small letters, with or without spaces and dashes, O for 0, I or L for 1.
 * @returns as {@link groupedCode} gives it, or undefined for what has another length, or other characters
 */
export function readGroupedCode(typed: string, length: number): string | undefined {
  const characters = typed
    .toUpperCase()
    .replaceAll(/[\s\p{Dash_Punctuation}]/gu, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  const isCode = characters.length === length && characters.split("").every((one) => alphabet.includes(one));
  return isCode ? grouped(characters) : undefined;
}
