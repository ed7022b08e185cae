/** The one place where a language is chosen. A further one is a folder beside `en`. */
import type { Catalogue } from "./catalogue.ts";
import { en } from "./en/index.ts";
import { zhHans } from "./zh-hans/index.ts";

/** As BCP 47 writes it. */
export type Language = "en" | "zh-Hans";

const catalogues: Readonly<Record<Language, Catalogue>> = { en, "zh-Hans": zhHans };

export const languages = Object.keys(catalogues) as readonly Language[];

/** What it calls itself, and how it is written. */
export const aboutLanguage = (
  language: Language,
): { readonly name: string; readonly direction: "ltr" | "rtl" } => ({
  name: catalogues[language].name,
  direction: catalogues[language].direction,
});

let chosen = (): Language => "en";
let regions: readonly string[] = [];

/**
 * @param source asked each time that something is said, so that a page can show at once what was chosen anew
 * @param preferred BCP 47 tags of the person's regions: times are written as it is done there, where the language is the same
 */
export function takeLanguageFrom(source: () => Language, preferred: readonly string[] = []): void {
  chosen = source;
  regions = preferred;
}

export const language = (): Language => chosen();

export const catalogue = (): Catalogue => catalogues[chosen()];

/** For times and numbers. */
export const locale = (): string => regions.find((tag) => languageOf(tag) === chosen()) ?? catalogue().locale;

/** What `Intl` makes for the locale that is chosen: making one takes longer than using it a thousand times. */
export function byLocale<Made>(make: (locale: string) => Made): () => Made {
  const made = new Map<string, Made>();
  return () => {
    const tag = locale();
    const one = made.get(tag) ?? make(tag);
    made.set(tag, one);
    return one;
  };
}

/** The first of `wanted` (BCP 47 tags) that there is; else English. Who wants traditional characters gets no simplified ones unasked. */
export const bestLanguage = (wanted: readonly string[]): Language =>
  wanted.map(languageOf).find((found) => found !== undefined) ?? "en";

/** By language and script: `zh-CN` is `zh-Hans`, and `zh-TW` is not. undefined where there is none, or `tag` is no tag. */
export function languageOf(tag: string): Language | undefined {
  const wanted = written(tag);
  return wanted === undefined ? undefined : languages.find((each) => written(each) === wanted);
}

function written(tag: string): string | undefined {
  try {
    const { language: spoken, script } = new Intl.Locale(tag).maximize();
    return `${spoken}-${script}`;
  } catch {
    return undefined;
  }
}
