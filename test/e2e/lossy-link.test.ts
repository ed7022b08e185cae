/**
 * Three people, two terminals of one device for one of them and two devices for another, and a server, over links that lose messages: random
 * calls, joins, leaves, moves, invitations, removals, hosts, take-overs, outages beyond 30 s, restarts of the server and Commits that arrive
 * broken. Then the weather clears, and everybody has
 * to agree. Terminals and server are the real ones, down to the last key; only network, clock and chance are the test's.
 */
// First: it counts what the others do.
import { settled } from "./support/settled.ts";

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { startMedia } from "@signet/media";
import type { MediaEngine } from "@signet/media";
import type { CallId, UserId } from "@signet/protocol";
import type { Participant } from "@signet/terminal";

import { VirtualServer } from "./support/virtual-server.ts";
import { VirtualTerminal } from "./support/virtual-terminal.ts";
import { VirtualWorld } from "./support/virtual-world.ts";

const users = ["ada", "bob", "cyd"] as const;

interface Weather {
  /** Chance of each message to be lost. */
  readonly loss: number;
  readonly outages: boolean;
  /** Chance of each Commit to arrive broken. */
  readonly breakage: number;
}

const ignored = (): void => undefined;

/** By the call list, which is the same for all. */
const placeOf = ({ userId, isHost, invitedBy, removedBy }: Participant) => [
  userId,
  isHost,
  invitedBy,
  removedBy,
];

class Scenario {
  readonly world: VirtualWorld;
  readonly server: VirtualServer;
  readonly terminals: readonly VirtualTerminal[];
  readonly #weather: Weather;
  readonly #callIds = new Set<CallId>();
  readonly #rings = new Set<string>();

  private constructor(
    world: VirtualWorld,
    server: VirtualServer,
    terminals: readonly VirtualTerminal[],
    weather: Weather,
  ) {
    this.world = world;
    this.server = server;
    this.terminals = terminals;
    this.#weather = weather;
    for (const each of terminals) each.terminal.subscribe(() => this.#changed(each));
  }

  static async open(seed: number, weather: Weather): Promise<Scenario> {
    const world = new VirtualWorld(seed, settled);
    const server = await VirtualServer.open(world, media);
    const terminals = await Promise.all(
      [
        ["ada", "ada-1"] as const,
        ["bob", "bob-1"] as const,
        ["cyd", "cyd-1"] as const,
        ["bob", "bob-2"] as const,
        ["cyd", "cyd-2"] as const,
      ].map(([user, name]) => {
        const device = name === "cyd-2" ? second : devices[user];
        return VirtualTerminal.open(world, server, { user, name, device, spare: second });
      }),
    );
    return new Scenario(world, server, terminals, weather);
  }

  async run(): Promise<void> {
    const { world } = this;
    await world.runFor(2_000);
    for (const { terminal, userId } of this.terminals.slice(0, 3))
      terminal.register({ userId, displayName: userId.toUpperCase() }).catch(ignored);
    await world.runFor(2_000);
    for (const { terminal, name } of this.terminals.slice(0, 3))
      assert.equal(terminal.state.session.status, "signedIn", name);
    await this.#addSecond();
    world.loss = this.#weather.loss;
    for (const { way } of this.terminals) way.spoil = (text) => this.#spoil(text);
    this.terminals[0]?.terminal.call(["bob", "cyd"] as UserId[]).catch(ignored);
    const endMs = world.nowMs + 150_000;
    while (world.nowMs < endMs) {
      await world.runFor(world.between(100, 8_000));
      await this.#act();
    }
    // The weather clears; the longest outage and everything that waits for time passes.
    world.loss = 0;
    for (const { way } of this.terminals) {
      way.spoil = (text) => text;
      way.downUntilMs = 0;
    }
    await world.runFor(60_000);
    for (const each of this.terminals) {
      if (each.call === undefined && each.terminal.state.session.status === "signedIn") this.#enter(each);
      await world.runFor(15_000);
    }
    await world.runFor(60_000);
    this.#checkAgreement();
    assert.ok(
      this.terminals.some(({ keys }) => keys.length > 1),
      "nobody ever met",
    );
    for (const { terminal } of this.terminals) terminal.leave().catch(ignored);
    await world.runFor(120_000);
    for (const callId of this.#callIds)
      assert.equal(this.server.running.stateOf(callId), undefined, `call ${callId} goes on`);
    for (const { call, name } of this.terminals) assert.equal(call, undefined, `${name} is in a call`);
  }

  async close(): Promise<void> {
    for (const { terminal } of this.terminals) terminal.close();
    await this.world.runFor(5_000);
    await this.server.close();
  }

  /** Most answer after a while, some decline, some do not hear it. */
  #changed(each: VirtualTerminal): void {
    const { world } = this;
    const { terminal } = each;
    if (each.call !== undefined) this.#callIds.add(each.call.callId);
    const { call } = terminal.state;
    if (call?.end?.type === "moved") moved.add(`${each.name} ${call.startedAtMs} ${call.callId}`);
    for (const { callId } of terminal.state.ringing) {
      const ring = `${each.name} ${callId}`;
      if (this.#rings.has(ring)) continue;
      this.#rings.add(ring);
      const dice = world.random();
      world.after(world.between(100, 8_000), () => {
        if (dice < 0.8) terminal.answer(callId).catch(ignored);
        else if (dice < 0.9) terminal.decline(callId).catch(ignored);
      });
    }
  }

  /** A Commit that is cut short cannot be read: whoever gets it has to find back into the group. */
  #spoil(text: string): string {
    if (!text.includes('"call.committed"') || !this.world.chance(this.#weather.breakage)) return text;
    return text.replace(/("commit":"[^"]{40})[^"]*"/, '$1"');
  }

  async #act(): Promise<void> {
    const { world } = this;
    const each = world.pick(this.terminals);
    if (each === undefined) return;
    const { terminal, userId, way } = each;
    const dice = world.random();
    if (terminal.state.session.status === "signedOut") {
      // A take-over, or back after one.
      if (dice < 0.3) terminal.signIn({ userId }).catch(ignored);
    } else if (dice < 0.3 && this.#weather.outages) {
      way.cutOff(world.between(50, dice < 0.15 ? 45_000 : 4_000));
    } else if (dice < 0.35 && this.#weather.outages) await this.server.restart();
    else if (dice < 0.42 && terminal.state.elsewhere !== undefined) terminal.moveHere().catch(ignored);
    else if (dice < 0.44) terminal.leave().catch(ignored);
    else if (dice < 0.46) terminal.endForAll().catch(ignored);
    else if (each.call === undefined) this.#enter(each);
    else if (dice < 0.8) this.#sayWhoIsIn(each);
  }

  /** People are put out and brought in again, and the host's role goes round. */
  #sayWhoIsIn({ call, terminal, userId }: VirtualTerminal): void {
    const other = this.world.pick(call?.participants.filter((one) => one.userId !== userId) ?? []);
    if (other === undefined) return;
    const dice = this.world.random();
    if (call?.mayRemove === true && other.state !== "removed" && dice < 0.4)
      terminal.remove([other.userId]).catch(ignored);
    else if (call?.mayRemove === true && other.state === "joined" && dice < 0.6)
      terminal.makeHost(other.userId).catch(ignored);
    else if (other.state !== "joined") terminal.invite([other.userId]).catch(ignored);
  }

  /** cyd adds a second key, with which their second terminal signs in. */
  async #addSecond(): Promise<void> {
    const { world } = this;
    const [, , first, , other] = this.terminals;
    assert.ok(first && other);
    first.terminal.addDevice({ name: "Second" }).catch(ignored);
    await world.runFor(2_000);
    other.terminal.signIn({ userId: other.userId }).catch(ignored);
    await world.runFor(2_000);
    assert.equal(other.terminal.state.session.status, "signedIn", other.name);
  }

  /** Moves the call here that the person is in elsewhere, joins one that goes on without them, or starts one. */
  #enter({ terminal, userId }: VirtualTerminal): void {
    if (terminal.state.elsewhere !== undefined) return void terminal.moveHere().catch(ignored);
    const [open] = terminal.state.joinable;
    if (open !== undefined) return void terminal.answer(open.callId).catch(ignored);
    const others = (users as readonly string[]).filter((other) => other !== userId) as UserId[];
    terminal.call(others).catch(ignored);
  }

  #checkAgreement(): void {
    for (const callId of this.#callIds) {
      const state = this.server.running.stateOf(callId);
      const inside = this.terminals.filter(({ call }) => call?.callId === callId);
      const names = inside.map(({ name }) => name);
      if (state === undefined) {
        assert.deepEqual(names, [], `in the ended call ${callId}`);
        continue;
      }
      const present = [...state.members.values()].filter(
        (member) => member.state === "joined" || member.state === "joining",
      );
      for (const member of present)
        assert.equal(member.state, "joined", `${member.userId} waits for admission`);
      const presentIds = present.map(({ userId }) => userId).toSorted();
      assert.deepEqual(inside.map(({ userId }) => userId).toSorted(), presentIds);
      const keys = new Set(inside.map((terminal) => terminal.key));
      assert.equal(keys.size, inside.length === 0 ? 0 : 1, `they have different keys in ${callId}`);
      const codes = new Set(inside.map(({ call }) => call?.safetyCode));
      assert.equal(codes.size, inside.length === 0 ? 0 : 1, `they have different safety codes in ${callId}`);
      const lists = new Set(inside.map(({ call }) => JSON.stringify(call?.participants.map(placeOf))));
      assert.equal(lists.size, inside.length === 0 ? 0 : 1, `they have different lists in ${callId}`);
      for (const { name, call } of inside) {
        assert.equal(call?.epoch, state.delivery.epoch, `${name} is in another epoch`);
        const seen = call.participants.filter((person) => person.state === "joined");
        assert.deepEqual(seen.map(({ userId }) => userId).toSorted(), presentIds, `${name} sees others`);
        for (const { userId, isSelf, verification } of seen)
          assert.ok(isSelf || verification !== undefined, `${name} has not verified ${userId}`);
      }
      const [key] = keys;
      for (const outside of this.terminals.filter((terminal) => !inside.includes(terminal)))
        assert.ok(
          key === undefined || !outside.keys.includes(key),
          `${outside.name} has the key of ${callId}`,
        );
    }
  }
}

let media: MediaEngine;
let folder: string;
let devices: Record<(typeof users)[number], SignatureDevice>;
/** cyd's second one. */
let second: SignatureDevice;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "signet-"));
  media = await startMedia({ runtimeDir: folder });
  const [ada, bob, cyd, spare] = await Promise.all(
    [...users, "cyd"].map(() => createSoftwareKey({ algorithm: "EdDSA" })),
  );
  devices = { ada: ada!, bob: bob!, cyd: cyd! };
  second = spare!;
});

after(async () => {
  await media.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Many more, with seeds of their own: `npm run soak -- lossy-link`. */
const seeds = 5;
const firstSeed = Number(process.env["SIGNET_SEED"] ?? 1);

const weathers: readonly [string, Weather][] = [
  ["fair", { loss: 0, outages: false, breakage: 0 }],
  ["lossy", { loss: 0.02, outages: false, breakage: 0 }],
  ["outages and restarts", { loss: 0.01, outages: true, breakage: 0 }],
  ["outages, restarts and broken Commits", { loss: 0.01, outages: true, breakage: 0.1 }],
];

/** Terminals whose call went on at another one. */
const moved = new Set<string>();

for (const [name, weather] of weathers) {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    test(`${name}: seed ${seed}`, async () => {
      const scenario = await Scenario.open(seed, weather);
      await scenario.run();
      await scenario.close();
    });
  }
}

test("calls were moved on the way", () => assert.ok(moved.size > 20, `${moved.size}`));
