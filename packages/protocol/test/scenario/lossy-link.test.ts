/**
 * Three people, two terminals for one of them, and a server over links that lose messages: hundreds of seeds of random
 * calls, joins, leaves, take-overs, outages beyond 30 s, restarts of the server and broken group states. Then the weather
 * clears, and everybody has to agree.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallId } from "@signet/protocol";

import { callId, userId } from "../fixtures.ts";
import { ServerShell } from "./server-shell.ts";
import { TerminalShell } from "./terminal-shell.ts";
import { VirtualWorld } from "./virtual-network.ts";

const users = ["ada", "bob", "cyd"] as const;

interface Weather {
  /** Chance of each message to be lost. */
  readonly loss: number;
  readonly outages: boolean;
  readonly breakage: number;
}

class Scenario {
  readonly world: VirtualWorld;
  readonly server: ServerShell;
  readonly terminals: readonly TerminalShell[];
  readonly #weather: Weather;
  #calls = 0;

  constructor(seed: number, weather: Weather) {
    this.world = new VirtualWorld(seed);
    this.server = new ServerShell(this.world);
    this.#weather = weather;
    this.terminals = [...users.map((user) => [user, `${user}-1`] as const), ["bob", "bob-2"] as const].map(
      ([user, name]) => new TerminalShell(this.world, this.server, user, name),
    );
  }

  run(): void {
    const { world } = this;
    world.runUntil(world.nowMs + 2000);
    for (const terminal of this.terminals.slice(0, 3)) terminal.link.signIn();
    world.runUntil(world.nowMs + 2000);
    world.loss = this.#weather.loss;
    for (const terminal of this.terminals) terminal.breakage = this.#weather.breakage;
    this.terminals[0]?.call(this.#nextCall(), [userId("bob"), userId("cyd")]);
    const endMs = world.nowMs + 150_000;
    while (world.nowMs < endMs) {
      world.runUntil(world.nowMs + world.between(100, 8000));
      this.#act();
    }
    // The weather clears; the longest outage and everything that waits for time passes.
    world.loss = 0;
    for (const terminal of this.terminals) {
      terminal.breakage = 0;
      terminal.link.downUntilMs = 0;
    }
    world.runUntil(world.nowMs + 120_000);
    this.#checkAgreement();
    this.server.check();
    for (const terminal of this.terminals) terminal.leave();
    world.runUntil(world.nowMs + 120_000);
    for (const [id, { state }] of this.server.calls)
      assert.notEqual(state.ended, undefined, `call ${id} goes on`);
    for (const terminal of this.terminals) assert.ok(!terminal.active, `${terminal.name} is in a call`);
    this.server.check();
  }

  #nextCall(): CallId {
    return callId(`call ${++this.#calls}`);
  }

  #act(): void {
    const { world } = this;
    const terminal = world.pick(this.terminals);
    if (terminal === undefined) return;
    const dice = world.random();
    if (terminal.link.state.phase === "signedOut") {
      // A take-over, or back after one.
      if (dice < 0.3) terminal.link.signIn();
    } else if (dice < 0.3 && this.#weather.outages)
      terminal.link.cutOff(world.between(50, dice < 0.15 ? 45_000 : 4000));
    else if (dice < 0.35 && this.#weather.outages) this.server.restart();
    else if (dice < 0.5) terminal.leave();
    else if (dice < 0.52) terminal.endForAll();
    else if (!terminal.active && terminal.link.state.binding !== undefined) this.#enter(terminal);
  }

  /** Joins a call that goes on without this person, or starts one. */
  #enter(terminal: TerminalShell): void {
    const running = [...this.server.calls.values()].find(
      ({ state }) => state.ended === undefined && state.members.has(terminal.userId),
    );
    if (running === undefined) {
      const others = users.map(userId).filter((other) => other !== terminal.userId);
      terminal.call(this.#nextCall(), others);
    } else if (terminal.known?.callId === running.state.callId && terminal.known.members.length > 0) {
      terminal.join(terminal.known.callId, terminal.known.members);
    }
  }

  #checkAgreement(): void {
    for (const [id, { state }] of this.server.calls) {
      const inside = this.terminals.filter(
        (terminal) => terminal.active && terminal.stay?.state.callId === id,
      );
      if (state.ended !== undefined) {
        assert.deepEqual(
          inside.map(({ name }) => name),
          [],
          `in the ended call ${id}`,
        );
        continue;
      }
      const present = [...state.members.values()].filter(
        (member) => member.state === "joined" || member.state === "joining",
      );
      for (const member of present)
        assert.equal(member.state, "joined", `${member.userId} waits for admission`);
      assert.deepEqual(
        inside.map((terminal) => terminal.userId).toSorted(),
        present.map((member) => member.userId).toSorted(),
      );
      assert.deepEqual(state.removals, []);
      const secrets = new Set(inside.map((terminal) => terminal.stay?.group?.secret));
      assert.equal(secrets.size, inside.length === 0 ? 0 : 1, `they have different keys in ${id}`);
      const [secret] = secrets;
      for (const { name, stay } of inside) {
        assert.equal(stay?.state.epoch, state.delivery.epoch, `${name} is in another epoch`);
        assert.deepEqual(
          stay.group?.leaves.map((leaf) => leaf.userId).toSorted(),
          present.map((member) => member.userId).toSorted(),
        );
        for (const [userIdOf, seen] of stay.state.members)
          assert.equal(seen.state, state.members.get(userIdOf)?.state, `${name} sees ${userIdOf}`);
      }
      for (const outside of this.terminals.filter((terminal) => !inside.includes(terminal))) {
        assert.ok(
          secret === undefined || !outside.secrets.has(secret),
          `${outside.name} has the key of ${id}`,
        );
      }
    }
  }
}

const weathers: readonly [string, Weather, number][] = [
  ["fair", { loss: 0, outages: false, breakage: 0 }, 100],
  ["lossy", { loss: 0.02, outages: false, breakage: 0 }, 150],
  ["outages and restarts", { loss: 0.01, outages: true, breakage: 0 }, 250],
  ["outages, restarts and broken group states", { loss: 0.01, outages: true, breakage: 0.1 }, 100],
];

for (const [name, weather, seeds] of weathers) {
  test(`${name}: ${seeds} seeds`, () => {
    for (let seed = 1; seed <= seeds; seed++) {
      try {
        new Scenario(seed, weather).run();
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  });
}
