/**
 * The link for a guest that is open here. It belongs to the call and to no view: whatever is looked at or done meanwhile, it goes on until it is used, withdrawn or too
 * old, or this call is over.
 */
import { effect, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { SignetError } from "@signet/terminal";
import type { CallId, ErrorCode, GuestStep, Terminal, TerminalState } from "@signet/terminal";
import { texts } from "@signet/words/page";

export type GuestLink =
  | GuestStep
  | { readonly type: "opening" }
  /** After the answer. */
  | { readonly type: "coming" }
  | { readonly type: "asked"; readonly name: string; readonly answer: (isWanted: boolean) => void }
  | { readonly type: "failed"; readonly code: ErrorCode };

export function createGuestLink(
  terminal: Pick<Terminal, "guests">,
  state: ReadonlySignal<TerminalState>,
  announcement: Signal<string>,
) {
  const link = signal<GuestLink | undefined>(undefined);
  const asked = signal(0);
  let open: { readonly callId: CallId; readonly giveUp: AbortController } | undefined;
  /** Whose call the shown one is of, also after it failed. */
  let shownIn: CallId | undefined;

  /** What this says; what somebody else says meanwhile is theirs. */
  let said = "";
  const say = (text: string): void => {
    said = text;
    announcement.value = text;
  };
  /** What was said is over. */
  const hush = (): void => {
    if (said !== "" && announcement.peek() === said) announcement.value = "";
    said = "";
  };

  function forget(): void {
    hush();
    open = undefined;
    shownIn = undefined;
    link.value = undefined;
  }

  function close(): void {
    const was = open;
    forget();
    was?.giveUp.abort();
  }

  effect(() => {
    const { call } = state.value;
    if (shownIn !== undefined && (call?.callId !== shownIn || call.phase === "ended")) close();
  });

  return {
    guestLink: link as ReadonlySignal<GuestLink | undefined>,
    /** How often the person wanted to see it: it has the focus then. */
    guestLinkAsked: asked as ReadonlySignal<number>,
    /** Where one is open it stays: a terminal has one at a time. */
    openGuestLink: (): void => {
      const { call } = state.peek();
      asked.value += 1;
      if (call === undefined || open !== undefined) return;
      const giveUp = new AbortController();
      const own = { callId: call.callId, giveUp };
      open = own;
      shownIn = call.callId;
      const show = (step: GuestLink): void => {
        if (open !== own) return;
        hush();
        link.value = step;
      };
      show({ type: "opening" });
      const approve = ({ name }: { readonly name: string }): Promise<boolean> =>
        new Promise((resolve) => {
          const answer = (isWanted: boolean): void => {
            if (open !== own) return;
            if (isWanted) show({ type: "coming" });
            else {
              // Nobody comes, also while the guest is being told so.
              forget();
              say(texts().guests.notVouched);
            }
            resolve(isWanted);
          };
          show({ type: "asked", name, answer });
        });
      const onStep = (step: GuestStep): void => {
        if (open !== own) return;
        show(step);
        if (step.type === "entered") say(texts().guests.entered);
      };
      terminal.guests.invite({ signal: giveUp.signal, approve, onStep }).then(
        () => {
          if (open === own) close();
        },
        (error: unknown) => {
          if (open !== own) return;
          open = undefined;
          hush();
          link.value = {
            type: "failed",
            code: error instanceof SignetError ? error.code : "terminal.failed",
          };
        },
      );
    },
    /** Whoever has it comes to nothing with it. What failed is seen. */
    withdrawGuestLink: (): void => {
      const wasOpen = open !== undefined;
      close();
      if (wasOpen) say(texts().guests.withdrawn);
    },
  };
}
