import type { ErrorCode } from "@signet/protocol";

import type { RefusedFile } from "../report.ts";

/** Thrown within a verification, which tells nobody but {@link verifyFile}: one thing that does not hold refuses the file. */
export class Refused extends Error {
  readonly code: ErrorCode;
  readonly at: string;

  constructor(code: ErrorCode, at: string) {
    super(code);
    this.code = code;
    this.at = at;
  }

  get file(): RefusedFile {
    return { kind: "refused", code: this.code, at: this.at };
  }
}

/** @throws Refused unless it holds */
export function must(holds: boolean, code: ErrorCode, at: string): asserts holds {
  if (!holds) throw new Refused(code, at);
}

/** @throws Refused where it does not hold */
export function held<R extends { readonly ok: true } | { readonly ok: false; readonly code: ErrorCode }>(
  result: R,
  at: string,
): Extract<R, { readonly ok: true }> {
  if (!result.ok) throw new Refused(result.code, at);
  return result as Extract<R, { readonly ok: true }>;
}
