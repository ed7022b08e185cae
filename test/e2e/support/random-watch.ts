/** What happens in random calls, as the terminals show it: the deeds, and whatever may never be, in no weather. */
import { errorTable, isErrorCode } from "@signet/protocol";
import type { CallId, ErrorCode } from "@signet/protocol";
import type { CallView, TerminalState } from "@signet/terminal";

import type { Deeds } from "./deeds.ts";
import { keyOf } from "./virtual-terminal.ts";
import type { VirtualTerminal } from "./virtual-terminal.ts";

/** What says that somebody, or the server, did what they must not; it may not be said of what only crossed on the way. */
const accusing = new RegExp(
  [
    "^(mls|directory|certificate|log)\\.",
    "^history\\.(?!deviceRevoked|sequence|lastDevice)",
    "^proof\\.(?!beforeLeave|beforeStay|device$)",
    "^call\\.(rejectedMember|notVerified|broughtBack|putOut|self|exists|duplicateMember)$",
    "^callList\\.(otherCall|userIds|missing|hidden)$",
  ].join("|"),
);

export class RandomWatch {
  readonly deeds: Deeds;
  /** Of all calls that a terminal was in. */
  readonly callIds = new Set<CallId>();
  /** Nobody is dishonest here: what somebody is told to be broken is a fault. */
  readonly faults = new Set<string>();
  readonly #scenario: string;
  readonly #waited = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #hosts = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  /** How many epochs of other calls a terminal was in before the one that it is in. */
  readonly #began = new Map<VirtualTerminal, { readonly callId: CallId; readonly epochs: number }>();
  readonly #isNumbered: boolean;
  readonly #signedOut = new Map<VirtualTerminal, boolean>();
  #takenOver = 0;

  /** @param isNumbered whether an epoch is known by its number: no Commits arrive broken, and none is voided */
  constructor(deeds: Deeds, scenario: string, isNumbered: boolean) {
    this.deeds = deeds;
    this.#isNumbered = isNumbered;
    this.#scenario = scenario;
  }

  saw(deed: Parameters<Deeds["saw"]>[0], which: string): void {
    this.deeds.saw(deed, `${this.#scenario} ${which}`);
  }

  /** What a terminal refused its person. */
  refused(act: string, error: unknown): void {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code !== "string" || !isErrorCode(code)) this.faults.add(`${act}: ${String(error)}`);
    else this.#said(act, code);
  }

  changed(each: VirtualTerminal): void {
    const { state } = each.terminal;
    this.#session(each, state);
    this.#rings(each, state);
    if (state.call !== undefined) this.#call(each, state.call);
    for (const { code, userId } of state.warnings)
      // True where devices are revoked: somebody called with one, while nobody was signed in there.
      if (code !== "missed.revokedDevice")
        this.faults.add(`${each.name} is warned of ${userId ?? "nobody"}: ${code}`);
  }

  #said(of: string, code: ErrorCode): void {
    const isFault = errorTable[code].category === "bug" || accusing.test(code);
    // Of Commits that arrive broken nobody but who made them can be suspected.
    const isOfWeather = !this.#isNumbered && (code.startsWith("mls.") || code === "call.putOut");
    if (isFault && !isOfWeather) this.faults.add(`${of}: ${code}`);
  }

  #session(each: VirtualTerminal, { session }: TerminalState): void {
    const isOut = session.status === "signedOut";
    if (isOut && this.#signedOut.get(each) === false && session.reason === "takenOver")
      this.saw("taken over", `${this.#takenOver++}`);
    this.#signedOut.set(each, isOut);
  }

  #rings({ name }: VirtualTerminal, { answeredElsewhere, ringing }: TerminalState): void {
    if (answeredElsewhere !== undefined)
      this.saw("answered at another device", `${name} ${answeredElsewhere.callId}`);
    for (const { callId, waiting } of ringing) {
      const ring = `${name} ${callId}`;
      if (waiting === true) {
        this.#waited.add(ring);
        this.saw("waited", ring);
      } else if (this.#waited.has(ring)) this.saw("rang when the other call was over", ring);
    }
  }

  #call(each: VirtualTerminal, call: CallView): void {
    const { name, userId } = each;
    const { callId, end, refusals = [] } = call;
    this.callIds.add(callId);
    const stay = `${name} ${call.startedAtMs} ${callId}`;
    if (call.heldUntilMs !== undefined) this.saw("held", stay);
    if (end?.type === "moved") {
      const isSame = end.to?.deviceId === each.hardware.device.deviceId;
      this.saw(isSame ? "moved with the same device" : "moved to another device", stay);
    }
    if (end?.type === "unbound" && end.reason === "revoked") this.saw("revoked in a call", stay);
    if (end?.type === "removed") {
      this.saw("removed", stay);
      this.#removed.add(`${userId} ${callId}`);
    }
    if (call.phase === "active" && this.#removed.has(`${userId} ${callId}`))
      this.saw("came back after a removal", stay);
    if (end?.type === "failed") this.#said(`the end of the call at ${name}`, end.code);
    for (const { what, code, userId: giver } of refusals) this.#said(`a ${what} by ${giver}`, code);
    this.#host(name, call);
    this.#key(each, call);
  }

  #host(name: string, { callId, participants }: CallView): void {
    const host = participants.find(({ isHost }) => isHost)?.userId;
    if (host === undefined) return;
    const before = this.#hosts.get(`${name} ${callId}`);
    this.#hosts.set(`${name} ${callId}`, host);
    const isGone = participants.some(({ state, userId }) => userId === before && state !== "joined");
    if (before !== undefined && before !== host && isGone)
      this.saw("host passed on", `${callId} ${before} ${host}`);
  }

  /** Whoever is in an epoch holds the key that all others in it hold, and has the same people in it. */
  #key(each: VirtualTerminal, { callId, epoch, phase }: CallView): void {
    const { epochs, name } = each;
    const began = this.#began.get(each);
    if (began?.callId !== callId) this.#began.set(each, { callId, epochs: epochs.length });
    // In the first moment of a call the last one is of the call before.
    const held = epochs.slice(began?.callId === callId ? began.epochs : epochs.length).at(-1);
    if (!this.#isNumbered || phase !== "active" || held === undefined || Number(held.epoch) !== epoch) return;
    const people = held.senders.map(({ leaf, person }) => `${person} at ${leaf}`).toSorted();
    const key = `${keyOf(held)} of ${people.join()}`;
    const known = this.#keys.get(`${callId} ${epoch}`);
    this.#keys.set(`${callId} ${epoch}`, known ?? key);
    if (known !== undefined && known !== key)
      this.faults.add(`${name} has another key in epoch ${epoch} of ${callId}: ${key}, and not ${known}`);
  }
}
