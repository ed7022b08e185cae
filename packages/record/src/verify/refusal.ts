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
export function require(holds: boolean, code: ErrorCode, at: string): asserts holds {
  if (!holds) throw new Refused(code, at);
}
