import type { ErrorCode } from "@signet/protocol";

import type { ErrorWords } from "./catalogue.ts";
import { catalogue } from "./language.ts";

/** For a page: what happened, and what to do next, as clauses. */
export function errorWords(code: ErrorCode): ErrorWords {
  const [happened, next] = catalogue.errors[code];
  return { happened, next };
}

/** For the command line, whose lines are clauses. */
export function commandLineErrorWords(code: ErrorCode): ErrorWords {
  return { ...errorWords(code), ...catalogue.commandLineErrors[code] };
}

/** For a page: two sentences, what happened and what to do next. */
export function sentenceFor(code: ErrorCode): string {
  const { happened, next } = errorWords(code);
  return `${sentence(happened)} ${sentence(next)}`;
}

/** A clause as a sentence of its own. */
export function sentence(clause: string): string {
  const [first = "", ...rest] = clause;
  return `${first.toLocaleUpperCase(catalogue.locale)}${rest.join("")}.`;
}
