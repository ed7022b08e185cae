/** What the page says beyond the words for codes. */
import { page as en } from "./en/page/index.ts";
import { language } from "./language.ts";
import type { Language } from "./language.ts";
import type { PageTexts } from "./page-texts.ts";
import { page as zhHans } from "./zh-hans/page/index.ts";

export type { PageTexts } from "./page-texts.ts";

const pages: Readonly<Record<Language, PageTexts>> = { en, "zh-Hans": zhHans };

/** In the language that is chosen, asked anew each time: nothing of it is kept. */
export const texts = (): PageTexts => pages[language()];
