/** Reading of options for every command of `signet`: without the server itself, so that a terminal starts without loading it. */
export { StartError } from "../start-error.ts";
export { nearest } from "./nearest.ts";
export { bad, bare, choice, domain, flag, integer, option, text } from "./option-spec.ts";
export type { OptionSpec, Parsed } from "./option-spec.ts";
export { environmentName, optionRows, parseCommandLine, readValues, wrapWords } from "./read-options.ts";
export { said } from "./said.ts";
export type { OptionTable, ValuesOf } from "./read-options.ts";
