/**
 * What the levels mean:
 *
 *   fatal  the server stops
 *   error  something is broken that somebody has to look at: storage, a media process, a bug, a ring that did not verify
 *   warn   something was refused that a well-behaved terminal does not send
 *   info   what a person did: registered, signed in, released, started or ended a call; start and stop of the server
 *   debug  each refusal and connection
 *
 * No level has proofs, keys, session descriptions or frames. Ids of calls, terminals and devices are shortened by
 * `loggable()`; user IDs stand in full, since it is by them that people ask what happened.
 */
import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** @param stream default: standard error, so that standard output stays for what a person asked for */
export function createLog(level: LogLevel, stream?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  };
  return pino(options, stream ?? pino.destination({ fd: 2, sync: true }));
}

/** Name, code, message and place; never the fields of a foreign error, which might hold anything. */
function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { name: error.name, ...code, message: error.message, stack: error.stack, ...cause };
}
