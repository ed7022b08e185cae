import type { ErrorCode } from "@signet/protocol";

/**
 * Why a media process does not do what it was asked. Not a `SignetError`, because that would load the whole protocol
 * package (with zod) into every media process: 30 MB and half a second at the start. The server's end makes it one.
 */
export class MediaRefusal extends Error {
  readonly code: ErrorCode & `media.${string}`;

  /** @param reason for the log; without anything from the offer */
  constructor(code: ErrorCode & `media.${string}`, reason: string) {
    super(reason);
    this.name = "MediaRefusal";
    this.code = code;
  }
}
