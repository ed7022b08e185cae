/** What the command line says beyond the words for codes. */
import type { CommandLineTexts } from "./command-line-texts.ts";
import { commandLine as en } from "./en/command-line/index.ts";
import { language } from "./language.ts";
import type { Language } from "./language.ts";
import { commandLine as zhHans } from "./zh-hans/command-line/index.ts";

export type { CommandLineTexts } from "./command-line-texts.ts";

const commandLines: Readonly<Record<Language, CommandLineTexts>> = { en, "zh-Hans": zhHans };

/** In the language that is chosen, which the command line does before any of its modules is loaded. */
export const texts = (): CommandLineTexts => commandLines[language()];
