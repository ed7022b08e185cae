/** What people do in random calls: each act with the terminals that can do it now, drawn by weight. */
import type { SignatureDevice } from "@signet/device";
import type { CallId, UserId } from "@signet/protocol";
import type { CallView, IncomingCall, Participant } from "@signet/terminal";

import type { RandomWatch } from "./random-watch.ts";
import type { VirtualServer } from "./virtual-server.ts";
import type { VirtualTerminal } from "./virtual-terminal.ts";
import type { VirtualWorld } from "./virtual-world.ts";

export interface ActsOptions {
  readonly world: VirtualWorld;
  readonly server: VirtualServer;
  readonly terminals: readonly VirtualTerminal[];
  readonly watch: RandomWatch;
  /** Devices that nobody has added yet. */
  readonly spares: readonly SignatureDevice[];
  readonly hasOutages: boolean;
}

interface Act {
  readonly weight: number;
  readonly run: () => void | Promise<void>;
}

/** How long two calls that crossed are not shown (ms): who has come together by then has touched nothing. */
const togetherWithinMs = 4_500;

export class RandomActs {
  readonly #options: ActsOptions;
  readonly #rings = new Map<string, number>();
  readonly #spares: SignatureDevice[];
  #acts = 0;
  #isAdding = false;

  constructor(options: ActsOptions) {
    this.#options = options;
    this.#spares = [...options.spares];
  }

  async act(): Promise<void> {
    const { world, terminals } = this.#options;
    const each = world.pick(terminals);
    if (each === undefined) return;
    const acts = this.#actsOf(each);
    let dice = world.random() * acts.reduce((sum, { weight }) => sum + weight, 0);
    this.#acts += 1;
    await acts.find(({ weight }) => (dice -= weight) < 0)?.run();
  }

  /** Moves the call here that the person is in elsewhere, joins one that goes on without them, or calls these people. */
  enter({ terminal }: VirtualTerminal, others: readonly UserId[]): void {
    const { elsewhere, joinable } = terminal.state;
    const [open] = joinable;
    if (elsewhere !== undefined) this.#try("move", terminal.moveHere());
    else if (open !== undefined) this.#try("join", terminal.answer(open.callId));
    else if (others.length > 0) this.#try("call", terminal.call(others));
  }

  /**
   * Whoever rings is answered after a while, mostly; some decline, some do not hear it. At all terminals of a person in the same moment, or at one
   * of them alone.
   */
  ring(each: VirtualTerminal): void {
    const { world } = this.#options;
    for (const { callId, waiting } of each.terminal.state.ringing) {
      const ring = `${each.name} ${callId} ${waiting === true}`;
      if (this.#rings.has(ring)) continue;
      const person = `${each.userId} ${callId} ${waiting === true}`;
      const atMs = this.#rings.get(person) ?? world.nowMs + world.between(100, 8_000);
      this.#rings.set(person, atMs).set(ring, atMs);
      if (world.chance(0.7))
        world.after(atMs - world.nowMs + world.between(0, 200), () => this.#answer(each, callId));
    }
  }

  #answer({ name, terminal }: VirtualTerminal, callId: CallId): void {
    const { watch, world } = this.#options;
    const dice = world.random();
    const ring: IncomingCall | undefined = terminal.state.ringing.find((one) => one.callId === callId);
    if (ring === undefined) return;
    if (ring.waiting === true) {
      if (dice < 0.3)
        this.#try("switch", terminal.switchTo(callId), () => watch.saw("switched", `${name} ${callId}`));
      else if (dice < 0.6)
        this.#try("bring in", terminal.bringIn(callId), () =>
          watch.saw("brought the caller in", `${name} ${callId}`),
        );
      else if (dice < 0.7) this.#try("decline", terminal.decline(callId));
    } else if (dice < 0.85) this.#try("answer", terminal.answer(callId));
    else if (dice < 0.95) this.#try("decline", terminal.decline(callId));
  }

  #actsOf(each: VirtualTerminal): readonly Act[] {
    const { call, terminal } = each;
    const weather = this.#weatherOf(each);
    if (terminal.state.session.status === "signedOut") return [...weather, ...this.#comingIn(each)];
    const own = [...weather, ...this.#ofDevices(each)];
    if (call !== undefined) return [...own, ...this.#inCall(each, call)];
    return [...own, ...this.#free(each)];
  }

  #weatherOf({ way }: VirtualTerminal): readonly Act[] {
    const { hasOutages, server, world } = this.#options;
    if (!hasOutages) return [];
    return [
      { weight: 1.5, run: () => way.cutOff(world.between(50, 4_000)) },
      { weight: 1, run: () => way.cutOff(world.between(50, 90_000)) },
      { weight: 0.4, run: () => server.restart() },
    ];
  }

  /** A take-over, or back after one. */
  #comingIn({ terminal, userId }: VirtualTerminal): readonly Act[] {
    return [
      { weight: 3, run: () => this.#try("sign in", terminal.signIn({ userId })) },
      { weight: 3, run: () => undefined },
    ];
  }

  #ofDevices(each: VirtualTerminal): readonly Act[] {
    const { terminal, userId } = each;
    const { session } = terminal.state;
    if (session.status !== "signedIn") return [];
    const acts: Act[] = [{ weight: 0.2, run: () => this.#try("release", terminal.release()) }];
    const counting = session.devices.filter(({ revoked }) => revoked === undefined);
    const siblings = this.#options.terminals.filter((one) => one.userId === userId && one !== each);
    const other = siblings.find(({ hardware }) => hardware.device !== each.hardware.device);
    if (other === undefined) return acts;
    const { deviceId } = other.hardware.device;
    if (counting.some((device) => device.deviceId === deviceId))
      acts.push({
        weight: other.call === undefined ? 0.1 : 2,
        run: () => this.#try("revoke", terminal.revokeDevice(deviceId, "lost")),
      });
    else if (this.#spares.length > 0 && counting.length === 1)
      acts.push({ weight: 4, run: () => this.#addFor(each, other) });
    return acts;
  }

  /** The other terminal of the person has it from then on. */
  #addFor({ hardware, terminal }: VirtualTerminal, other: VirtualTerminal): void {
    const spare = this.#spares.shift();
    if (spare === undefined || this.#isAdding) return;
    this.#isAdding = true;
    hardware.spare = spare;
    const added = terminal.addDevice({ name: "Another" }).finally(() => {
      this.#isAdding = false;
    });
    this.#try("add a device", added, () => {
      other.hardware.device = spare;
      this.#options.watch.saw("added a device", spare.deviceId);
    });
  }

  #free(each: VirtualTerminal): readonly Act[] {
    const { terminal } = each;
    const others = this.#others(each);
    const { elsewhere } = terminal.state;
    if (elsewhere !== undefined) return [{ weight: 8, run: () => this.enter(each, others) }];
    const acts: Act[] = [{ weight: 2, run: () => this.enter(each, this.#some(others)) }];
    const free = this.#options.world.pick(this.#freeOnes().filter(({ userId }) => userId !== each.userId));
    if (free !== undefined) acts.push({ weight: 6, run: () => this.#callEachOther(each, free) });
    const engaged = this.#options.world.pick(this.#options.terminals.filter(isEngaged));
    if (engaged !== undefined && engaged.userId !== each.userId)
      acts.push({
        weight: 5,
        run: () => this.#try("call who is in a call", terminal.call([engaged.userId])),
      });
    return acts;
  }

  #inCall(each: VirtualTerminal, call: CallView): readonly Act[] {
    const { terminal, userId } = each;
    const { watch, world } = this.#options;
    const isHost = call.mayRemove === true;
    const others = call.participants.filter((one) => one.userId !== userId);
    const joined = others.filter(({ state }) => state === "joined");
    const acts: Act[] = [
      { weight: isHost && joined.length > 1 ? 1.5 : 0.4, run: () => this.#try("leave", terminal.leave()) },
      { weight: 0.2, run: () => this.#try("end for all", terminal.endForAll()) },
    ];
    const another = world.pick(this.#options.terminals.filter((one) => isEngaged(one) && one !== each));
    if (another !== undefined && another.userId !== userId)
      acts.push({ weight: 0.7, run: () => this.#breakAway(each, another) });
    if (call.phase !== "active") return acts;
    const absent = this.#others(each).filter((one) => !joined.some((there) => there.userId === one));
    const removed = others.filter(({ state }) => state === "removed").map((one) => one.userId);
    const target = world.pick(removed.length > 0 && world.chance(0.6) ? removed : absent);
    if (target !== undefined) {
      acts.push({ weight: 3, run: () => this.#invite(each, call, target) });
      const fellow = this.#options.terminals.find(
        (one) => one !== each && one.userId !== target && one.call?.callId === call.callId,
      );
      if (fellow !== undefined)
        acts.push({ weight: 4, run: () => this.#inviteAtOnce([each, fellow], target, absent) });
    }
    if (!isHost) return acts;
    // Who started it cannot be removed before the role is handed on.
    const one: Participant | undefined = world.pick(
      joined.filter(({ isInitiator }) => !isInitiator || world.chance(0.2)),
    );
    if (one !== undefined) acts.push({ weight: 8, run: () => this.#remove(each, one.userId) });
    const next = world.pick(joined);
    if (next !== undefined)
      acts.push({
        weight: 4,
        run: () =>
          this.#try("hand on", terminal.makeHost(next.userId), () =>
            watch.saw("host handed on", `${this.#acts} ${next.userId}`),
          ),
      });
    return acts;
  }

  #invite({ terminal }: VirtualTerminal, { mayRemove, participants }: CallView, userId: UserId): void {
    const { watch } = this.#options;
    const which = `${this.#acts} ${userId}`;
    this.#try("invite", terminal.invite([userId]), () => {
      if (mayRemove !== true) watch.saw("invited by a guest", which);
      if (participants.every((one) => one.userId !== userId)) watch.saw("brought a newcomer in", which);
    });
  }

  /** Mostly they are invited again after a while. */
  #remove({ terminal }: VirtualTerminal, userId: UserId): void {
    const { world } = this.#options;
    this.#try("remove", terminal.remove([userId]));
    if (world.chance(0.7))
      world.after(world.between(500, 6_000), () => this.#try("invite again", terminal.invite([userId])));
  }

  #inviteAtOnce(by: readonly VirtualTerminal[], target: UserId, absent: readonly UserId[]): void {
    const { watch, world } = this.#options;
    const [, fellow] = by;
    const other = world.pick(absent.filter((one) => one !== fellow?.userId)) ?? target;
    const which = `${this.#acts}`;
    let taken = 0;
    const done = (): void => {
      taken += 1;
      if (taken < by.length) return;
      watch.saw(other === target ? "invited one person twice at once" : "invited two people at once", which);
    };
    for (const [i, { terminal }] of by.entries())
      this.#try("invite at once", terminal.invite([i === 0 ? target : other]), done);
  }

  #callEachOther(one: VirtualTerminal, other: VirtualTerminal): void {
    const { watch, world } = this.#options;
    const which = `${this.#acts}`;
    const note = (): void => watch.saw("called each other at once", which);
    this.#try("call each other", one.terminal.call([other.userId]), note);
    world.after(world.between(0, 100), () => {
      if (other.call === undefined) this.#try("call each other", other.terminal.call([one.userId]), note);
    });
    world.after(togetherWithinMs, () => {
      const [first, second] = [one.call, other.call];
      if (first?.phase === "active" && first.callId === second?.callId)
        watch.saw("came together without a touch", which);
    });
  }

  /** Two go out of their calls, to call each other. */
  #breakAway(one: VirtualTerminal, other: VirtualTerminal): void {
    const { world } = this.#options;
    for (const { terminal } of [one, other]) this.#try("leave", terminal.leave());
    world.after(world.between(300, 2_000), () => {
      if (one.call === undefined && other.call === undefined) this.#callEachOther(one, other);
    });
  }

  #freeOnes(): readonly VirtualTerminal[] {
    return this.#options.terminals.filter(({ call, terminal }) => {
      const { elsewhere, session } = terminal.state;
      return session.status === "signedIn" && call === undefined && elsewhere === undefined;
    });
  }

  #others({ userId }: VirtualTerminal): readonly UserId[] {
    return [...new Set(this.#options.terminals.map((one) => one.userId))].filter((one) => one !== userId);
  }

  /** One at least. */
  #some(userIds: readonly UserId[]): readonly UserId[] {
    const { world } = this.#options;
    const some = userIds.filter(() => world.chance(0.6));
    return some.length > 0 ? some : userIds.slice(0, 1);
  }

  #try(act: string, doing: Promise<unknown>, then: () => void = () => undefined): void {
    doing.then(
      () => then(),
      (error: unknown) => this.#options.watch.refused(act, error),
    );
  }
}

/** In a call with somebody else. */
const isEngaged = ({ call }: VirtualTerminal): boolean =>
  call?.participants.some(({ isSelf, state }) => !isSelf && state === "joined") === true;
