import { SignetError } from "@signet/terminal";

import { Failure } from "../failure.ts";

/** Longer ones are cut: they are beside the sentence, not instead of it. */
const mostCharacters = 200;

/**
 * What the file, the library or the system itself said of an error, in its own words: the innermost of its causes. For whoever has to look
 * closer; the sentence that goes with it says what happened and what to do.
 */
export function detailOf(error: unknown): string | undefined {
  let detail: string | undefined;
  for (let cause = causeOf(error), depth = 0; cause instanceof Error && depth < 8; depth++) {
    detail = textOf(cause) ?? detail;
    cause = causeOf(cause);
  }
  return error instanceof Error && error.message === detail ? undefined : detail;
}

/** Of several that failed together, the first stands for all. */
function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError) return error.errors[0] as unknown;
  return error instanceof Error ? error.cause : undefined;
}

function textOf(error: Error): string | undefined {
  // These are said in words already, and issues of a schema are for who writes the other side.
  if (
    error instanceof SignetError ||
    error instanceof Failure ||
    error.name === "ZodError" ||
    error.name === "$ZodError"
  )
    return undefined;
  const [line = ""] = error.message.trim().split("\n");
  if (line === "") return undefined;
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters - 1)}…` : line;
}
