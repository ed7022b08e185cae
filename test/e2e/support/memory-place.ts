import type { BindingPlace } from "@signet/terminal";

/** The place of one tab, without a browser: the terminal that is opened with it next goes on with what is there. */
export class MemoryPlace implements BindingPlace {
  kept: unknown;
  callId: unknown;

  take(): ReturnType<BindingPlace["take"]> {
    const { kept, callId } = this;
    this.callId = undefined;
    return Promise.resolve(kept === undefined ? undefined : { kept, callId });
  }

  keep(kept: unknown): Promise<boolean> {
    this.kept = kept;
    return Promise.resolve(true);
  }

  forget(): void {
    this.kept = undefined;
  }

  leaving(callId: unknown): void {
    this.callId = callId;
  }
}
