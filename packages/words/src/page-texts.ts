import type { page } from "./en/page/index.ts";
import type { Shape } from "./shape.ts";

/** What a language says on the page. English gives the shape; a text that is missing or too many does not compile. */
export type PageTexts = Shape<typeof page>;
