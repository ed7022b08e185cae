import { SignetError } from "@signet/terminal";
import type { ErrorCode, GuestsApi } from "@signet/terminal";

/** What the interface asks about guests is noted; steps are told by hand. */
export class HarnessGuests implements GuestsApi {
  readonly #asked: { method: string; args: unknown[] }[];
  inviting: Parameters<GuestsApi["invite"]>[0] | undefined;
  entering: Parameters<GuestsApi["enter"]>[0] | undefined;

  constructor(asked: { method: string; args: unknown[] }[]) {
    this.#asked = asked;
  }

  #failEntering: (error: SignetError) => void = () => undefined;
  #failInviting: (error: SignetError) => void = () => undefined;

  invite: GuestsApi["invite"] = (input) => {
    this.inviting = input;
    return new Promise((_resolve, reject) => {
      this.#failInviting = reject;
    });
  };

  inviteFails(code: ErrorCode): void {
    this.#failInviting(new SignetError(code));
  }

  letIn: GuestsApi["letIn"] = (guestId) => {
    this.#asked.push({ method: "letIn", args: [guestId] });
    return Promise.resolve();
  };

  enter: GuestsApi["enter"] = (input) => {
    this.entering = input;
    return new Promise((_resolve, reject) => {
      this.#failEntering = reject;
    });
  };

  enterFails(code: ErrorCode): void {
    this.entering = undefined;
    this.#failEntering(new SignetError(code));
  }
}
