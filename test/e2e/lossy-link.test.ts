/**
 * Four people, two terminals of one device for one of them and two devices for another, and a server, over links that lose messages: random
 * calls, joins, leaves, moves, invitations, removals, hosts, take-overs, revocations, calls that cross and calls that wait, outages beyond 30 s,
 * restarts of the server and Commits that arrive broken. Then the weather clears, and everybody has to agree. Terminals and server are the real
 * ones, down to the last key; only network, clock and chance are the test's.
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
import type { UserId } from "@signet/protocol";

import { assertAgreement } from "./support/agreement.ts";
import { Deeds } from "./support/deeds.ts";
import type { Deed } from "./support/deeds.ts";
import { RandomActs } from "./support/random-acts.ts";
import { RandomWatch } from "./support/random-watch.ts";
import { VirtualServer } from "./support/virtual-server.ts";
import { VirtualTerminal } from "./support/virtual-terminal.ts";
import { VirtualWorld } from "./support/virtual-world.ts";

interface Weather {
  /** Chance of each message to be lost. */
  readonly loss: number;
  readonly outages: boolean;
  /** Chance of each Commit to arrive broken. */
  readonly breakage: number;
}

const ignored = (): void => undefined;

class Scenario {
  readonly world: VirtualWorld;
  readonly server: VirtualServer;
  readonly terminals: readonly VirtualTerminal[];
  readonly #weather: Weather;
  readonly #watch: RandomWatch;
  readonly #acts: RandomActs;

  private constructor(
    world: VirtualWorld,
    server: VirtualServer,
    terminals: readonly VirtualTerminal[],
    { watch, weather }: { readonly watch: RandomWatch; readonly weather: Weather },
  ) {
    this.world = world;
    this.server = server;
    this.terminals = terminals;
    this.#weather = weather;
    this.#watch = watch;
    const hasOutages = weather.outages;
    this.#acts = new RandomActs({ world, server, terminals, watch, spares: devices.spares, hasOutages });
    for (const each of terminals)
      each.terminal.subscribe(() => {
        watch.changed(each);
        this.#acts.ring(each);
      });
  }

  static async open(seed: number, weather: Weather, watch: RandomWatch): Promise<Scenario> {
    const world = new VirtualWorld(seed, settled);
    const server = await VirtualServer.open(world, media);
    const terminals = await Promise.all(
      places.map(({ user, name }) => {
        const device = name === "cyd-2" ? devices.second : devices[user];
        return VirtualTerminal.open(world, server, { user, name, device, spare: devices.second });
      }),
    );
    return new Scenario(world, server, terminals, { watch, weather });
  }

  async run(): Promise<void> {
    const { world } = this;
    await this.#signIn();
    world.loss = this.#weather.loss;
    for (const { way } of this.terminals) way.spoil = (text) => this.#spoil(text);
    this.terminals[0]?.terminal.call(["bob", "cyd"] as UserId[]).catch(ignored);
    const endMs = world.nowMs + actingMs;
    while (world.nowMs < endMs) {
      // Now and then much happens at once.
      await world.runFor(world.between(0, world.chance(0.3) ? 300 : 5_000));
      await this.#acts.act();
    }
    // The weather clears; the longest outage and everything that waits for time passes.
    world.loss = 0;
    for (const { way } of this.terminals) {
      way.spoil = (text) => text;
      way.downUntilMs = 0;
    }
    await world.runFor(60_000);
    for (const each of this.terminals) {
      if (each.call === undefined && each.terminal.state.session.status === "signedIn")
        this.#acts.enter(
          each,
          ["ada", "bob", "cyd", "dan"].filter((user) => user !== each.userId) as UserId[],
        );
      await world.runFor(15_000);
    }
    await world.runFor(60_000);
    await assertAgreement(this.server, this.terminals, this.#watch.callIds);
    for (const { name, terminal } of this.terminals)
      assert.deepEqual(
        [terminal.state.log, terminal.log.evidence()],
        [undefined, []],
        `${name} accuses the server`,
      );
    assert.ok(
      this.terminals.some(({ keys }) => keys.length > 1),
      "nobody ever met",
    );
    for (const { terminal } of this.terminals) terminal.leave().catch(ignored);
    await world.runFor(120_000);
    for (const callId of this.#watch.callIds)
      assert.equal(this.server.running.stateOf(callId), undefined, `call ${callId} goes on`);
    for (const { call, name, terminal } of this.terminals) {
      assert.equal(call, undefined, `${name} is in a call`);
      const { elsewhere, joinable, ringing } = terminal.state;
      assert.deepEqual([elsewhere, joinable, ringing], [undefined, [], []], `${name} is shown a call`);
    }
    assert.deepEqual([...this.#watch.faults], []);
  }

  async close(): Promise<void> {
    for (const { terminal } of this.terminals) terminal.close();
    await this.world.runFor(5_000);
    await this.server.close();
  }

  /** All but bob's second terminal; cyd adds a second device for the other one. */
  async #signIn(): Promise<void> {
    const { world, terminals } = this;
    const [first, second] = terminals.filter(({ userId }) => userId === "cyd");
    assert.ok(first && second);
    const idle = terminals.find(({ name }) => name === "bob-2");
    await world.runFor(2_000);
    for (const each of terminals) {
      const { terminal, userId } = each;
      if (each !== second && each !== idle)
        terminal.register({ userId, displayName: userId.toUpperCase() }).catch(ignored);
    }
    await world.runFor(2_000);
    first.terminal.addDevice({ name: "Second" }).catch(ignored);
    await world.runFor(2_000);
    second.terminal.signIn({ userId: second.userId }).catch(ignored);
    await world.runFor(2_000);
    for (const each of terminals)
      if (each !== idle) assert.equal(each.terminal.state.session.status, "signedIn", each.name);
  }

  /** A Commit that is cut short cannot be read: whoever gets it has to find back into the group. */
  #spoil(text: string): string {
    if (!text.includes('"call.committed"') || !this.world.chance(this.#weather.breakage)) return text;
    return text.replace(/("commit":"[^"]{40})[^"]*"/, '$1"');
  }
}

const places = [
  { user: "ada", name: "ada-1" },
  { user: "bob", name: "bob-1" },
  { user: "cyd", name: "cyd-1" },
  { user: "dan", name: "dan-1" },
  { user: "bob", name: "bob-2" },
  { user: "cyd", name: "cyd-2" },
] as const;

type User = (typeof places)[number]["user"];

let media: MediaEngine;
let folder: string;
let devices: Record<User | "second", SignatureDevice> & { readonly spares: readonly SignatureDevice[] };

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "signet-"));
  media = await startMedia({ runtimeDir: folder });
  const made = await Promise.all(Array.from({ length: 9 }, () => createSoftwareKey({ algorithm: "EdDSA" })));
  const [ada, bob, cyd, dan, second, ...spares] = made;
  assert.ok(ada && bob && cyd && dan && second);
  devices = { ada, bob, cyd, dan, second, spares };
});

after(async () => {
  await media.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Many more, with seeds of their own: `npm run soak -- lossy-link`. */
const seeds = 3;
const firstSeed = Number(process.env["SIGNET_SEED"] ?? 1);
const actingMs = 150_000;

const weathers: readonly [string, Weather][] = [
  ["fair", { loss: 0, outages: false, breakage: 0 }],
  ["lossy", { loss: 0.02, outages: false, breakage: 0 }],
  ["outages and restarts", { loss: 0.01, outages: true, breakage: 0 }],
  ["outages, restarts and broken Commits", { loss: 0.01, outages: true, breakage: 0.1 }],
];

const deeds = new Deeds();

for (const [name, weather] of weathers) {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    test(`${name}: seed ${seed}`, async () => {
      const scenario = await Scenario.open(
        seed,
        weather,
        new RandomWatch(deeds, `${name} ${seed}`, weather.breakage === 0),
      );
      await scenario.run();
      await scenario.close();
    });
  }
}

/** A third of what is usual, so that other seeds come up to it, too; what comes to less than that is not tried any more. */
const least: Readonly<Record<Deed, number>> = {
  "answered at another device": 1,
  "taken over": 15,
  held: 8,
  "moved with the same device": 4,
  "moved to another device": 12,
  "invited by a guest": 8,
  "brought a newcomer in": 10,
  "invited one person twice at once": 5,
  "invited two people at once": 5,
  removed: 10,
  "came back after a removal": 1,
  "host handed on": 5,
  "host passed on": 8,
  "revoked in a call": 4,
  "added a device": 4,
  "called each other at once": 20,
  "came together without a touch": 9,
  waited: 50,
  "rang when the other call was over": 25,
  switched: 8,
  "brought the caller in": 8,
};

for (const [deed, count] of Object.entries(least))
  test(`${deed}: ${count} times at least`, () => {
    const seen = deeds.count(deed as Deed);
    assert.ok(seen >= count, `${seen} times`);
  });
