/** What a terminal finds out in a call, beside the state of its machine: who is who, what they signed, who speaks, how it ended. */
import type { Person } from "@signet/device";
import type { GroupMember, ProofNews } from "@signet/e2ee";
import type {
  CallEvent,
  CallId,
  CallMemberEnd,
  CallMemberInput,
  CallMemberState,
  DeviceId,
  EventBody,
  MemberIn,
  SignedLeave,
  UserId,
} from "@signet/protocol";

import { explainEnd, overAtMs } from "./call-end.ts";
import type { CallContext, Credentials } from "./call-entry.ts";
import type { CallMemory, RosterChange } from "./call-memory.ts";
import { callViewer, firstFacts, guestMarkOf, peopleIn } from "./call-view.ts";
import type { CallFacts } from "./call-view.ts";
import type { LoudspeakerTrouble } from "../sound-choices.ts";
import { isRevokedIn } from "../people/devices.ts";
import type { Speaker } from "../environment.ts";
import type { GroupList } from "./group-list.ts";
import { LostVoices } from "./lost-voices.ts";
import { withMoves } from "./moves.ts";
import { unprovableAmong, withProof } from "./voice-proofs.ts";
import { enterEpoch, noRosters, personOf, speakersAmong } from "./epoch-rosters.ts";
import type { HeardMicrophone } from "./microphone-words.ts";
import { isEndSigned, leaveReasonIn, saidIn, signedAtMs } from "./signed-word.ts";
import { withTogether } from "./together.ts";
import type {
  CallView,
  GroupRefusal,
  MediaState,
  MicrophoneState,
  SignedOutReason,
  Verification,
} from "../state.ts";
import { VerifiedLeaves } from "./verified-leaves.ts";
import { PoorNetworks } from "./poor-networks.ts";
import type { LeafCheck, VerifiedCall } from "./verify-call.ts";

/** How long whose page went may be on the way back: as long as the server waits for a connection that is lost (ms). */
export const backWithinMs = 30_000;

export class CallFindings {
  readonly #context: CallContext;
  readonly #call: VerifiedCall;
  readonly #list: GroupList;
  readonly #memory: CallMemory;
  #facts: CallFacts;
  readonly #view = callViewer();
  #rosters = noRosters;
  #speakers: readonly Speaker[] = [];
  #heard: readonly Speaker[] = [];
  readonly #voices: LostVoices;
  readonly #selfId: UserId;
  readonly #met = new Set<UserId>();
  readonly #leaves = new VerifiedLeaves();
  /** Who goes on at another terminal in the epoch that is being entered. */
  readonly #moving = new Set<UserId>();
  /** By which device each member of the own group is in the call. */
  readonly #shownDevices = new Map<UserId, DeviceId>();
  /** What the server said last of each person. */
  readonly #said = new Map<UserId, EventBody<"call.member">>();
  /** Who may be back in a moment, and what ends that. */
  readonly #awaited = new Map<UserId, () => void>();
  readonly #poor: PoorNetworks;

  /** @throws SignetError `auth.signInRequired` */
  constructor(context: CallContext, call: VerifiedCall, list: GroupList) {
    const { session, environment } = context;
    this.#context = context;
    this.#call = call;
    this.#list = list;
    this.#poor = new PoorNetworks(context.environment, (poorNetworks) => this.#set({ poorNetworks }));
    this.#memory = context.memories.of(call.callProof.transcript.callId as CallId);
    const { known, userId } = session.requirePerson();
    this.#selfId = userId;
    const ofServer = { slots: session.server.limits.slots, isLogged: context.directory.log.isKept };
    this.#facts = { ...firstFacts(call, known.person, environment.nowMs()), ...ofServer };
    this.#voices = new LostVoices(environment.after, (lost) => this.#set({ lost }));
  }

  /** What is shown of the call while its machine is in this state. */
  view(machine: CallMemberState): CallView {
    return this.#view(machine, this.#facts);
  }

  /** A leaf's proof verified here, or did not; shown with the epoch that its leaf is in. */
  checked(check: LeafCheck): void {
    if (check.ok) {
      this.#leaves.checked(check);
      // One's own way in may end before there is a group.
      if (check.userId === this.#selfId && this.#facts.inGroup === undefined)
        this.#verified(new Map([[check.userId, check.verification]]));
    } else if (check.userId !== undefined) {
      const { userId, code } = check;
      this.#facts = { ...this.#facts, suspect: { userId, code } };
    }
  }

  #verified(found: ReadonlyMap<UserId, Verification>): void {
    const verifications = new Map(this.#facts.verifications);
    for (const [userId, verification] of found)
      verifications.set(userId, this.#asFirstShown(userId, verification));
    this.#facts = { ...this.#facts, verifications };
  }

  /** Who was new in this call stays so until its end: the person should see it, and may have to compare safety codes. */
  #asFirstShown(userId: UserId, verification: Verification): Verification {
    const former = this.#facts.verifications.get(userId);
    const wasNew = former?.firstSeen === true && former.deviceId === verification.deviceId;
    return wasNew ? { ...verification, firstSeen: true } : verification;
  }

  /** Who left before this terminal came: whoever comes in with an answer from before that was brought back. */
  async heardLeaves(leaves: readonly SignedLeave[]): Promise<void> {
    const { callId } = this.#call.callProof.transcript;
    await Promise.all(
      leaves.map(async ({ userId, ...signed }) => {
        const said = { callId: callId as CallId, member: { userId, state: "left" as const }, ...signed };
        const atMs = await signedAtMs(said, this.#signing());
        if (atMs !== undefined) this.#left(userId, atMs, signed);
      }),
    );
  }

  /** The server says how members are, shown with the machine's next state; what of it they signed shows when that was checked. */
  heard(event: CallEvent): void {
    const all = saidIn(event);
    this.#memory.notes.heard(all, this.#context.environment.nowMs());
    if (all.length === 0 || this.#facts.endedAtMs !== undefined) return;
    // What was signed before was signed for another state, or for an earlier stay.
    const signedStates = new Map(this.#facts.signedStates);
    const leaveReasons = new Map(this.#facts.leaveReasons);
    for (const said of all) {
      const { userId } = said.member;
      this.#said.set(userId, said);
      signedStates.delete(userId);
      leaveReasons.delete(userId);
      const reason = leaveReasonIn(said);
      if (reason !== undefined) leaveReasons.set(userId, reason);
      this.#awaited.get(userId)?.();
      this.#awaited.delete(userId);
    }
    const reconnecting = new Set(this.#awaited.keys());
    this.#facts = { ...this.#facts, signedStates, leaveReasons, reconnecting };
    for (const said of all) void this.#checkSigned(said);
  }

  /** Frames of this epoch are opened from now on. */
  openedEpoch(epoch: number, members: readonly GroupMember[]): void {
    this.#rosters = enterEpoch(this.#rosters, epoch, members, this.#context.environment.monotonicMs());
    // Some of them may be heard already, by a key that was there before its roster.
    this.speaking(this.#speakers);
    this.hears(this.#heard);
  }

  /** Who is in the own group now; shown with the machine's next state. */
  inGroup(members: readonly GroupMember[], safetyCode: string): void {
    const { nowMs } = this.#context.environment;
    const found = this.#leaves.inGroup(members);
    this.#verified(found);
    this.#showMoves(found);
    for (const [userId, { deviceId }] of found) this.#shownDevices.set(userId, deviceId);
    const inGroup = new Set(members.map(({ userId }) => userId));
    this.#voices.inGroup(inGroup);
    const { directory } = this.#context;
    const revoked = Array.from(found).filter(([userId, { deviceId }]) =>
      directory.isRevoked(userId, deviceId),
    );
    const { safetyCode: _former, ...facts } = withTogether(this.#facts, members.length > 1, nowMs());
    this.#meet(members);
    this.#facts = {
      ...facts,
      inGroup,
      revoked: new Set(revoked.map(([userId]) => userId)),
      unprovable: unprovableAmong(members, this.#context.session.server.features),
      hostId: this.#list.hostId,
      ...(members.length > 1 ? { safetyCode } : {}),
      ...(members.length > 1 && facts.activeSinceMs === undefined ? { activeSinceMs: nowMs() } : {}),
    };
  }

  /** Whoever holds the key of the call that the person is in was met. */
  #meet(members: readonly GroupMember[]): void {
    for (const member of members) {
      const userId = member.userId as UserId;
      const verification = this.#facts.verifications.get(userId);
      if (verification === undefined || this.#met.has(userId) || userId === this.#selfId) continue;
      this.#met.add(userId);
      this.#context.directory.met(userId, verification);
    }
  }

  /** Whether what is shown is what the group's call list says. */
  get isListed(): boolean {
    return this.#facts.list === this.#list.held;
  }

  /** The group holds another list. */
  listed(): void {
    this.#facts = { ...this.#facts, list: this.#list.held };
  }

  /** Their place in the group goes over to another terminal of theirs, whose proof was verified; shown with the epoch in which it is. */
  moved(userId: UserId): void {
    this.#moving.add(userId);
  }

  #showMoves(found: ReadonlyMap<UserId, Verification>): void {
    if (this.#moving.size === 0) return;
    const at = { before: this.#shownDevices, atMs: this.#context.environment.nowMs() };
    this.#facts = { ...this.#facts, moves: withMoves(this.#facts.moves, this.#moving, found, at) };
    this.#moving.clear();
  }

  /** What this device of theirs signed may count no more: in the group it stays until a Commit takes it out. */
  historyGoesOn(person: Pick<Person, "userId" | "devices">): void {
    const { userId } = person;
    const deviceId = this.#shownDevices.get(userId);
    if (deviceId === undefined || this.#facts.inGroup?.has(userId) !== true) return;
    if (isRevokedIn(person, deviceId)) this.#set({ revoked: new Set(this.#facts.revoked).add(userId) });
  }

  /** The binding of this terminal is over, and the call goes on here until then; undefined when it is signed in again. */
  held(untilMs: number | undefined): void {
    const { heldUntilMs: _former, ...facts } = this.#facts;
    if (this.#facts.endedAtMs !== undefined) return;
    this.#facts = { ...facts, ...(untilMs === undefined ? {} : { heldUntilMs: untilMs }) };
    this.#context.onChange();
  }

  /** Shown with the machine's next state, for as long as the call lasts. */
  rejoined(change: RosterChange): void {
    this.#facts = { ...this.#facts, rejoined: change };
  }

  /** Shown at once: another member is asked meanwhile. Once of each person, also where a server goes on to name them. */
  refused(refusal: GroupRefusal): void {
    const { refusals = [] } = this.#facts;
    const isShown = refusals.some(({ userId, what }) => userId === refusal.userId && what === refusal.what);
    if (!isShown) this.#set({ refusals: [...refusals, refusal] });
  }

  get #invited(): ReadonlySet<UserId> {
    return new Set([...peopleIn(this.#facts.list), this.#selfId]);
  }

  /** Whose key opened frames that are speech; nobody whom the group does not hold. */
  speaking(speakers: readonly Speaker[]): void {
    this.#speakers = speakers;
    const nowMs = this.#context.environment.monotonicMs();
    this.#set({ speaking: speakersAmong(this.#rosters, speakers, nowMs) });
  }

  /** Whose key opens what comes in just now. */
  hears(speakers: readonly Speaker[]): void {
    this.#heard = speakers;
    this.#voices.hears(speakersAmong(this.#rosters, speakers, this.#context.environment.monotonicMs()));
  }

  proven({ person, state }: ProofNews): void {
    this.#set({ voices: withProof(this.#facts.voices, person, state) });
  }

  media(media: MediaState): void {
    this.#set({ media });
    this.#voices.connected(media.status === "connected");
  }

  microphone = (microphone: MicrophoneState): void => this.#set({ microphone });

  /** What its sound tells, and asks. */
  readonly forMedia = {
    onSpeakers: (speakers: readonly Speaker[]) => this.speaking(speakers),
    onHeard: (speakers: readonly Speaker[]) => this.hears(speakers),
    onLoudspeaker: (loudspeaker: LoudspeakerTrouble | undefined) => this.#set({ loudspeaker }),
    personOf: (speaker: Speaker) => personOf(this.#rosters, speaker, this.#context.environment.monotonicMs()),
  };

  /** What people signed of their own. */
  microphonesOf = (microphones: ReadonlyMap<UserId, HeardMicrophone>): void => this.#set({ microphones });
  talkIs = (told: Pick<CallFacts, "record" | "resolutions">): void => this.#set(told);

  poorNetworks = (poor: readonly UserId[]): void => this.#poor.heard(poor);

  /** Entries of everybody invited: their names, and their keys before they join. */
  async learnNames(members: readonly MemberIn[]): Promise<void> {
    const heard = members.map((member) => ({ member }));
    this.#memory.notes.heard(heard, this.#context.environment.nowMs());
    try {
      const { directory } = this.#context;
      const names = new Map([...this.#facts.names, ...(await directory.namesOf(members))]);
      const people = [...this.#invited].map((userId) => ({
        userId,
        displayName: guestMarkOf(this.#facts.list, userId)?.name ?? names.get(userId) ?? userId,
      }));
      this.#facts = { ...this.#facts, names, lookAlikes: directory.lookAlikes(people, this.#selfId) };
      this.#context.onChange();
    } catch {
      // User IDs are shown instead.
    }
  }

  /** Why the call is about to end here; stronger than what its machine will say of it. The first word counts. */
  unbound(reason: SignedOutReason): void {
    this.#facts = { ...this.#facts, end: this.#facts.end ?? { type: "unbound", reason } };
  }

  /** From here on neither speech nor media nor what members say of themselves counts. */
  ended(end: CallMemberEnd, told: Pick<CallFacts, "resolutions"> = {}): void {
    const endedAtMs = overAtMs(end, this.#facts, this.#context);
    for (const cancel of this.#awaited.values()) cancel();
    for (const part of [this.#voices, this.#poor]) part.close();
    const { heldUntilMs: _over, ...facts } = this.#facts;
    this.#facts = {
      ...withTogether(facts, false, endedAtMs),
      ...told,
      speaking: new Set(),
      media: { status: "off" },
      endedAtMs,
      end: this.#facts.end ?? explainEnd(end, this.#facts.suspect, this.#ownLatest(end)),
    };
  }

  #ownLatest({ type }: CallMemberEnd): Verification | undefined {
    const came = type === "moved" ? this.#leaves.latestOf(this.#selfId) : undefined;
    return came ?? this.#facts.verifications.get(this.#selfId);
  }

  async #checkSigned(said: EventBody<"call.member">): Promise<void> {
    const { userId, state } = said.member;
    const atMs = await signedAtMs(said, this.#signing());
    if (atMs === undefined) return;
    if (state === "left") this.#left(userId, atMs, said);
    else this.#memory.notes.ended(said);
    if (this.#said.get(userId) !== said) return;
    const enteredAtMs = this.#facts.verifications.get(userId)?.signedAtMs ?? 0;
    if (atMs < enteredAtMs) return;
    this.#set({ signedStates: new Map(this.#facts.signedStates).set(userId, state) });
    if (leaveReasonIn(said) === "pageGone") this.#await(userId);
  }

  /** Their page is loaded anew, perhaps: they are not gone for good before a while has passed. */
  #await(userId: UserId): void {
    if (this.#facts.endedAtMs !== undefined) return;
    const { after } = this.#context.environment;
    this.#awaited.set(
      userId,
      after(backWithinMs, () => {
        this.#awaited.delete(userId);
        this.#set({ reconnecting: new Set(this.#awaited.keys()) });
      }),
    );
    this.#set({ reconnecting: new Set(this.#awaited.keys()) });
  }

  /** Whether the initiator signed that the call is over. */
  async endChecked(
    body: EventBody<"call.ended">,
    { initiatorBinding }: Pick<Credentials, "initiatorBinding">,
  ): Promise<CallMemberInput> {
    const { callProof, initiator } = this.#call;
    const initiatorId = initiator.person.userId;
    const answeredAtMs =
      this.#facts.verifications.get(initiatorId)?.signedAtMs ?? callProof.transcript.issuedAtMs;
    const by = { ...this.#signing(), initiatorId, initiatorBinding, answeredAtMs };
    const signed = await isEndSigned(body, by);
    if (signed) this.#memory.notes.ended({ binding: initiatorBinding?.proof.raw, ...body });
    return { type: "endChecked", signed };
  }

  #signing(): Parameters<typeof signedAtMs>[1] {
    const { directory, environment } = this.#context;
    const { serverOrigin } = this.#call;
    return { serverOrigin, directory, nowMs: environment.nowMs() };
  }

  /** Whatever else the server says: from then on only a younger answer lets the person in. */
  #left(userId: UserId, leftAtMs: number, signed: Parameters<CallMemory["notes"]["ended"]>[0]): void {
    this.#memory.notes.ended(signed);
    this.#memory.left(userId, leftAtMs);
    const known = this.#facts.leavesAtMs;
    this.#set({ leavesAtMs: new Map(known).set(userId, Math.max(leftAtMs, known?.get(userId) ?? 0)) });
  }

  #set(facts: Partial<CallFacts>): void {
    if (this.#facts.endedAtMs !== undefined) return;
    this.#facts = { ...this.#facts, ...facts };
    this.#context.onChange();
  }
}
