/** What the person does on this terminal: one action at a time, and what the last one failed with. */
import { batch, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { SignetError } from "@signet/terminal";
import type {
  AddingTouch,
  AskedRule,
  CallId,
  ChooseDevice,
  Decision,
  DeviceId,
  ErrorCode,
  NamedDevice,
  ResolutionSubject,
  RevocationReason,
  Terminal,
  UserId,
  Warning,
} from "@signet/terminal";

import { canCallHere } from "../lib/capabilities.ts";
import { pictureFrom } from "../lib/own-picture.ts";
import { createAdministrativeActions } from "./administration.ts";
import type { AdministrativePending } from "./administration.ts";
import { createCarryingActions } from "./carrying.ts";
import type { CarryingPending } from "./carrying.ts";
import { addElsewhere, addHere } from "./elsewhere.ts";
import type { ElsewherePending, HerePending } from "./elsewhere.ts";

/** What the person started and what has not come back yet. */
export type Pending =
  /** `isKept`: the touch is for the key that an earlier try made. */
  | { readonly type: "register"; readonly step: 1 | 2; readonly isKept: boolean }
  /** `choice`: which device is at hand has to be said first. */
  | { readonly type: "signIn"; readonly choice?: DeviceChoice }
  | {
      readonly type:
        | "release"
        | "moveHere"
        | "leave"
        | "end"
        | "invite"
        | "remove"
        | "makeHost"
        | "propose"
        | "withdraw";
    }
  | { readonly type: "decide"; readonly id: string; readonly decision: Decision }
  | { readonly type: "call"; readonly userIds: readonly UserId[] }
  | { readonly type: "addDevice"; readonly touch: AddingTouch }
  | { readonly type: "addElsewhere"; readonly step: ElsewherePending }
  | { readonly type: "addHere"; readonly step: HerePending }
  | AdministrativePending
  | CarryingPending
  | { readonly type: "rename" | "picture" }
  | { readonly type: "nameDevice" | "revokeDevice"; readonly deviceId: DeviceId }
  | { readonly type: "answer" | "bringIn" | "decline"; readonly callId: CallId };

export interface DeviceChoice {
  readonly devices: readonly NamedDevice[];
  readonly choose: (deviceId: DeviceId) => void;
}

/** What the last action failed with, and where it is shown. */
export interface Failure {
  readonly action: Pending["type"];
  readonly error: SignetError;
  /** `directory.keyChanged`, `certificate.*`: whose key or certificate. */
  readonly userIds: readonly UserId[];
}

/** Whether the failure says what the warning says, where the action stands. */
export function isSaidBy({ error, userIds }: Failure, { code, userId }: Warning): boolean {
  return code === error.code && userId !== undefined && userIds.includes(userId);
}

/** Nobody touches their device, or rings anybody, for a call without sound. @throws SignetError `frames.unsupported` */
const withSound =
  (act: (abort: AbortSignal) => Promise<void>) =>
  async (abort: AbortSignal): Promise<void> => {
    if (!canCallHere()) throw new SignetError("frames.unsupported");
    await act(abort);
  };

export function createActions(terminal: Terminal) {
  const { pending, failure, run, goOn, cancel, dismissFailure } = createRunner(terminal);
  const call = (userIds: readonly UserId[]): Promise<boolean> => {
    // What came of the call before is no news any more.
    terminal.dismissCall();
    return run(
      { type: "call", userIds },
      withSound((abort) => terminal.call(userIds, abort)),
      userIds,
    );
  };
  return {
    pending,
    failure,
    cancel,
    dismissFailure,
    ...createAdministrativeActions(terminal, { run, goOn }),
    ...createCarryingActions(terminal, { run, goOn }),
    register: (input: { userId: UserId; displayName: string; inviteCode?: string; anew?: boolean }) =>
      run({ type: "register", step: 1, isKept: false }, (abort) =>
        terminal.register({
          ...input,
          signal: abort,
          onTouch: (step, isKept) => {
            if (!abort.aborted) goOn({ type: "register", step, isKept });
          },
        }),
      ),
    signIn: (userId: UserId) =>
      run({ type: "signIn" }, (abort) =>
        terminal.signIn({ userId, signal: abort, choose: chosenBy(abort, goOn) }),
      ),
    addDevice: (name: string) =>
      run({ type: "addDevice", touch: "make" }, (abort) => {
        const onTouch = (touch: AddingTouch): void => {
          if (!abort.aborted) goOn({ type: "addDevice", touch });
        };
        return terminal.addDevice({ name, signal: abort, onTouch });
      }),
    /** @param onAdded where it came to that */
    addElsewhere: (onAdded: () => void) =>
      run({ type: "addElsewhere", step: { type: "opening" } }, async (abort) => {
        const isAdded = await addElsewhere(terminal, abort, (step) => {
          if (!abort.aborted) goOn({ type: "addElsewhere", step });
        });
        if (isAdded) onAdded();
      }),
    /** @param onAdded hears whose device it is now */
    addHere: (code: string, onAdded: (userId: UserId) => void) =>
      run({ type: "addHere", step: { type: "entering" } }, async (abort) => {
        const added = await addHere(terminal, code, abort, (step) => {
          if (!abort.aborted) goOn({ type: "addHere", step });
        });
        if (!abort.aborted) onAdded(added.userId);
      }),
    rename: (displayName: string) => run({ type: "rename" }, (abort) => terminal.rename(displayName, abort)),
    choosePicture: (file: Blob) =>
      run({ type: "picture" }, async (abort) => {
        const picture = await pictureFrom(file);
        if (picture === undefined) throw new SignetError("picture.unfit");
        await terminal.pictures.choose(picture, abort);
      }),
    removePicture: () => run({ type: "picture" }, () => terminal.pictures.remove()),
    nameDevice: (deviceId: DeviceId, name: string) =>
      run({ type: "nameDevice", deviceId }, (abort) => terminal.nameDevice(deviceId, name, abort)),
    revokeDevice: (deviceId: DeviceId, why: RevocationReason) =>
      run({ type: "revokeDevice", deviceId }, (abort) => terminal.revokeDevice(deviceId, why, abort)),
    release: () => run({ type: "release" }, () => terminal.release()),
    call,
    answer: (callId: CallId, from: UserId) =>
      run(
        { type: "answer", callId },
        withSound((abort) => terminal.answer(callId, abort)),
        [from],
      ),
    switchTo: (callId: CallId, from: UserId) =>
      run(
        { type: "answer", callId },
        withSound((abort) => terminal.switchTo(callId, abort)),
        [from],
      ),
    moveHere: () => {
      terminal.dismissCall();
      return run(
        { type: "moveHere" },
        withSound((abort) => terminal.moveHere(abort)),
      );
    },
    bringIn: (callId: CallId, from: UserId) =>
      run({ type: "bringIn", callId }, (abort) => terminal.bringIn(callId, abort), [from]),
    invite: (userIds: readonly UserId[]) =>
      run({ type: "invite" }, (abort) => terminal.invite(userIds, abort), userIds),
    remove: (userId: UserId) => run({ type: "remove" }, () => terminal.remove([userId])),
    makeHost: (userId: UserId) => run({ type: "makeHost" }, () => terminal.makeHost(userId)),
    propose: (subject: ResolutionSubject, rule: AskedRule) =>
      run({ type: "propose" }, async () => void (await terminal.resolutions.propose(subject, rule))),
    /** @param shown the whole of it, as the person saw it */
    decide: (id: string, decision: Decision, shown: string) =>
      run({ type: "decide", id, decision }, (abort) =>
        terminal.resolutions.decide(id, decision, shown, { signal: abort }),
      ),
    withdraw: (id: string) => run({ type: "withdraw" }, () => terminal.resolutions.withdraw(id)),
    decline: (callId: CallId) => run({ type: "decline", callId }, () => terminal.decline(callId)),
    leave: () => run({ type: "leave" }, () => terminal.leave()),
    endForAll: () => run({ type: "end" }, () => terminal.endForAll()),
  };
}

/** Asks the person which device is at hand; who gives up has not chosen. */
const chosenBy =
  (abort: AbortSignal, goOn: (what: Pending) => void): ChooseDevice =>
  (devices) =>
    new Promise((resolve, reject) => {
      abort.addEventListener("abort", () => reject(new SignetError("device.cancelled")));
      const choose = (deviceId: DeviceId): void => {
        goOn({ type: "signIn" });
        resolve(deviceId);
      };
      goOn({ type: "signIn", choice: { devices, choose } });
    });

/** Owns what is pending and what failed. */
function createRunner(terminal: Terminal) {
  const pending = signal<Pending | undefined>(undefined);
  const failure = signal<Failure | undefined>(undefined);
  let current: AbortController | undefined;

  /** Whose warnings say the same are settled with it: read once is enough. */
  function dismissFailure(): void {
    const shown = failure.peek();
    failure.value = undefined;
    if (shown === undefined) return;
    for (const warning of terminal.state.warnings)
      if (isSaidBy(shown, warning)) terminal.dismissWarning(warning.id);
  }

  /** The next action gives up the one before; what it rejects with is shown where the action stands. */
  async function run(
    what: Pending,
    action: (abort: AbortSignal) => Promise<unknown>,
    userIds: readonly UserId[] = [],
  ): Promise<boolean> {
    current?.abort();
    const controller = new AbortController();
    current = controller;
    batch(() => {
      pending.value = what;
      dismissFailure();
    });
    const finish = (): boolean => {
      if (current !== controller) return false;
      current = undefined;
      pending.value = undefined;
      return true;
    };
    try {
      await action(controller.signal);
      finish();
      return true;
    } catch (caught) {
      const error = caught instanceof SignetError ? caught : localFailure(caught);
      const about = isAboutSomebody(error.code) ? refusedAmong(terminal, userIds, error.code) : [];
      // Given up by the person: nothing to explain.
      const givenUp = controller.signal.aborted;
      if (finish() && !givenUp) failure.value = { action: what.type, error, userIds: about };
      return false;
    }
  }

  return {
    pending: pending as ReadonlySignal<Pending | undefined>,
    failure: failure as ReadonlySignal<Failure | undefined>,
    run,
    /** What is pending waits for something else now. */
    goOn: (what: Pending) => {
      pending.value = what;
    },
    /** Gives up the touch that is waited for. */
    cancel: () => {
      const controller = current;
      current = undefined;
      controller?.abort();
      pending.value = undefined;
    },
    dismissFailure,
  };
}

/** An exception that nobody expected: what it was is for the console, and for who mends it. */
export function localFailure(caught: unknown): SignetError {
  reportError(caught);
  return new SignetError("terminal.failed", caught);
}

const isAboutSomebody = (code: ErrorCode): boolean =>
  code === "directory.keyChanged" ||
  code === "directory.otherThanCompared" ||
  code === "directory.unproven" ||
  code === "call.answeredYours" ||
  code.startsWith("certificate.");

/** The error does not say whose entry was refused; the warnings that came before it do. */
function refusedAmong(terminal: Terminal, userIds: readonly UserId[], code: ErrorCode): readonly UserId[] {
  if (userIds.length <= 1) return userIds;
  const refused = terminal.state.warnings.filter((warning) => warning.code === code);
  return userIds.filter((userId) => refused.some((warning) => warning.userId === userId));
}
