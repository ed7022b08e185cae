import type { ErrorCode } from "@signet/protocol";

import type { ErrorWords } from "./catalogue.ts";
import { catalogue } from "./language.ts";

/** For a page: what happened, and what to do next, as clauses. */
export function errorWords(code: ErrorCode): ErrorWords {
  const [happened, next] = catalogue().errors[code];
  return { happened, next };
}

/** For the command line, whose lines are clauses. */
export function commandLineErrorWords(code: ErrorCode): ErrorWords {
  return { ...errorWords(code), ...catalogue().commandLineErrors[code] };
}

/** For a page: two sentences, what happened and what to do next. */
export const sentenceFor = (code: ErrorCode): string => bothSentences(errorWords(code));

export const bothSentences = ({ happened, next }: ErrorWords): string =>
  afterOneAnother(sentence(happened), sentence(next));

/** A clause that stands alone without being a sentence, as in a list. */
export const label = (clause: string): string => catalogue().label(clause);

/** A clause as a sentence of its own. */
export const sentence = (clause: string): string => catalogue().sentence(clause);

export const afterOneAnother = (...sentences: readonly string[]): string =>
  catalogue().afterOneAnother(...sentences);

/** Short clauses, such as tags, in one. */
export const clausesInOne = (...clauses: readonly string[]): string => catalogue().clausesInOne(...clauses);
