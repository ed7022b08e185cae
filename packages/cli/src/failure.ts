/** What ends a command other than well, and with which exit code. */
import { StartError, StartFileError } from "@signet/server/start-error";
import { SignetError } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { wordsFor } from "./output/error-words.ts";

/** The same table stands in `signet --help` and docs/command-line.md. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  unreachable: 3,
  device: 4,
  refused: 5,
  noAnswer: 6,
  callFailed: 7,
  dishonest: 8,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [0, texts().help.exit.ok],
  [1, texts().help.exit.bug],
  [2, texts().help.exit.usage],
  [3, texts().help.exit.unreachable],
  [4, texts().help.exit.device],
  [5, texts().help.exit.refused],
  [6, texts().help.exit.noAnswer],
  [7, texts().help.exit.callFailed],
  [8, texts().help.exit.dishonest],
  [130, texts().help.exit.interrupted],
];

/** One line on what happened, one on what to do; lower case, no full stop. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string;
  readonly code?: ErrorCode;

  constructor(exitCode: ExitCode, message: string, hint: string, code?: ErrorCode, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "Failure";
    this.exitCode = exitCode;
    this.hint = hint;
    if (code !== undefined) this.code = code;
  }
}

/** Ctrl-C or SIGTERM. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}

export const wrongUse = (message: string, hint: string, cause?: unknown): Failure =>
  new Failure(exitCodes.usage, message, hint, undefined, cause);

/** @param subject the file, or which certificate or list of it */
export function unusableFile(subject: string, code: ErrorCode, cause?: unknown): Failure {
  const { message, hint } = wordsFor(code);
  return new Failure(exitCodes.usage, texts().trouble.ofFile(subject, message), hint, code, cause);
}

/** @returns undefined for what is a bug */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof StartFileError) return unusableFile(error.subject, error.code, error.cause);
  if (error instanceof StartError) return wrongUse(error.message, error.hint, error);
  if (!(error instanceof SignetError)) return undefined;
  const { message, hint } = wordsFor(error.code);
  return new Failure(exitCodeOf(error.code), message, hint, error.code, error);
}

export function exitCodeOf(code: ErrorCode): ExitCode {
  if (unusable.has(code)) return exitCodes.usage;
  if (missed.has(code)) return exitCodes.noAnswer;
  if (unreachable.has(code)) return exitCodes.unreachable;
  const [group = ""] = code.split(".");
  return byGroup.get(group) ?? exitCodes.refused;
}

const unusable: ReadonlySet<ErrorCode> = new Set([
  "call.noMembers",
  "call.tooManyMembers",
  "call.duplicateMember",
  "call.self",
  "connection.badAddress",
  "media.noFile",
  "media.badFile",
  "media.badFileName",
  "media.otherFormat",
  "media.pipeLoops",
  "media.cannotWrite",
] as const);

const missed: ReadonlySet<ErrorCode> = new Set([
  "call.noAnswer",
  "call.notRinging",
  "call.notFound",
] as const);

const unreachable: ReadonlySet<ErrorCode> = new Set([
  "protocol.tooManyConnections",
  "server.internal",
  "server.stopping",
  "server.storage",
] as const);

const byGroup: ReadonlyMap<string, ExitCode> = new Map([
  ["connection", exitCodes.unreachable],
  ["device", exitCodes.device],
  ["call", exitCodes.callFailed],
  ["delivery", exitCodes.callFailed],
  ["media", exitCodes.callFailed],
  ["frames", exitCodes.callFailed],
  ["mls", exitCodes.callFailed],
]);
