/** What the person does so that what is theirs is the same at all of their terminals: how far each is. */
import { lettingInUrl, SignetError } from "@signet/terminal";
import type { PersonalApi, Terminal } from "@signet/terminal";

export type AskingTerminal = Parameters<Parameters<PersonalApi["letIn"]>[0]["approve"]>[0];

/** Where the code is shown: `giving` once the person wants it. */
export type LettingIn =
  | { readonly type: "opening" | "giving" }
  | { readonly type: "code"; readonly code: string; readonly url: string; readonly expiresAtMs: number }
  | {
      readonly type: "asked";
      readonly device: AskingTerminal;
      readonly answer: (isWanted: boolean) => void;
    };

export type CarryingPending =
  | { readonly type: "letIn"; readonly step: LettingIn }
  /** `wait`: the person has to want it at the other terminal. */
  | { readonly type: "askIn"; readonly step: "asking" | "wait" }
  | { readonly type: "makePhrase" | "enterPhrase" | "putOver" };

interface Runner {
  readonly run: (what: CarryingPending, action: (abort: AbortSignal) => Promise<unknown>) => Promise<boolean>;
  readonly goOn: (what: CarryingPending) => void;
}

export function createCarryingActions(terminal: Terminal, { goOn, run }: Runner) {
  const { personal } = terminal;
  return {
    /** @param onGiven where it came to that: who does not want it here has nothing explained */
    letIn: (onGiven: () => void) =>
      run({ type: "letIn", step: { type: "opening" } }, async (signal) => {
        const onStep = (step: LettingIn): void => {
          if (!signal.aborted) goOn({ type: "letIn", step });
        };
        const serverOrigin = terminal.state.server?.serverOrigin ?? location.origin;
        try {
          await personal.letIn({
            signal,
            onCode: (code, expiresAtMs) =>
              onStep({ type: "code", code, expiresAtMs, url: lettingInUrl(serverOrigin, code) }),
            approve: async (device) => {
              const isWanted = await new Promise<boolean>((answer) =>
                onStep({ type: "asked", device, answer }),
              );
              onStep({ type: "giving" });
              return isWanted;
            },
          });
        } catch (error) {
          if (error instanceof SignetError && error.code === "pairing.refused") return;
          throw error;
        }
        if (!signal.aborted) onGiven();
      }),
    askIn: (code: string) =>
      run({ type: "askIn", step: "asking" }, (signal) =>
        personal.askIn({
          code,
          signal,
          onWait: () => {
            if (!signal.aborted) goOn({ type: "askIn", step: "wait" });
          },
        }),
      ),
    /** @param onPhrase shows it, this once */
    makePhrase: (onPhrase: (phrase: string) => void) =>
      run({ type: "makePhrase" }, async (signal) => {
        const phrase = await personal.makePhrase();
        if (!signal.aborted) onPhrase(phrase);
      }),
    enterPhrase: (phrase: string) => run({ type: "enterPhrase" }, () => personal.enterPhrase(phrase)),
    putOver: () => run({ type: "putOver" }, () => personal.putOver()),
  };
}
