/** The language is chosen before anything else is loaded: tables of options and commands hold words. */
import "./language.ts";

await import("./command-line.ts");
