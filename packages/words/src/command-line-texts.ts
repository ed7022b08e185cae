import type { commandLine } from "./en/command-line/index.ts";
import type { Shape } from "./shape.ts";

/** What a language says on the command line. English gives the shape; a text that is missing or too many does not compile. */
export type CommandLineTexts = Shape<typeof commandLine>;
