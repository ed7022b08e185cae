/** Calls that this terminal is invited to: those that ring here, and those that go on and may be joined. All are verified first. */
import { clockToleranceMs } from "@signet/device";
import { BoundedMap, SignetError, decodeTranscript, hasFeature } from "@signet/protocol";
import type {
  Bytes,
  CallId,
  CallInviteIn,
  DeclineReason,
  ErrorCode,
  EventBody,
  ProofIn,
  RingEndReason,
  UserId,
} from "@signet/protocol";

import type { Environment } from "../environment.ts";
import type { Directory } from "../people/directory.ts";
import { Answered } from "./answered-elsewhere.ts";
import { verifyInvitation } from "./invitation.ts";
import type { Invitation } from "./invitation.ts";
import { Joinable, goesOnWithout } from "./joinable.ts";
import { MissedCalls } from "./missed-calls.ts";
import { PastRings } from "./past-rings.ts";
import type { RingEnd } from "./past-rings.ts";
import { presentWordRefusal } from "./present-word.ts";
import type { PresentWord } from "./present-word.ts";
import { Ringing } from "./ringing.ts";
import { ringMostMs } from "../call/ring-age.ts";
import { clockFaultOf } from "../session/clock-fault.ts";
import type { ClockFault } from "../session/clock-fault.ts";
import type { Session } from "../session/session.ts";
import type { CallView, IncomingCall, TerminalState } from "../state.ts";

export interface IncomingCallsOptions {
  readonly session: Session;
  readonly directory: Directory;
  readonly environment: Pick<Environment, "after" | "monotonicMs" | "nowMs" | "pins" | "randomBytes">;
  /** Whether this terminal is in that call now. */
  readonly isIn: (callId: CallId) => boolean;
  readonly onChange: () => void;
  /** What rang here was not answered, at no terminal of the person's. */
  readonly onPast: (ring: IncomingCall, invite: CallInviteIn, outcome: "missed" | "declined") => void;
  /** A call goes on, and the server cannot ask who is in it. */
  readonly onNotAsked: () => void;
  /** A call by this person did not ring, for nothing but a clock. */
  readonly onClockFault: (userId: UserId, clock: ClockFault) => void;
  /** Somebody called while no terminal was there, who revoked since the device that signed. */
  readonly onRevoked: (userId: UserId) => void;
}

/** Another terminal of the person's has it, or knows what became of it. */
const dealtWithElsewhere: ReadonlySet<RingEndReason> = new Set<RingEndReason>([
  "answeredElsewhere",
  "declinedElsewhere",
  "movedElsewhere",
]);

/** Calls that ended lately and are remembered as such. */
const overMost = 1_024;

export class IncomingCalls {
  readonly missed: MissedCalls;
  readonly #options: IncomingCallsOptions;
  readonly #session: Session;
  readonly #ringing: Ringing;
  readonly #joinable: Joinable;
  readonly #answered: Answered;
  /** Rings that are being verified, with what became of them meanwhile; taken out when they are forgotten. */
  readonly #verifying = new Map<CallId, { endedBy?: RingEndReason }>();
  readonly #past: PastRings;
  /** Calls that are over for everybody, as far as this terminal heard: a server may offer them again. */
  readonly #over = new BoundedMap<CallId, true>(overMost);
  /** Calls that can be joined, as the latest sign-in found them. */
  #found: ReadonlyMap<CallId, Invitation> | undefined;

  constructor(options: IncomingCallsOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#answered = new Answered(options);
    this.#past = new PastRings(options.environment);
    this.missed = new MissedCalls({
      ...options,
      isSettled: (userId, { invite, proofDigest }) =>
        options.isIn(invite.callId) || this.#past.get(userId, proofDigest) === "declined",
    });
    this.#joinable = new Joinable({
      system: options.environment,
      ask: (callId, nonce) =>
        this.#session.link.ask("call.askPresent", { callId, nonce }, (answer) =>
          answer.ok ? answer.body.asked : answer.code,
        ),
      counts: async (word, invitation, nonce) =>
        (await this.#refusalOf(word, invitation, nonce)) === undefined,
      onChange: options.onChange,
    });
    this.#ringing = new Ringing(options.environment, options.onChange, (ring) =>
      this.#ended(ring, "noAnswer"),
    );
  }

  get views(): Pick<TerminalState, "ringing" | "joinable" | "answeredElsewhere" | "missed"> {
    const missed = this.missed.views;
    return {
      ringing: this.#ringing.views,
      joinable: this.#joinable.views,
      ...this.#answered.view,
      ...(missed.length === 0 ? {} : { missed }),
    };
  }

  /** What rings here. */
  get rings(): readonly Invitation[] {
    return this.#ringing.invitations;
  }

  /** @throws SignetError `call.notRinging` when it neither rings nor can be joined */
  require(callId: CallId): Invitation {
    const invitation = this.#ringing.get(callId) ?? this.#joinable.get(callId);
    if (invitation === undefined) throw new SignetError("call.notRinging");
    return invitation;
  }

  /** Rings only for what verifies here; whatever does not is told to the server's log and, where it matters, to the person. */
  async ring(ring: EventBody<"call.ring">): Promise<void> {
    const { expiresAtMs, ...invite } = ring;
    const { callId } = ring;
    if (this.#options.isIn(callId) || this.#verifying.has(callId)) return;
    // Signed out here already, which the server is about to hear.
    const { person } = this.#session;
    if (person === undefined) return;
    if (this.#ringing.isFull(callId, this.#verifying.size) || this.#past.isFull) return;
    const meanwhile: { endedBy?: RingEndReason } = {};
    this.#verifying.set(callId, meanwhile);
    const endsAtMs = this.#endOf(expiresAtMs);
    const invitation = await this.#verify(invite, true, endsAtMs);
    const isForgotten = this.#verifying.get(callId) !== meanwhile;
    if (!isForgotten) this.#verifying.delete(callId);
    if (typeof invitation === "string") {
      if (invitation === "proof.time" && !isForgotten) void this.#tellClock(invite, endsAtMs);
      await this.#session.link
        .request("call.ringRefused", { callId, code: invitation })
        .catch(() => undefined);
      return;
    }
    if (isForgotten) return;
    const past = this.#past.get(person.userId, invitation.proofDigest);
    // Either the server did not hear it, or it shows an old ring: the word stands.
    if (past === "declined") return void this.#sendDecline(callId).catch(() => undefined);
    if (past !== undefined || this.#over.has(callId)) return;
    if (meanwhile.endedBy !== undefined) return this.#ended(invitation, meanwhile.endedBy);
    this.#joinable.delete(callId);
    this.#answered.clear();
    this.#ringing.start(invitation, endsAtMs - this.#options.environment.nowMs());
  }

  /** Their words are right, at another time. So that nobody is warned of somebody who did not sign anything, all else has to hold. */
  async #tellClock(invite: CallInviteIn, endsAtMs: number): Promise<void> {
    const signedAtMs = signedAt(invite.proof);
    if (signedAtMs === undefined) return;
    const { environment, onClockFault } = this.#options;
    const offMs = signedAtMs - environment.nowMs();
    const serverOffMs = this.#session.state?.serverClockOffMs ?? 0;
    // Its server would have refused it, too: not a clock, but an old call that is shown again.
    if (Math.abs(offMs - serverOffMs) > clockToleranceMs + ringMostMs) return;
    const then = await this.#verify(invite, true, endsAtMs, { atMs: signedAtMs, isOnlyLookedAt: true });
    if (typeof then !== "string")
      onClockFault(then.view.from.userId, clockFaultOf(offMs, serverOffMs, ringMostMs));
  }

  /** When a ring is to end, by the own clock and not later than any does. @param expiresAtMs by the server's */
  #endOf(expiresAtMs: number): number {
    const offsetMs = this.#session.state?.clockOffsetMs ?? 0;
    const nowMs = this.#options.environment.nowMs();
    return nowMs + Math.min(Math.max(0, expiresAtMs - nowMs - offsetMs), ringMostMs);
  }

  ringEnded(end: EventBody<"call.ringEnded">): void {
    const { callId, reason } = end;
    const verifying = this.#verifying.get(callId);
    if (verifying !== undefined) verifying.endedBy ??= reason;
    const invitation = this.#ringing.get(callId);
    if (invitation !== undefined) {
      this.#ended(invitation, reason);
      void this.#answered.ringEnded(end, invitation);
    }
    this.#ringing.stop(callId);
  }

  async decline(callId: CallId, reason: DeclineReason): Promise<void> {
    const invitation = this.#ringing.get(callId);
    if (invitation !== undefined) {
      this.#met(invitation);
      this.#rememberEnd(invitation, "declined");
      this.#options.onPast(invitation.view, invitation.invite, "declined");
    }
    this.#ringing.stop(callId);
    await this.#sendDecline(callId, reason);
  }

  async #sendDecline(callId: CallId, reason: DeclineReason = "declined"): Promise<void> {
    const proof = await this.#session.signWithTerminalKey((fields) => ({
      purpose: "decline",
      ...fields,
      callId,
      reason,
    }));
    await this.#session.link.request("call.decline", { proof });
  }

  /** What moved elsewhere rings here again when the person comes back. */
  #ended(invitation: Invitation, reason: RingEndReason): void {
    if (reason !== "movedElsewhere") this.#rememberEnd(invitation, "over");
    if (!dealtWithElsewhere.has(reason)) this.#options.onPast(invitation.view, invitation.invite, "missed");
  }

  #rememberEnd({ proofDigest }: Invitation, end: RingEnd): void {
    const userId = this.#session.person?.userId;
    if (userId !== undefined) this.#past.add(userId, proofDigest, end);
  }

  /** This terminal is in that call now. */
  answered(invitation: Invitation): void {
    this.#met(invitation);
    this.#rememberEnd(invitation, "over");
    this.#joinable.answered(invitation);
    this.missed.seen([invitation.invite.callId]);
    this.#ringing.stop(invitation.invite.callId);
  }

  /** This terminal is no longer in that call, which may go on. @param invite to it; one's own, of who started it */
  left(view: CallView, invite: CallInviteIn): void {
    const invitation = this.#joinable.left(view.callId);
    if (!goesOnWithout(view)) return;
    // What was said of who may be in it meanwhile counts, too.
    const isOlder = invitation?.invite.statements?.length !== invite.statements?.length;
    if (invitation === undefined || isOlder) void this.offer([invite], { isKept: true });
    else this.#offer(invitation);
  }

  /** Somebody in a call says that they are, as the server says. */
  async memberPresent(word: PresentWord): Promise<void> {
    await this.#joinable.heard(word);
  }

  /** The call is over for everybody. */
  callEnded(callId: CallId): void {
    this.#over.set(callId, true);
    this.ringEnded({ callId, reason: "ended" });
    this.#joinable.delete(callId);
  }

  /**
   * What the server named at the sign-in can be joined, once it was verified and somebody in it says that they are.
   * @param isKept it was named before: as for {@link verifyInvitation}
   */
  async offer(calls: readonly CallInviteIn[], { isKept = false } = {}): Promise<void> {
    const { person } = this.#session;
    const joinable = new Map<CallId, Invitation>();
    this.#found = joinable;
    for (const invite of calls) {
      if (this.#over.has(invite.callId)) continue;
      const invitation = await this.#verify(invite, false, Number.MAX_SAFE_INTEGER, { isKept });
      if (typeof invitation !== "string") joinable.set(invite.callId, invitation);
    }
    // Signed in anew, or out, while it was checked.
    if (this.#found !== joinable || this.#session.person?.binding !== person?.binding) return;
    for (const [callId, invitation] of joinable) {
      if (this.#options.isIn(callId) || this.#ringing.has(callId) || this.#over.has(callId)) continue;
      this.#offer(invitation);
    }
  }

  /** Not on the server's word alone: where it cannot ask anybody, the call is not shown. */
  #offer(invitation: Invitation): void {
    if (hasFeature(this.#session.server.features, "present")) this.#joinable.add(invitation);
    else this.#options.onNotAsked();
  }

  #refusalOf(word: PresentWord, invitation: Invitation, nonce: Bytes): Promise<ErrorCode | undefined> {
    const { session, directory, environment } = this.#options;
    const nowMs = environment.nowMs();
    return presentWordRefusal(word, { invitation, nonce }, { session, directory, nowMs });
  }

  /** Nothing rings or is asked any more. Without telling, as {@link clear}. */
  close(): void {
    this.#answered.clear();
    this.#ringing.clear();
    this.#joinable.close();
  }

  /** Forgets everything, what is being verified as well. Without telling: whoever clears it has more to change. */
  clear(): void {
    this.#answered.clear();
    this.#ringing.clear();
    this.#verifying.clear();
    this.#joinable.clear();
  }

  /** Who calls was shown, and the person at this terminal dealt with it. A ring that nobody dealt with may have been seen by nobody. */
  #met({ view: { from } }: Invitation): void {
    this.#options.directory.met(from.userId, from.verification);
  }

  /** @returns the code of what is wrong with it, when something is */
  #verify(
    invite: CallInviteIn,
    ringing: boolean,
    expiresAtMs: number,
    {
      atMs,
      ...how
    }: { readonly atMs?: number; readonly isOnlyLookedAt?: boolean; readonly isKept?: boolean } = {},
  ): Promise<Invitation | ErrorCode> {
    const { session, directory, environment } = this.#options;
    const nowMs = atMs ?? environment.nowMs();
    return verifyInvitation(invite, { session, directory, nowMs, ringing, expiresAtMs, ...how });
  }
}

/** When the caller says that it was signed; nothing of it is verified. */
function signedAt({ transcript }: ProofIn): number | undefined {
  const read = decodeTranscript(transcript);
  return read?.purpose === "call" ? read.issuedAtMs : undefined;
}
