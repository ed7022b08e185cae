import type { records } from "./en/records.ts";
import type { Shape } from "./shape.ts";

/** What a language says of a file that is verified. English gives the shape. */
export type RecordTexts = Shape<typeof records>;
