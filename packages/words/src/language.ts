/** The one place where a language is chosen. A further one is a folder beside `en`. */
import type { Catalogue } from "./catalogue.ts";
import { en } from "./en/index.ts";

export const catalogue: Catalogue = en;
