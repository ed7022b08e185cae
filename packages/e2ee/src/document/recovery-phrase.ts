/**
 * The recovery phrase: what a person writes down, to open their document when they have none of their devices. 26 random characters of
 * five bits each, which nobody finds by trying, and two that tell a slip of the pen. Letters and digits rather than words: they are the same
 * in each language, and are typed like the codes that Signet has already.
 */
import { groupedCode, readGroupedCode, SignetError, utf8, type Bytes } from "@signet/protocol";

const randomCharacters = 26;
const checkCharacters = 2;
export const phraseCharacters = randomCharacters + checkCharacters;

/** @returns seven groups of four, with dashes */
export async function createRecoveryPhrase(): Promise<string> {
  const random = groupedCode(crypto.getRandomValues(new Uint8Array(randomCharacters)));
  return withCheck(random);
}

/**
 * What the phrase stands for, however it was typed.
 * @throws SignetError `document.badPhrase` for one that was mistyped
 */
export async function recoverySecret(typed: string): Promise<Bytes> {
  const phrase = readGroupedCode(typed, phraseCharacters);
  if (phrase === undefined || (await withCheck(phrase)) !== phrase)
    throw new SignetError("document.badPhrase");
  return utf8(phrase);
}

/** @param phrase with or without its check */
async function withCheck(phrase: string): Promise<string> {
  const random = phrase.replaceAll("-", "").slice(0, randomCharacters);
  const hash = await crypto.subtle.digest("SHA-256", utf8(`signet/recovery-phrase/v1 ${random}`));
  const check = groupedCode(new Uint8Array(hash).slice(0, checkCharacters));
  return readGroupedCode(random + check, phraseCharacters) ?? phrase;
}
