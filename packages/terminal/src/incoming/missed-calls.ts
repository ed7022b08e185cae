/** Calls that reached no terminal of the person's: asked of the server, verified as rings are but for the time, and kept here. */
import { clockToleranceMs, countsNow } from "@signet/device";
import { decodeTranscript, hasFeature, isConnectionCode, isGuestId, isUndecided } from "@signet/protocol";
import type { CallId, CallInviteIn, ErrorCode, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { keptWith, keptFloorMs } from "../people/kept-missed.ts";
import type { KeptMissed } from "../people/kept-missed.ts";
import type { PinStore } from "../people/pin-store.ts";
import { verifyProofOf } from "../people/proofs.ts";
import type { Session } from "../session/session.ts";
import { verifyInvitation } from "./invitation.ts";
import type { Invitation } from "./invitation.ts";
import type { IncomingCall, MissedCall } from "./shown-calls.ts";

export interface MissedCallsOptions {
  readonly session: Session;
  readonly directory: Directory;
  readonly environment: { readonly pins: PinStore; readonly nowMs: () => number };
  /** Whether the person at this terminal dealt with this call already. */
  readonly isSettled: (userId: UserId, invitation: Invitation) => boolean;
  readonly onChange: () => void;
  readonly onPast: (call: IncomingCall, invite: CallInviteIn, outcome: "missed") => void;
  /** Somebody called, who revoked since the device that signed. */
  readonly onRevoked: (userId: UserId) => void;
}

type Verdict =
  | { readonly type: "taken"; readonly kept: KeptMissed; readonly view: IncomingCall }
  /** It is not to be shown, for good. */
  | { readonly type: "refused"; readonly code: ErrorCode }
  | { readonly type: "known" }
  /** The person has to decide something first. */
  | { readonly type: "open" };

export class MissedCalls {
  readonly #options: MissedCallsOptions;
  /** As it was read or written last: what is shown is asked for at each change of anything. Where the store keeps none, all that there is. */
  #known: readonly KeptMissed[] = [];
  #asking: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(options: MissedCallsOptions) {
    this.#options = options;
  }

  /** Of the person who is signed in, oldest first. */
  get views(): readonly MissedCall[] {
    const userId = this.#options.session.person?.userId;
    if (userId === undefined) return [];
    return this.#known
      .filter((one) => one.userId === userId && !one.isSeen)
      .map(({ call }) => call)
      .toSorted((one, other) => one.atMs - other.atMs);
  }

  /** To be called when somebody signed in, and when there is more that could hold. */
  async ask(): Promise<void> {
    // Another run may have left some that nobody saw.
    this.#known = this.#read();
    if (this.views.length > 0) this.#options.onChange();
    this.#isAskedAgain = true;
    this.#asking ??= this.#askAll().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  /** They are shown no longer. @param callIds default all */
  seen(callIds?: readonly CallId[]): void {
    const userId = this.#options.session.person?.userId;
    const isMeant = (one: KeptMissed): boolean =>
      one.userId === userId && !one.isSeen && callIds?.includes(one.call.callId) !== false;
    if (!this.#known.some(isMeant)) return;
    this.#change((kept) => kept.map((one) => (isMeant(one) ? { ...one, isSeen: true } : one)));
    this.#options.onChange();
  }

  async #askAll(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      try {
        const left = new Set<CallId>();
        for (let after: number | undefined = 0; after !== undefined;) {
          const next: number | undefined = await this.#askOnce(after, left);
          // A server that turns round would be asked for ever.
          after = next === undefined || next <= after ? undefined : next;
        }
      } catch {
        // No connection any more, or nothing can be kept here: the server still has them, and is asked at the next sign-in.
      }
    }
  }

  /**
   * @param left IDs of calls that stay at the server: what is said of an ID ends all with it there, and whoever calls chooses it
   * @returns where to go on
   */
  async #askOnce(after: number, left: Set<CallId>): Promise<number | undefined> {
    const { onChange, onPast, session } = this.#options;
    const { person } = session;
    if (
      person === undefined ||
      isGuestId(person.userId) ||
      !hasFeature(session.server.features, "missed") ||
      this.#isClockOff
    )
      return undefined;
    const { calls, keptMs, next } = await session.link.request("missed.get", { after });
    const taken: KeptMissed[] = [];
    const past: (() => void)[] = [];
    const callIds: CallId[] = [];
    const refused: { callId: CallId; code: ErrorCode }[] = [];
    for (const invite of calls) {
      const verdict = await this.#judge(invite, person.userId, { keptMs, taken });
      const { callId } = invite;
      if (verdict.type === "open") left.add(callId);
      else if (verdict.type === "refused") refused.push({ callId, code: verdict.code });
      else callIds.push(callId);
      if (verdict.type !== "taken") continue;
      taken.push(verdict.kept);
      if (!verdict.kept.isSeen) past.push(() => onPast(verdict.view, invite, "missed"));
    }
    // Somebody else is here now, or nobody.
    if (session.person?.binding !== person.binding) return undefined;
    if (taken.length > 0) {
      this.#change((kept) => keptWith(kept, taken, this.#options.environment.nowMs()));
      for (const note of past) note();
      onChange();
    }
    // Only now: what is not kept here is to stay there.
    const settled = {
      callIds: callIds.filter((callId) => !left.has(callId)),
      refused: refused.filter(({ callId }) => !left.has(callId)),
    };
    if (settled.callIds.length + settled.refused.length > 0)
      await session.link.request("missed.taken", settled);
    return next;
  }

  /** By a clock that is wrong here each would be refused, and lost. */
  get #isClockOff(): boolean {
    return Math.abs(this.#options.session.state?.serverClockOffMs ?? 0) > clockToleranceMs;
  }

  /** @param taken of the same answer */
  async #judge(
    invite: CallInviteIn,
    userId: UserId,
    { keptMs, taken }: { readonly keptMs: number; readonly taken: readonly KeptMissed[] },
  ): Promise<Verdict> {
    const { directory, environment, isSettled, session } = this.#options;
    const nowMs = environment.nowMs();
    const found = await verifyInvitation(invite, {
      session,
      directory,
      nowMs,
      ringing: false,
      expiresAtMs: 0,
    });
    if (typeof found === "string" && saysNothing(found)) return { type: "open" };
    if (found === "history.deviceRevoked") await this.tellRevoked(invite, userId);
    if (typeof found === "string") return { type: "refused", code: found };
    const { proofDigest, view } = found;
    const { callId, from, startedBy } = view;
    const atMs = from.verification.signedAtMs;
    if (atMs < nowMs - keptMs - clockToleranceMs) return { type: "refused", code: "proof.time" };
    const own = this.#read().filter((one) => one.userId === userId);
    if ([...own, ...taken].some(({ digest }) => digest === proofDigest)) return { type: "known" };
    // It may have been here before, and was forgotten.
    if (atMs <= keptFloorMs(own)) return { type: "refused", code: "proof.time" };
    const call = { callId, atMs, from, ...(startedBy === undefined ? {} : { startedBy }) };
    const kept = { userId, digest: proofDigest, call, isSeen: isSettled(userId, found) };
    return { type: "taken", kept, view };
  }

  /** Tells who called, where nothing is wrong with that but that they revoked the device since. */
  async tellRevoked(invite: CallInviteIn, userId: UserId): Promise<void> {
    const callerId = await this.#formerCaller(invite, userId, this.#options.environment.nowMs());
    if (callerId !== undefined) this.#options.onRevoked(callerId);
  }

  /** Who signed it, as long as their device counted. @returns undefined where anything else is wrong with it as well */
  async #formerCaller(
    { callId, initiator, proof, statements = [] }: CallInviteIn,
    ownUserId: UserId,
    nowMs: number,
  ): Promise<UserId | undefined> {
    const { directory, session } = this.#options;
    const expected = {
      serverOrigin: session.server.serverOrigin,
      time: "any",
      fields: { callId },
      takesRevoked: () => true,
    } as const;
    for (const one of [...statements.map((said) => said.proof), proof].toReversed()) {
      const transcript = decodeTranscript(one.transcript);
      const purpose = transcript?.purpose;
      if ((purpose !== "call" && purpose !== "invite") || transcript === undefined) continue;
      const named: readonly string[] = "userIds" in transcript ? transcript.userIds : [];
      const called: readonly string[] = "memberUserIds" in transcript ? transcript.memberUserIds : [];
      if (![...named, ...called].includes(ownUserId)) continue;
      const signer = transcript.userId as UserId;
      const isInitiator = signer === initiator.userId;
      const looked = isInitiator ? directory.verify(initiator) : directory.person(signer);
      const known = await looked.catch(() => undefined);
      if (known === undefined || transcript.issuedAtMs > nowMs + clockToleranceMs) continue;
      const result = await verifyProofOf(known, one, { ...expected, purpose });
      if (!result.ok) continue;
      const { device } = result.proof;
      if (!countsNow(device) || directory.isRevoked(signer, device.deviceId)) return signer;
    }
    return undefined;
  }

  #read(): readonly KeptMissed[] {
    const { pins } = this.#options.environment;
    if (pins.missed === undefined || pins.changeMissed === undefined) return this.#known;
    try {
      return pins.missed();
    } catch {
      // What the pins need says why, wherever they are needed.
      return this.#known;
    }
  }

  /** @throws SignetError `directory.badPins` */
  #change(change: (kept: readonly KeptMissed[]) => readonly KeptMissed[]): void {
    const { pins } = this.#options.environment;
    if (pins.missed === undefined || pins.changeMissed === undefined) {
      this.#known = change(this.#known);
      return;
    }
    pins.changeMissed(change);
    this.#known = this.#read();
  }
}

/** What somebody signed of the server's log does not hold better another time. */
const isOfView = (code: ErrorCode): boolean => code === "log.otherView" || code === "log.unsignedView";

/** The person has to decide first who that is; or it is this terminal that cannot tell now: what it rests on could not be asked for, or read. */
const passes: readonly ErrorCode[] = [
  "directory.badPins",
  "directory.newerPins",
  "certificate.crlExpired",
  "certificate.revocationUnknown",
];

export const saysNothing = (code: ErrorCode): boolean =>
  (isUndecided(code) && !isOfView(code)) ||
  passes.includes(code) ||
  isConnectionCode(code) ||
  ["auth.", "protocol.", "server.", "terminal."].some((start) => code.startsWith(start));
