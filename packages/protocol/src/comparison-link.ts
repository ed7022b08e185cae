/** What the other's camera reads from the screen of whoever compares with them. Pure. */
import { readGroupedCode } from "./grouped-code.ts";
import { UserId } from "./ids.ts";

const fragment = "#compare=";
const comparisonCharacters = 32;

/** As somebody types it. @returns undefined for what is none */
export const readComparisonCode = (typed: string): string | undefined =>
  readGroupedCode(typed, comparisonCharacters);

/**
 * Nothing in it is secret: whoever knows both histories can make it. The part behind # stays in the browser that opens it.
 * @param shownBy whose screen it stands on, and so with whom the one compares who opens it
 */
export const comparisonUrl = (serverOrigin: string, shownBy: UserId, code: string): string =>
  `${serverOrigin}/${fragment}${code.replaceAll("-", "")}.${shownBy}`;

/** @param hash of a page's address; @returns undefined where it is no such link */
export function comparisonOfFragment(
  hash: string,
): { readonly userId: UserId; readonly code: string } | undefined {
  const [characters = "", ...rest] = hash.startsWith(fragment) ? hash.slice(fragment.length).split(".") : [];
  const userId = UserId.safeParse(rest.join("."));
  const code = readComparisonCode(characters);
  return userId.success && code !== undefined ? { userId: userId.data, code } : undefined;
}
