/**
 * The language of this process: `--language`, `SIGNET_LANGUAGE`, or what the locale's variables say. It is chosen as this module is
 * loaded, before all others: their tables of options and commands hold words.
 */
import { bestLanguage, languages, takeLanguageFrom } from "@signet/words";
import type { Language } from "@signet/words";

export interface LanguageChoice {
  readonly language: Language;
  /** What is left of the words of the command line. */
  readonly args: readonly string[];
  /** BCP 47 tags of the person's region. */
  readonly regions: readonly string[];
  /** Where a language was named that there is not: by what, and which. */
  readonly unknown?: { readonly source: string; readonly value: string };
}

const flag = "--language";
const variable = "SIGNET_LANGUAGE";

/** `--language` may stand anywhere before `--`. */
export function chooseLanguage(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): LanguageChoice {
  const end = words.indexOf("--");
  const place = words.findIndex(
    (word, index) => (end < 0 || index < end) && (word === flag || word.startsWith(`${flag}=`)),
  );
  const word = words[place];
  const isInline = word?.includes("=") === true;
  const said = isInline ? word.slice(flag.length + 1) : place < 0 ? undefined : (words[place + 1] ?? "");
  const args = place < 0 ? words : words.toSpliced(place, isInline ? 1 : 2);
  const regions = regionsOf(env);
  const value = said ?? env[variable];
  if (value === undefined || value === "") {
    const choice = { language: bestLanguage(regions), args, regions };
    return said === undefined ? choice : { ...choice, unknown: { source: flag, value: said } };
  }
  const language = languages.find((each) => each.toLowerCase() === value.toLowerCase());
  if (language !== undefined) return { language, args, regions };
  const source = said === undefined ? variable : flag;
  return { language: bestLanguage(regions), args, regions, unknown: { source, value } };
}

/** The first that is set counts (POSIX, section 8.2): `zh_CN.UTF-8` is `zh-CN`. */
function regionsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const set = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find(
    (value) => value !== undefined && value !== "",
  );
  const [tag = ""] = (set ?? "").split(/[.@]/);
  return tag === "" ? [] : [tag.replaceAll("_", "-")];
}

const choice = chooseLanguage(process.argv.slice(2), process.env);
takeLanguageFrom(() => choice.language, choice.regions);

/** Of this process. */
export const chosen: LanguageChoice = choice;
