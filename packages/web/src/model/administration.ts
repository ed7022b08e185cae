/** What administrators do on this terminal, and whoever asks one to be recovered. */
import { recoveryUrl } from "@signet/terminal";
import type { AdministrativeAct, RecoveryTouch, Terminal, UserId } from "@signet/terminal";

/** How far it is for whoever asks: the code is read to an administrator, who signs; the touches are theirs here. */
export type RecoveryPending =
  | { readonly type: "asking" | RecoveryTouch }
  | { readonly type: "code"; readonly code: string; readonly url: string; readonly expiresAtMs: number };

export type AdministrativePending =
  | { readonly type: "askRecovery"; readonly step: RecoveryPending }
  | { readonly type: "recoverPerson" | "inviteCode" | AdministrativeAct["type"] };

interface Runner {
  readonly run: (
    what: AdministrativePending,
    action: (abort: AbortSignal) => Promise<unknown>,
  ) => Promise<boolean>;
  readonly goOn: (what: AdministrativePending) => void;
}

export function createAdministrativeActions(terminal: Terminal, { goOn, run }: Runner) {
  const { administration } = terminal;
  return {
    /** @param onDone where an administrator signed, and so did the new device */
    askRecovery: (userId: UserId, name: string, onDone: () => void) =>
      run({ type: "askRecovery", step: { type: "asking" } }, async (signal) => {
        const onStep = (step: RecoveryPending): void => {
          if (!signal.aborted) goOn({ type: "askRecovery", step });
        };
        const serverOrigin = terminal.state.server?.serverOrigin ?? location.origin;
        await administration.askRecovery({
          userId,
          name,
          signal,
          onTouch: (type) => onStep({ type }),
          onCode: (code, expiresAtMs) =>
            onStep({ type: "code", code, expiresAtMs, url: recoveryUrl(serverOrigin, userId, code) }),
        });
        if (!signal.aborted) onDone();
      }),
    recoverPerson: (userId: UserId, code: string) =>
      run({ type: "recoverPerson" }, (signal) => administration.recover(userId, code, signal)),
    administer: (userId: UserId, act: AdministrativeAct) =>
      run({ type: act.type }, (signal) => administration.act(userId, act, signal)),
    /** @param onCode where it was signed */
    makeInvite: (onCode: (code: string) => void) =>
      run({ type: "inviteCode" }, async (signal) => {
        const code = await administration.inviteCode(signal);
        if (!signal.aborted) onCode(code);
      }),
  };
}
