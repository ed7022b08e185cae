/** Three in a call: one at a page and one at the command line, to whose networks something happens, and one at the command line whose network is well. */
import { call, sees, signedIn } from "../browser.ts";
import type { JsonEvent, RunningCommand } from "../command-line.ts";
import { eventually } from "../wait.ts";
import { heardAgain, nowMs } from "./heard.ts";
import type { Silence } from "./heard.ts";
import type { Addresses, Host } from "./network.ts";
import { World } from "./world.ts";
import type { CommandLineTerminal, PageTerminal, WorldOptions } from "./world.ts";

/** Hz. */
const voices = { alice: 400, bobby: 700, carol: 1_000 } as const;

/** Who hears whom. */
export const directions = ["from page", "to page", "from command line", "to command line"] as const;
export type Direction = (typeof directions)[number];

export interface TrioOptions extends WorldOptions {
  /** Where each stands, and under which addresses the server is known there; default at the router in the middle. */
  readonly placeOf?: (userId: keyof typeof voices, world: World) => readonly [host: Host, at: Addresses];
}

export class Trio {
  readonly world: World;
  readonly alice: PageTerminal;
  readonly bobby: CommandLineTerminal;
  readonly carol: CommandLineTerminal;

  private constructor(
    world: World,
    [alice, bobby, carol]: [PageTerminal, CommandLineTerminal, CommandLineTerminal],
  ) {
    this.world = world;
    this.alice = alice;
    this.bobby = bobby;
    this.carol = carol;
  }

  static async open(options: TrioOptions = {}): Promise<Trio> {
    const world = await World.open(Object.values(voices), options);
    const placeOf = (userId: keyof typeof voices): readonly [Host?, Addresses?] =>
      options.placeOf?.(userId, world) ?? [];
    try {
      return new Trio(
        world,
        await Promise.all([
          world.page("alice", voices.alice, ...placeOf("alice")),
          world.commandLine("bobby", voices.bobby, ...placeOf("bobby")),
          world.commandLine("carol", voices.carol, ...placeOf("carol")),
        ]),
      );
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** Those to whose networks something happens. */
  get hosts(): readonly [Host, Host] {
    return [this.alice.host, this.bobby.host];
  }

  /** @returns when it began, ms since 1970 */
  async call(): Promise<number> {
    const beganMs = nowMs();
    try {
      await call(this.alice.guest, ["bobby", "carol"]);
      await sees(this.alice.guest, "bobby", /in the call/i);
      await sees(this.alice.guest, "carol", /in the call/i);
    } catch (error) {
      throw new Error(`no call came about; ${await this.#said()}`, { cause: error });
    }
    return beganMs;
  }

  /** What they say now, for a failure on a machine that nobody can look at. */
  async #said(): Promise<string> {
    const { guest } = this.alice;
    const lines = [this.bobby, this.carol].map(
      ({ command, userId }) => `${userId}: ${JSON.stringify(command.events.slice(-12))}`,
    );
    return [`the page says: ${await guest.page.innerText("body")}`, ...lines].join("\n");
  }

  async endForAll(): Promise<void> {
    const { page } = this.alice.guest;
    const ended = [this.bobby, this.carol].map(({ command }) => nextEvent(command, "ended"));
    const end = page.getByRole("button", { name: "End call for all" });
    await end.click();
    // At once, without the time to take it back.
    await end.click();
    await page.getByRole("button", { name: "Done" }).click();
    await Promise.all(ended);
  }

  /** Restarts the server, and waits until all are there again. */
  async afterRestart(restart: () => Promise<void>): Promise<void> {
    const online = [this.bobby, this.carol].map(({ command }) => nextEvent(command, "online"));
    await restart();
    await Promise.all(online);
    const { page } = this.alice.guest;
    await page.getByRole("alert").filter({ hasText: "No connection" }).waitFor({ state: "detached" });
    await signedIn(this.alice.guest);
  }

  /** Waits until carol and the other two hear each other. @param sinceMs when something happened */
  async hearEachOther(
    sinceMs: number,
    when: { readonly fromMs?: number; readonly limitMs?: number } = {},
  ): Promise<Readonly<Record<Direction, Silence>>> {
    const { alice, bobby, carol } = this;
    const pairs = [
      [alice, carol],
      [carol, alice],
      [bobby, carol],
      [carol, bobby],
    ] as const;
    const heard = await Promise.allSettled(
      pairs.map(([speaker, listener]) => heardAgain(listener.hearing, speaker.hertz, sinceMs, when)),
    );
    const missing = directions.filter((_, i) => heard[i]!.status === "rejected");
    if (missing.length > 0) throw new Error(`nothing is heard ${missing.join(", ")}; ${await this.#said()}`);
    return Object.fromEntries(
      directions.map((direction, i) => [direction, (heard[i] as PromiseFulfilledResult<Silence>).value]),
    ) as Record<Direction, Silence>;
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

/** The first one with this name from now on. */
export function nextEvent(command: RunningCommand, name: string): Promise<JsonEvent> {
  const named = (): readonly JsonEvent[] => command.events.filter(({ event }) => event === name);
  const known = named().length;
  return eventually(`the event ${name}`, () => named()[known]);
}

/** For a line that a test or a benchmark prints. */
export const silenceWords = (silences: Readonly<Record<Direction, Silence>>): string =>
  directions.map((direction) => `${direction} ${silences[direction].longestMs} ms`).join(", ");
