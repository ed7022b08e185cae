import { SignetError } from "@signet/terminal";
import type { ErrorCode, LogApi } from "@signet/terminal";

/** Keeps what was asked for of the server's log. */
export class HarnessLog implements LogApi {
  kept: readonly string[] = [];
  trustFails: ErrorCode | undefined;
  readonly #asked: { method: string; args: unknown[] }[];

  constructor(asked: { method: string; args: unknown[] }[]) {
    this.#asked = asked;
  }

  async trust(verifierKey: string | undefined): Promise<void> {
    if (this.trustFails !== undefined) throw new SignetError(this.trustFails);
    this.#asked.push({ method: "log.trust", args: [verifierKey] });
  }

  evidence(): readonly string[] {
    return this.kept;
  }
}
