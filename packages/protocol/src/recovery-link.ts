/** What an administrator's camera reads from the screen of whoever asks to be recovered, beside what they hear. Pure. */
import { UserId } from "./ids.ts";

const fragment = "#recover=";
const codeDigits = 20;

/** Whether it has as many digits as a code, however they are grouped. */
export const mayBeRecoveryCode = (typed: string): boolean =>
  typed.replaceAll(/\D/g, "").length === codeDigits;

/** Nothing in it is secret. The part behind # stays in the browser that opens it. @param code twenty digits, however they are grouped */
export const recoveryUrl = (serverOrigin: string, userId: UserId, code: string): string =>
  `${serverOrigin}/${fragment}${code.replaceAll(/\D/g, "")}.${userId}`;

/** @param hash of a page's address; @returns undefined where it is no such link; `code` in groups of four digits */
export function recoveryOfFragment(
  hash: string,
): { readonly userId: UserId; readonly code: string } | undefined {
  const [digits = "", ...rest] = hash.startsWith(fragment) ? hash.slice(fragment.length).split(".") : [];
  const userId = UserId.safeParse(rest.join("."));
  if (!userId.success || digits.length !== codeDigits || !/^\d+$/.test(digits)) return undefined;
  return { userId: userId.data, code: digits.replaceAll(/.{4}(?=.)/g, "$& ") };
}
